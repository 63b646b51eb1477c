"""Answers are verbatim quotes with exact offsets, or an abstention that says so."""

from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.identity import IndexIdentity
from core.types import AnswerStatus, Article, Correction, PassageFilter, Support
from retrieval.answering.events import PassagesFound, last_answer
from retrieval.query import Question, SearchQuery
from tests.retrieval.small_archive import PORT, TREATY, Archive, article

pytestmark = pytest.mark.anyio


@pytest.fixture
async def archive(identity: IndexIdentity) -> Archive:
    return await Archive.of_the_bundled_model(identity)


async def test_every_quote_stands_in_its_article_at_its_offsets(archive: Archive) -> None:
    bodies = {"treaty": TREATY, "port": PORT}
    await archive.add([article("treaty", TREATY, "ar"), article("port", PORT, "en")])
    question = Question(text="على ماذا تنص المعاهدة من المساعدة المتبادلة؟")
    answer = await archive.answerer.answer(question)
    assert answer.status is not AnswerStatus.ABSTAINED
    assert "المساعدة المتبادلة" in answer.citations[0].quote
    for number, citation in enumerate(answer.citations, start=1):
        assert citation.number == number
        assert bodies[citation.header.id][citation.start : citation.end] == citation.quote
        assert citation.deep_link is not None
        page = f"https://almadar.example/{citation.header.id}"
        assert citation.deep_link.startswith(f"{page}#:~:text=")
    for sentence in answer.sentences:
        cited = answer.citations[sentence.citations[0] - 1]
        assert answer.text[sentence.start : sentence.end] == cited.quote
        assert sentence.support is Support.QUOTED


async def test_an_empty_archive_abstains_in_the_language_of_the_question(archive: Archive) -> None:
    answer = await archive.answerer.answer(Question(text="متى وقعت المعاهدة؟"))
    assert answer.status is AnswerStatus.ABSTAINED
    assert answer.language == "ar"
    assert answer.text.startswith("لا يوجد في الأرشيف ما يجيب عن هذا السؤال.\nبحثنا عن:")
    assert answer.citations == ()
    assert answer.confidence == 0.0


async def test_a_question_that_is_not_read_to_its_end_says_so(identity: IndexIdentity) -> None:
    short_sighted = Archive(identity, max_tokens=10)
    await short_sighted.add([article("port", PORT, "en")])
    question = "How many containers did the port of Ras Manar handle in the whole year of 2024?"
    answer = await short_sighted.answerer.answer(Question(text=question))
    assert answer.notices[0].startswith("The question is longer than what is read")
    answer = await short_sighted.answerer.answer(Question(text=question, answer_language="ar"))
    assert answer.notices[0].startswith("السؤال أطول مما يُقرأ")
    results = await short_sighted.searcher.search(SearchQuery(text=question))
    assert results.notices[0].startswith("The question is longer than what is read")
    results = await short_sighted.searcher.search(SearchQuery(text="containers in 2024"))
    assert results.notices == ()


async def test_an_unrelated_question_is_abstained_on_and_names_the_nearest(
    archive: Archive,
) -> None:
    await archive.add([article("port", PORT, "en")])
    answer = await archive.answerer.answer(Question(text="Who invented sourdough bread baking?"))
    assert answer.status is AnswerStatus.ABSTAINED
    assert [header.id for header in answer.nearest] == ["port"]
    assert answer.sentences == ()


async def test_what_reorders_or_hides_is_not_shown_while_quotes_and_offsets_stay_exact(
    archive: Archive,
) -> None:
    body = (
        "The port of Ras Manar handled \u202e2.07\u202c million \u2067containers in 2024\x1b[8m.\n"
        "Its director said that two new cranes\U000e0041\U000e0042 would arrive in spring."
    )
    await archive.add([article("port", body, "en", title="\u202eحاويات\u2066 الميناء")])
    answer = await archive.answerer.answer(
        Question(text="How many containers did the port of Ras Manar handle in 2024?")
    )
    assert answer.citations[0].quote == body[answer.citations[0].start : answer.citations[0].end]
    assert "\u202e2.07\u202c" in answer.citations[0].quote
    assert not set(answer.text) & set("\u202e\u202c\u2067\x1b\U000e0041\U000e0042")
    for sentence in answer.sentences:
        shown = answer.text[sentence.start : sentence.end]
        [number] = sentence.citations
        quote = answer.citations[number - 1].quote
        assert len(shown) == len(quote)
        assert "".join(one for one in shown if one.isalnum() or one in " .") == "".join(
            one for one in quote if one.isalnum() or one in " ."
        )


async def test_a_correction_cannot_reorder_the_notice_that_tells_of_it(archive: Archive) -> None:
    fixed = Correction(at=datetime(2024, 7, 1, tzinfo=UTC), text="\u202e2.7 million\u2066 شاحنة")
    await archive.add([article("port", PORT, "en", title="ميناء\u202d", corrections=(fixed,))])
    question = "How many containers did the port of Ras Manar handle in 2024?"
    answer = await archive.answerer.answer(Question(text=question))
    [notice] = [notice for notice in answer.notices if "corrected" in notice]
    assert notice == (
        "The article “\u2068ميناء\u2060\u2069” was corrected on 2024-07-01: "
        "\u2068\u20602.7 million\u2060 شاحنة\u2069"
    )


async def test_max_sentences_bounds_the_quotes(archive: Archive) -> None:
    await archive.add([article("port", PORT, "en")])
    question = "How many containers did the port of Ras Manar handle in 2024?"
    answer = await archive.answerer.answer(Question(text=question, max_sentences=1))
    assert len(answer.citations) == 1
    assert "2.07 million" in answer.citations[0].quote


async def test_filters_hold_for_answers_too(archive: Archive) -> None:
    await archive.add([article("port", PORT, "en")])
    question = Question(
        text="How many containers did the port of Ras Manar handle in 2024?",
        where=PassageFilter(languages=("ar",)),
    )
    assert (await archive.answerer.answer(question)).status is AnswerStatus.ABSTAINED


async def test_a_quote_that_moved_since_the_search_is_dropped(archive: Archive) -> None:
    await archive.add([article("port", PORT, "en")])

    class Corrected:
        """The store after a correction that shifted every offset."""

        def __getattr__(self, name: str) -> object:
            return getattr(archive.store, name)

        async def get_article(self, article_id: str) -> object:
            stored = await archive.store.get_article(article_id)
            assert stored is not None
            moved: Article = replace(stored.article, body="Corrected. " + stored.article.body)
            return replace(stored, article=moved)

    archive.answerer._articles = Corrected()  # type: ignore[assignment]  # the store, moved on
    answer = await archive.answerer.answer(
        Question(text="How many containers did the port of Ras Manar handle in 2024?")
    )
    assert answer.status is AnswerStatus.ABSTAINED
    assert answer.citations == ()


async def test_an_article_that_was_withdrawn_since_the_search_is_not_quoted(
    archive: Archive,
) -> None:
    await archive.add([article("port", PORT, "en")])
    events = archive.answerer.stream(
        Question(text="How many containers did the port of Ras Manar handle in 2024?")
    )
    async with aclosing(events):
        assert isinstance(await anext(events), PassagesFound)
        await archive.store.delete_articles(["port"])
        answer = await last_answer(events)
    assert answer.status is AnswerStatus.ABSTAINED
    assert answer.citations == ()


async def test_corrections_age_and_language_are_told(archive: Archive) -> None:
    fixed = Correction(at=datetime(2024, 7, 1, tzinfo=UTC), text="The figure was corrected.")
    await archive.add([article("port", PORT, "en", corrections=(fixed,))])
    question = "How many containers did the port of Ras Manar handle?"
    answer = await archive.answerer.answer(Question(text=question, answer_language="ar"))
    assert "الاقتباسات معروضة بلغتها الأصلية." in answer.notices
    assert any("2024-07-01" in notice for notice in answer.notices)
    assert any("2024-06-20" in notice for notice in answer.notices)
    assert answer.newest_evidence == datetime(2024, 6, 20, tzinfo=UTC)
