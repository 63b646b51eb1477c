"""Scores are told in deviations above the archive's own passages, and rarity is no merit."""

import numpy as np
import pytest

from core.types import Vectors
from retrieval.parameters import DEFAULT_PARAMETERS
from retrieval.scales import Moments, Scales
from tests.retrieval.plain_cohort import plain_cohort

DIMENSION = 64


def rows(count: int, *, seed: int, towards: Vectors | None = None, pull: float = 0.0) -> Vectors:
    drawn = np.random.default_rng(seed).standard_normal((count, DIMENSION)).astype(np.float32)
    if towards is not None:
        drawn += np.float32(pull * np.sqrt(DIMENSION)) * towards
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), dtype=np.float32)


def unit(seed: int) -> Vectors:
    return rows(1, seed=seed)[0]


def scales_of(archive: dict[str, Vectors]) -> Scales:
    cohort = plain_cohort(["ar", "en"], dimension=DIMENSION)
    return Scales(cohort, {language: Moments.of(found) for language, found in archive.items()})


def test_unrelated_passages_of_every_language_have_mean_0_and_deviation_1() -> None:
    # Arabic passages lie near one direction, as a model's languages do: their raw cosines differ.
    shared = unit(1)
    archive = {"ar": rows(900, seed=2, towards=shared, pull=1.0), "en": rows(900, seed=3)}
    question = rows(1, seed=4, towards=shared, pull=0.5)[0]
    own = scales_of(archive).of_question(question, language="en")
    for language, passages in archive.items():
        scores = [own.score(vector, language=language) for vector in passages]
        assert np.mean(scores) == pytest.approx(0, abs=0.12)
        assert np.std(scores) == pytest.approx(1, abs=0.06)


def test_a_passage_gains_nothing_because_its_language_is_rare() -> None:
    # 99 % Arabic; three unrelated English passages, as far from the question as the Arabic ones.
    shared = unit(1)
    common = rows(900, seed=2, towards=shared, pull=1.0)
    rare = rows(3, seed=5, towards=shared, pull=1.0)
    gains = []
    for seed in range(10, 60):
        question = rows(1, seed=seed, towards=shared, pull=0.5)[0]
        own = scales_of({"ar": common, "en": rare}).of_question(question, language="ar")
        full = scales_of({"ar": common, "en": common}).of_question(question, language="ar")
        gains += [
            own.score(vector, language="en") - full.score(vector, language="en") for vector in rare
        ]
    assert np.mean(gains) == pytest.approx(0, abs=0.3)


def test_questions_are_compared_raw_within_their_language_and_centred_beyond() -> None:
    cohort = plain_cohort(["ar", "en"], dimension=DIMENSION)
    mean = unit(8)
    cohort.question_mean = lambda _language: mean  # type: ignore[method-assign]  # a known mean
    vector = unit(9)
    own = Scales(cohort, {}).of_question(vector, language="ar")
    assert np.array_equal(own.vector("ar"), vector)
    centred = vector - DEFAULT_PARAMETERS.centring * mean
    assert np.allclose(own.vector("en"), centred / np.linalg.norm(centred), atol=1e-6)
    assert np.linalg.norm(own.vector("zh")) == pytest.approx(1, abs=1e-5)


def test_an_empty_archive_and_an_unknown_language_have_the_shipped_scale() -> None:
    own = scales_of({}).of_question(unit(3), language="ar")
    assert own.normalise(0.5, language="sw") == pytest.approx(
        own.normalise(0.5, language="en"), rel=0.05
    )
    assert np.isfinite(own.normalise(1.0, language="und"))


def test_one_passage_alone_gives_finite_scores() -> None:
    own = scales_of({"fa": rows(1, seed=1)}).of_question(unit(3), language="fa")
    assert np.isfinite(own.score(unit(4), language="fa"))
