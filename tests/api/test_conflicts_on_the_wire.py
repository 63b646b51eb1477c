"""Conflicting figures and agreeing sources on the wire."""

from dataclasses import replace
from datetime import UTC, datetime

from api.schemas.answers import AnswerOut
from api.schemas.conflicts import ConflictOut
from core.conflicts import Conflict, FigureClaim
from core.types import Article
from retrieval.citations import cite
from tests.api.news import ABSTENTION

BODY = "قالت السلطات إن ١٥ شخصاً لقوا مصرعهم."
ARTICLE = Article(
    id="a",
    title="غرق عبّارة",
    body=BODY,
    language="ar",
    source="المدار",
    published_at=datetime(2025, 6, 11, tzinfo=UTC),
)


def test_a_claim_names_its_article_its_figure_and_the_citation_that_shows_it() -> None:
    cited = cite(ARTICLE, number=1, start=0, end=len(BODY))
    start = BODY.index("١٥")
    claim = FigureClaim(
        header=cited.header, figure="١٥", start=start, end=start + 2, citation=1, sources=2
    )
    unshown = replace(claim, citation=None, also=(cited.header,))
    written = ConflictOut.from_conflict(Conflict(claims=(claim, unshown))).model_dump(mode="json")
    first, second = written["claims"]
    assert first["article"]["id"] == "a"
    assert first["article"]["published_at"] == "2025-06-11T00:00:00Z"
    assert BODY[first["start"] : first["end"]] == first["figure"] == "١٥"
    assert (first["citation"], first["sources"], first["also"]) == (1, 2, [])
    assert (second["citation"], second["also"][0]["source"]) == (None, "المدار")


def test_a_citation_tells_which_articles_say_the_same_and_how_many_are_independent() -> None:
    other = replace(ARTICLE, id="b", source="الضفاف")
    alone = cite(ARTICLE, number=1, start=0, end=len(BODY))
    joined = replace(
        alone, number=2, also=(cite(other, number=9, start=0, end=1).header,), sources=2
    )
    answer = replace(ABSTENTION, citations=(alone, joined))
    [first, second] = AnswerOut.from_answer(answer).model_dump(mode="json")["citations"]
    assert (first["also"], first["sources"]) == ([], 1)
    assert ([one["id"] for one in second["also"]], second["sources"]) == (["b"], 2)


def test_an_answer_without_conflicts_says_so() -> None:
    assert AnswerOut.from_answer(ABSTENTION).model_dump(mode="json")["conflicts"] == []
