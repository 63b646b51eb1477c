"""`sanad search --explain` at a terminal: short lines that add up, and titles as they are."""

import io
import re

import pytest
from rich.console import Console

from api.schemas.explanation import ContributionOut, ExplanationOut
from api.schemas.search import SearchOut
from sanad.explained import WIDTH, explanation_lines
from sanad.terminal import print_results

TITLE = "شركة ACME تطلق «القمر» Sat-7 🚀 سنة ۲۰۲۵"


def part(name: str, value: float, weight: float, note: str) -> ContributionOut:
    return ContributionOut(name=name, value=value, weight=weight, adds=value * weight, note=note)


DENSE = part("dense", 4.67, 1, "place 3 by meaning, cosine 0.874")
LEXICAL = part("lexical", 0.25, 3, "place 1 by words, 12.31: 1.00 of best - 0.75")
RERANKER = part("reranker", -0.3, 1, "reads as 0.931, from place 1 to 2")


def explained(*parts: ContributionOut, reranker_rank: int | None = None) -> ExplanationOut:
    return ExplanationOut(
        dense_score=0.874,
        dense_rank=3,
        lexical_score=12.31,
        lexical_rank=1,
        dense_normalised=4.67,
        lexical_normalised=1.0,
        lexical_weight=3.0,
        question_language="ar",
        fused_rank=1,
        contributions=parts,
        reranker_score=None if reranker_rank is None else 0.931,
        reranker_rank=reranker_rank,
    )


def test_the_parts_stand_one_a_line_below_their_sum() -> None:
    lines = explanation_lines(
        explained(DENSE, LEXICAL, RERANKER, reranker_rank=2), score=5.12, language="ar"
    )

    assert lines == [
        "    score 5.12: question in ar, passage in ar, place 1 of passages, 2 reranked",
        "    dense        +4.67             place 3 by meaning, cosine 0.874",
        "    lexical      +0.75 = +0.25 x 3 place 1 by words, 12.31: 1.00 of best - 0.75",
        "    reranker     -0.30             reads as 0.931, from place 1 to 2",
    ]


@pytest.mark.parametrize(
    "unknown",
    [
        part("name_overlap", -1234.5678, 0.125, "two names of the question " * 8),
        part("token_match_of_everything", 1e-9, 1, "x" * 200),
        part("x", 0, 0, ""),
    ],
)
def test_a_part_of_a_later_version_is_printed_within_the_width(unknown: ContributionOut) -> None:
    lines = explanation_lines(explained(DENSE, unknown), score=-1234.5, language="und")

    assert max(len(line) for line in lines) <= WIDTH
    assert unknown.name in "".join(lines)
    assert "".join(unknown.note.split()) in "".join("".join(lines).split())


def printed(*, explain: bool) -> str:
    result: dict[str, object] = {
        "rank": 1,
        "score": 5.42,
        "passage": {
            "id": "p",
            "text": "أطلقت شركة ACME القمر الصناعي.",
            "start": 0,
            "end": 30,
            "heading": None,
            "language": "ar",
            "highlights": [],
        },
        "article": {
            "id": "a",
            "title": TITLE,
            "language": "ar",
            "url": "https://almadar.example/a",
            "published_at": None,
            "updated_at": None,
            "source": "المدار",
            "authors": [],
            "section": None,
            "tags": [],
            "corrections": [],
        },
        "family_size": 1,
    }
    if explain:
        result["explain"] = explained(DENSE, LEXICAL).model_dump()
    found = SearchOut.model_validate({
        "query_id": "q",
        "results": [result],
        "notices": [],
        "timing_ms": {},
    })
    to = io.StringIO()
    print_results(found, Console(file=to, width=WIDTH, highlight=False))
    return to.getvalue()


def test_an_explanation_stands_below_its_result_and_leaves_the_title_as_it_is() -> None:
    plain, lines = printed(explain=False), printed(explain=True).splitlines()

    assert lines[0] == f"1. \u2068{TITLE}\u2069  (\u2068المدار\u2069 · ar)"
    assert lines[2] == "https://almadar.example/a"
    assert lines[3].startswith("    score 5.42: question in ar")
    assert [line for line in lines if not line.startswith("    ")] == plain.splitlines()


def test_no_line_of_an_explanation_holds_text_that_runs_from_the_right() -> None:
    lines = printed(explain=True).splitlines()
    explaining = [line for line in lines if line.startswith("    ")]

    assert len(explaining) == 3
    assert all(line.isascii() and len(line) <= WIDTH for line in explaining)


def test_the_numbers_printed_add_up() -> None:
    lines = printed(explain=True).splitlines()
    adds = [
        float(found[1]) for line in lines if (found := re.match(r" {4}\w+ +([+-][\d.]+)", line))
    ]

    assert sum(adds) == pytest.approx(5.42)
