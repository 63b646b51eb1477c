"""Training finds what decides, asks the archives it says it asks, and checks on other articles."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.types import ArticleHeader, Passage
from eval.training.examples import CHECK_SHARE, Example, is_in_check, read_archives
from eval.training.fitting import fit, fit_abstention, fit_evidence
from retrieval.abstention import SIGNALS
from retrieval.evidence.candidates import Candidate
from retrieval.evidence.ranking import FEATURES, Evidence
from retrieval.query import SearchHit
from tests.retrieval.explanations import explanation

DECIDES = FEATURES.index("window_match")


def example(number: int, *, answerable: bool) -> Example:
    """Six sentences of three articles; the one that is right has the highest window match.

    Where nothing answers, no sentence reaches that high.
    """
    draw = np.random.default_rng(number)
    rows = draw.normal(size=(6, len(FEATURES))).astype(np.float32)
    right = int(draw.integers(6))
    if answerable:
        rows[right, DECIDES] = rows[:, DECIDES].max() + 3
    evidence = tuple(piece(i, signals=row) for i, row in enumerate(rows))
    return Example(
        pair="ar->ar",
        in_check=number % 8 < 2,
        answerable=answerable,
        evidence=evidence,
        holds=np.arange(6) == (right if answerable else -1),
        question="متى وقعت المعاهدة؟",
        language="ar",
    )


def piece(place: int, *, signals: NDArray[np.float32]) -> Evidence:
    """The sentence at `place`, apart from all others, of its own passage."""
    key, text = f"article {place // 2}", f"جملة رقم {place} وحدها {place * 7}"
    passage = Passage(
        id=f"passage {place}",
        article_id=key,
        order=0,
        start=place * 1_000,
        end=place * 1_000 + len(text),
        text=text,
        language="ar",
        tokens=9,
    )
    hit = SearchHit(
        rank=place + 1,
        score=-float(place),
        passage=passage,
        header=ArticleHeader(id=key, title="عنوان", language="ar"),
        explain=explanation,
    )
    candidate = Candidate(
        hit=hit,
        start=passage.start,
        end=passage.end,
        text=text,
        order=0,
        tokens=np.zeros((0, 8), dtype=np.float32),
    )
    return Evidence(candidate=candidate, score=0.0, signals=signals)


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    return [example(number, answerable=number % 2 == 0) for number in range(400)]


def test_the_signal_that_decides_gets_the_weight(examples: list[Example]) -> None:
    weights = fit_evidence([one for one in examples if one.answerable])
    assert np.argmax(np.abs(weights)) == DECIDES
    assert weights[DECIDES] > 5 * np.sort(np.abs(weights))[-2]


def test_quotes_and_abstention_are_checked_on_topics_that_fitted_nothing(
    examples: list[Example],
) -> None:
    found = fit(examples)
    check = found.check["all"]
    assert check == found.check["ar->ar"]
    assert check["examples"] == sum(one.in_check for one in examples)
    assert check["first_quote"] > 0.9
    assert check["auroc"] > 0.9
    assert set(found.evidence) == set(FEATURES)
    assert set(found.abstention) == set(SIGNALS)


def test_a_logistic_model_tells_labels_by_the_column_that_makes_them() -> None:
    draw = np.random.default_rng(3)
    rows = draw.normal(size=(20_000, len(SIGNALS)))
    labels = (rows[:, 4] * 2 + 1 > draw.logistic(size=20_000)).astype(np.float64)
    weights, bias = fit_abstention(rows, labels)
    assert weights[4] == pytest.approx(2, abs=0.3)
    assert bias == pytest.approx(1, abs=0.2)
    assert np.abs(np.delete(weights, 4)).max() < 0.3


def test_archives_leave_out_translations_and_the_paragraph_itself(tmp_path: Path) -> None:
    corpora = [corpus(tmp_path, language) for language in ("ar", "en")]
    archives = read_archives(corpora)
    (article, without), (own, _), (among, among_without) = archives.without("p1-ar")
    assert article.article_ids == ("p0-ar", "p1-ar")
    assert without.article_ids == article.article_ids
    assert without.except_articles == ("p1-ar",)
    assert own.article_ids == ("p0-ar", "p1-ar", "p2-ar")
    assert among.article_ids == ()
    assert among.except_articles == ("p0-en", "p1-en", "p2-en")
    assert among_without.except_articles == ("p0-en", "p1-en", "p2-en", "p1-ar")


def corpus(folder: Path, language: str) -> Path:
    lines = [
        {
            "_id": f"p{number}-{language}",
            "text": "…",
            "metadata": {"lang": language, "article": "one" if number < 2 else "two"},
        }
        for number in range(3)
    ]
    path = folder / f"{language}.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    return path


def test_about_a_quarter_of_the_source_articles_check() -> None:
    share = np.mean([is_in_check(f"article {number}") for number in range(4_000)])
    assert share == pytest.approx(CHECK_SHARE, abs=0.02)
