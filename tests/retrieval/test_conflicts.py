"""Answers whose sources disagree, agree, copy one another or were corrected."""

from datetime import UTC, datetime

import pytest

from core.types import Answer, Article, Correction
from retrieval.abstention import SIGNALS, AbstentionModel
from retrieval.answering import extractive
from retrieval.query import Question
from tests.retrieval.small_archive import Archive, article

pytestmark = pytest.mark.anyio

QUESTION = "How many people died when the Tarsana ferry sank?"
FIRST = "At least 12 people died when the Tarsana ferry sank off the coast, the guard said."
LATER = "The guard said that 15 people died when the Tarsana ferry sank off the northern coast."
LAST = "Officials said that 19 people died when the Tarsana ferry sank off the rocky coast."


def report(key: str, body: str, day: int, **fields: object) -> Article:
    published = datetime(2025, 6, day, tzinfo=UTC)
    values: dict[str, object] = {"published_at": published, "source": f"Outlet {key}"}
    return article(key, body, "en", **(values | fields))


@pytest.fixture(autouse=True)
def always_sure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether to answer is not the matter here, and its weights change with each training."""
    sure = AbstentionModel(
        weights=dict.fromkeys(SIGNALS, 0.0), bias=5.0, answer_above=0.5, partial_above=0.5
    )
    monkeypatch.setattr(extractive, "abstention_model", lambda: sure)


async def ask(archive: Archive, *articles: Article, **fields: object) -> Answer:
    await archive.add(articles)
    question = Question(text=QUESTION, **fields)  # type: ignore[arg-type]  # values by name
    return await archive.answerer.answer(question)


def claims(answer: Answer) -> list[list[tuple[str, str, int | None]]]:
    return [
        [(claim.header.id, claim.figure, claim.citation) for claim in conflict.claims]
        for conflict in answer.conflicts
    ]


async def test_figures_that_differ_are_both_shown_the_newest_first(archive: Archive) -> None:
    answer = await ask(archive, report("a", FIRST, 10), report("b", LATER, 11))
    assert claims(answer) == [[("b", "15", 1), ("a", "12", 2)]]
    assert [citation.header.id for citation in answer.citations] == ["b", "a"]
    assert answer.text.startswith(LATER)
    [notice] = [one for one in answer.notices if "12" in one]
    assert notice == (
        "Sources give different figures, newest first: "
        "15 (Outlet b, 2025-06-11); 12 (Outlet a, 2025-06-10)"
    )


async def test_the_notice_is_in_the_language_of_the_reader(archive: Archive) -> None:
    answer = await ask(
        archive, report("a", FIRST, 10), report("b", LATER, 11), answer_language="ar"
    )
    assert any(one.startswith("تختلف المصادر في هذا الرقم") for one in answer.notices)


async def test_every_claim_slices_exactly_out_of_its_article(archive: Archive) -> None:
    bodies = {"a": f"Nothing else.\n{FIRST}", "b": LATER, "c": f"Not much.\n{LAST}"}
    reports = [report(key, body, 10 + i) for i, (key, body) in enumerate(bodies.items())]
    [conflict] = (await ask(archive, *reports)).conflicts
    assert [claim.header.id for claim in conflict.claims] == ["c", "b", "a"]
    for claim in conflict.claims:
        assert bodies[claim.header.id][claim.start : claim.end] == claim.figure


async def test_a_figure_that_nobody_asked_for_moves_no_quote(archive: Archive) -> None:
    await archive.add([report("a", FIRST, 10), report("b", LATER, 11)])
    question = Question(text="Where off the coast was the Tarsana ferry, at least?")
    answer = await archive.answerer.answer(question)
    assert [citation.header.id for citation in answer.citations] == ["a", "b"]
    assert claims(answer) == [[("b", "15", 2), ("a", "12", 1)]]


async def test_with_room_for_one_quote_the_newest_is_shown_and_the_other_told(
    archive: Archive,
) -> None:
    answer = await ask(archive, report("a", FIRST, 10), report("b", LATER, 11), max_sentences=1)
    assert claims(answer) == [[("b", "15", 1), ("a", "12", None)]]
    assert len(answer.citations) == 1


async def test_an_article_without_a_date_comes_last(archive: Archive) -> None:
    undated = report("a", FIRST, 10, published_at=None)
    answer = await ask(archive, undated, report("b", LATER, 11))
    assert [key for key, _, _ in claims(answer)[0]] == ["b", "a"]
    assert any("undated" in notice for notice in answer.notices)


async def test_what_agrees_is_quoted_once_and_counted_by_source(archive: Archive) -> None:
    retold = "The Tarsana ferry sank off the northern coast and 15 people died, the guard said."
    answer = await ask(
        archive,
        report("a", LATER, 11),
        report("b", retold, 11),
        report("copy", LATER, 12),
    )
    assert answer.conflicts == ()
    [citation] = answer.citations
    others = {"a", "b", "copy"} - {citation.header.id}
    assert {header.id for header in citation.also} == others
    assert citation.sources == 2


async def test_articles_of_one_outlet_are_one_source(archive: Archive) -> None:
    retold = "The Tarsana ferry sank off the northern coast and 15 people died, the guard said."
    answer = await ask(
        archive, report("a", LATER, 11, source="Faro"), report("b", retold, 11, source="Faro")
    )
    assert len(answer.citations[0].also) == 1
    assert answer.citations[0].sources == 1


async def test_what_a_correction_has_settled_is_no_conflict(archive: Archive) -> None:
    corrected = Correction(
        at=datetime(2025, 6, 12, tzinfo=UTC),
        text="An earlier version said that 12 people died; it was 15.",
    )
    fixed = report("fixed", LATER, 11, corrections=(corrected,))
    answer = await ask(archive, report("stale", FIRST, 11), fixed)
    assert answer.conflicts == ()
    assert [citation.header.id for citation in answer.citations] == ["fixed"]
    assert any("it was 15" in notice for notice in answer.notices)


async def test_a_withdrawn_source_is_in_no_conflict(archive: Archive) -> None:
    await archive.add([report("a", FIRST, 10), report("b", LATER, 11)])

    class Withdrawn:
        """The store after one of two articles was withdrawn, between search and answer."""

        def __getattr__(self, name: str) -> object:
            return getattr(archive.store, name)

        async def get_article(self, article_id: str) -> object:
            return None if article_id == "a" else await archive.store.get_article(article_id)

    archive.answerer._articles = Withdrawn()  # type: ignore[assignment]  # the store, moved on
    answer = await archive.answerer.answer(Question(text=QUESTION))
    assert [citation.header.id for citation in answer.citations] == ["b"]
    assert answer.conflicts == ()


async def test_another_figure_of_the_same_event_is_no_conflict(archive: Archive) -> None:
    rescued = "The guard said that 84 people were rescued when the Tarsana ferry sank."
    answer = await ask(archive, report("a", FIRST, 10), report("b", rescued, 10))
    assert answer.conflicts == ()
    assert {citation.header.id for citation in answer.citations} == {"a", "b"}
