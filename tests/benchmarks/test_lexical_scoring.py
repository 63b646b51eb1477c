import math
from typing import Any

import pytest

from benchmarks.lexical_scoring import Counts, Weighting, by_document, rank
from benchmarks.lexical_variants import ARABIC, CHINESE, variants
from core.lexical import LexicalEncoder
from core.types import SparseVector

WEIGHTING = Weighting(k1=1.2, b=0.75, average=None)


def test_a_score_is_saturated_frequency_times_idf() -> None:
    counts = Counts([["a", "a", "b"], ["b"], ["b", "c"]])

    found = rank(counts.queries([{"a": 1.0}]), counts.weighted(WEIGHTING), owners=[0, 1, 2])

    # One of 3 passages holds "a": idf = ln(2.5 / 1.5 + 1). It stands twice in 3 of on average 2
    # terms: norm = 1.2 * (0.25 + 0.75 * 3 / 2) = 1.65, weight = 2 * 2.2 / (2 + 1.65).
    expected = math.log(2.5 / 1.5 + 1) * 4.4 / 3.65
    assert found == [[(0, pytest.approx(expected, rel=1e-5))]]


def test_a_fixed_average_takes_the_place_of_the_true_one() -> None:
    counts = Counts([["a"], ["b"]])
    longer = Weighting(k1=1.2, b=0.75, average=4)

    found = rank(counts.queries([{"a": 1.0}]), counts.weighted(longer), owners=[0, 1])

    # norm = 1.2 * (0.25 + 0.75 / 4) = 0.525
    assert found[0][0][1] == pytest.approx(math.log(1.5 / 1.5 + 1) * 2.2 / 1.525, rel=1e-5)


def test_a_document_is_ranked_by_its_best_passage() -> None:
    counts = Counts([["x", "y"], ["a"], ["a", "y"], ["y"]])

    found = rank(counts.queries([{"a": 1.0}]), counts.weighted(WEIGHTING), owners=[0, 0, 2, 3])

    assert [number for number, _ in found[0]] == [0, 2]


def test_a_query_of_unknown_terms_finds_nothing() -> None:
    counts = Counts([["a"], ["b"]])

    found = rank(counts.queries([{"z": 1.0}, {}]), counts.weighted(WEIGHTING), owners=[0, 1])

    assert found == [[], []]


def test_ranked_passages_become_documents_once_each() -> None:
    assert by_document([(2, 3.0), (0, 2.0), (1, 1.0), (3, 0.0)], owners=[7, 7, 8, 9]) == [
        (8, 3.0),
        (7, 2.0),
    ]


@pytest.mark.parametrize(
    ("language", "texts", "query"),
    [
        ("ar", ["وقّعت موسكو معاهدة في ٢٠٢٤", "أسعار النفط ترتفع", "المعاهدة"], "ما المعاهدة؟"),
        ("zh", ["中国总统签署条约", "油价上涨", "总统"], "总统是谁"),
        ("en", ["The treaty was signed", "Oil prices rise", "a treaty"], "What is the treaty?"),
    ],
)
def test_sanad_scores_as_the_encoder_and_the_engine_do(
    language: str, texts: list[str], query: str
) -> None:
    sanad = next(variant for variant in variants(language) if variant.name == "Sanad")
    counts = Counts([sanad.passage(text, language) for text in texts])
    asked = counts.queries([sanad.query(query, language)])
    found = rank(asked, counts.weighted(sanad.weighting), owners=range(len(texts)))

    encoder = LexicalEncoder()
    passages = [encoder.encode_passage(text, language=language) for text in texts]
    expected = _engine_scores(encoder.encode_query(query, language=language), passages)

    assert dict(found[0]) == pytest.approx(expected, rel=1e-4)


def test_each_language_is_compared_in_the_ways_that_concern_it() -> None:
    names = {language: {each.name for each in variants(language)} for language in ("ar", "zh")}

    assert set(ARABIC) <= names["ar"]
    assert set(CHINESE) <= names["zh"]
    assert not names["zh"] & set(ARABIC)


def _engine_scores(query: SparseVector, passages: list[SparseVector]) -> dict[Any, float]:
    """As Qdrant: the dot product with IDF, for passages that share a term."""
    held = [dict(zip(each.indices, each.values, strict=True)) for each in passages]
    scores = {}
    for number, passage in enumerate(held):
        score = 0.0
        for term, weight in zip(query.indices, query.values, strict=True):
            found = sum(term in each for each in held)
            idf = math.log((len(held) - found + 0.5) / (found + 0.5) + 1)
            score += weight * idf * passage.get(term, 0.0)
        if score > 0:
            scores[number] = score
    return scores
