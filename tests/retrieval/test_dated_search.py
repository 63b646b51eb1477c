"""The times of a question narrow and order search and answers, and the reader is told."""

from datetime import UTC, datetime, timedelta

import pytest

from core.identity import IndexIdentity
from core.periods import PeriodUse
from core.types import AnswerStatus, PassageFilter
from retrieval.query import Question, SearchMode, SearchQuery, SearchResults
from tests.retrieval.small_archive import NOW, PORT, Archive, article

pytestmark = pytest.mark.anyio

FIRST = "Rescuers said that the flood in Ain Sidra killed 17 people."
LATER = "Rescuers said that the flood in Ain Sidra killed 34 people."
UNDATED = "Rescuers said that the flood in Ain Sidra killed many people."


async def flood(archive: Archive) -> None:
    """Two tolls, eleven and ten days before now; a third article without a date."""
    await archive.add([
        article("first", FIRST, "en", published_at=NOW - timedelta(days=11)),
        article("later", LATER, "en", published_at=NOW - timedelta(days=10)),
        article("undated", UNDATED, "en", published_at=None),
    ])


def ids(results: SearchResults) -> list[str]:
    return [hit.header.id for hit in results.hits]


async def search(archive: Archive, text: str, **fields: object) -> SearchResults:
    query = SearchQuery(text=text, **fields)  # type: ignore[arg-type]  # field values by name
    return await archive.searcher.search(query)


@pytest.mark.parametrize("mode", list(SearchMode))
@pytest.mark.parametrize("days_ago", [(11, 10), (10, 11)])
async def test_of_two_that_answer_alike_the_newer_comes_first_if_the_latest_is_asked_for(
    archive: Archive, mode: SearchMode, days_ago: tuple[int, int]
) -> None:
    bodies = (FIRST, LATER)
    await archive.add([
        article(f"{days} days ago", body, "en", published_at=NOW - timedelta(days=days))
        for body, days in zip(bodies, days_ago, strict=True)
    ])
    results = await search(archive, "latest toll of the flood in Ain Sidra", mode=mode)

    assert ids(results) == ["10 days ago", "11 days ago"]
    assert [one.use for one in results.periods] == [PeriodUse.LATEST]
    [part] = [one for one in results.hits[0].explain().contributions if one.name == "recency"]
    assert part.adds > 0
    assert results.notices == ()


async def test_without_a_time_the_same_question_orders_by_content_alone(archive: Archive) -> None:
    await flood(archive)
    results = await search(archive, "toll: flood in Ain Sidra killed 17 people")

    assert ids(results)[0] == "first"
    assert results.periods == ()
    names = {part.name for hit in results.hits for part in hit.explain().contributions}
    assert not names & {"recency", "period", "held"}


async def test_a_time_told_from_today_leaves_out_what_came_before_and_says_so(
    archive: Archive,
) -> None:
    await flood(archive)
    results = await search(archive, "How many did the flood kill in the past 10 days?")

    assert ids(results) == ["later"]
    assert results.notices == (
        "Only articles published since 2025-12-22 were searched (“in the past 10 days”).",
    )


async def test_as_of_a_day_leaves_out_what_came_after(archive: Archive) -> None:
    await flood(archive)
    results = await search(archive, "As of 21 December 2025, how many did the flood kill?")

    assert ids(results) == ["first"]
    assert "until 2025-12-21" in results.notices[0]


async def test_a_filter_that_finds_nothing_is_lifted_and_the_reader_is_told(
    archive: Archive,
) -> None:
    await flood(archive)
    results = await search(archive, "How many did the flood in Ain Sidra kill yesterday?")

    assert sorted(ids(results)) == ["first", "later", "undated"]
    assert [one.use for one in results.periods] == [PeriodUse.LIFTED]
    assert results.notices == (
        "Nothing was found among the articles of that time (“yesterday”), so the whole archive "
        "was searched.",
    )


async def test_dates_of_the_caller_are_never_widened(archive: Archive) -> None:
    await flood(archive)
    where = PassageFilter(published_from=NOW - timedelta(days=1))
    question = "How many did the flood in Ain Sidra kill in the past 10 days?"

    assert ids(await search(archive, question, where=where)) == []
    answer = await archive.answerer.answer(Question(text=question, where=where))
    assert answer.status is AnswerStatus.ABSTAINED
    assert answer.nearest == ()


async def test_other_filters_of_the_caller_hold_when_a_time_is_lifted(archive: Archive) -> None:
    await flood(archive)
    where = PassageFilter(languages=("ar",))

    assert ids(await search(archive, "What did the flood do yesterday?", where=where)) == []


async def test_an_article_under_embargo_stays_hidden_when_a_time_is_lifted(
    archive: Archive,
) -> None:
    await archive.add([article("later", LATER, "en", embargoed_until=NOW + timedelta(days=1))])

    assert ids(await search(archive, "How many did the flood in Ain Sidra kill yesterday?")) == []


async def test_an_answer_from_outside_the_time_asked_for_is_partial_and_says_so(
    identity: IndexIdentity,
) -> None:
    archive = await Archive.of_the_bundled_model(identity)
    await flood(archive)
    await archive.add([
        article("other", "The bakery sells bread.", "en", published_at=NOW - timedelta(hours=30))
    ])
    question = "What did rescuers say of the flood in Ain Sidra that killed 34 people yesterday?"
    answer = await archive.answerer.answer(Question(text=question))

    assert answer.status is AnswerStatus.PARTIAL
    assert answer.citations[0].quote == LATER
    assert [one.use for one in answer.periods] == [PeriodUse.LIFTED]
    assert answer.notices[0].startswith("Nothing was found among the articles of that time")


async def test_old_evidence_is_news_to_a_question_about_now_and_not_to_one_about_then(
    archive: Archive,
) -> None:
    published = datetime(2020, 1, 5, tzinfo=UTC)
    told = PORT.replace("2024", "2019")
    await archive.add([article("port", told, "en", published_at=published)])
    then = "How many containers did the port of Ras Manar handle in 2019?"
    now = "How many containers did the port of Ras Manar currently handle?"

    about_then = await archive.answerer.answer(Question(text=then))
    about_now = await archive.answerer.answer(Question(text=now))

    old = "The newest evidence was published on 2020-01-05."
    assert about_then.newest_evidence == about_now.newest_evidence == published
    assert old not in about_then.notices
    assert old in about_now.notices


async def test_a_month_is_old_for_a_question_about_now(archive: Archive) -> None:
    await archive.add([article("port", PORT, "en", published_at=NOW - timedelta(days=40))])
    question = "How many containers did the port of Ras Manar handle"

    plain = await archive.answerer.answer(Question(text=question))
    now = await archive.answerer.answer(Question(text=f"{question} currently?"))

    assert not any("newest evidence" in notice for notice in plain.notices)
    assert any("newest evidence" in notice for notice in now.notices)
