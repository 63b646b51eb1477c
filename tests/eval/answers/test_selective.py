"""Curves and areas over confidence, by hand and against their definitions."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.answers.selective import (
    area_under_risk,
    area_under_roc,
    coverage_at,
    risk_coverage,
)
from eval.answers.tally import Statistic, Tally, estimate_of, tally

Topics = list[tuple[float, bool]]

TOPICS = st.lists(st.tuples(st.sampled_from([0.1, 0.25, 0.5, 0.9]), st.booleans()), min_size=1)


def counted(topics: Topics) -> Tally:
    return tally([confidence for confidence, _ in topics], [right for _, right in topics])


def value(statistic: Statistic, topics: Topics) -> float:
    made = counted(topics)
    return float(statistic(made.yes[None], made.no[None])[0])


HAND: Topics = [(0.9, True), (0.8, True), (0.7, False), (0.6, True), (0.2, False)]


def test_a_tally_counts_by_confidence_whatever_the_order() -> None:
    made = counted([(0.5, True), (0.9, False), (0.5, False), (0.5, True)])

    assert made.confidences.tolist() == [0.9, 0.5]
    assert (made.yes.tolist(), made.no.tolist(), made.topics) == ([0, 2], [1, 1], 4)


def test_risk_and_coverage_by_hand() -> None:
    coverage, risk = risk_coverage(counted(HAND))

    assert coverage.tolist() == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    assert risk.tolist() == pytest.approx([0, 0, 1 / 3, 1 / 4, 2 / 5])


def test_the_largest_coverage_is_taken_though_risk_was_higher_before() -> None:
    # Risk is 1/3 at .6 and 1/4 again at .8.
    assert value(coverage_at(0.25), HAND) == pytest.approx(0.8)
    assert value(coverage_at(0.2), HAND) == pytest.approx(0.4)
    assert value(coverage_at(0.1), [(0.9, False), (0.2, True)]) == 0
    assert value(coverage_at(0.1), [(0.9, True)] * 9 + [(0.9, False)]) == 1


def test_the_area_under_risk_by_hand() -> None:
    assert value(area_under_risk, HAND) == pytest.approx((0 + 0 + 1 / 3 + 1 / 4 + 2 / 5) / 5)
    # Two topics of one confidence, one wrong: half an error each, 1/2 throughout.
    assert value(area_under_risk, [(0.5, True), (0.5, False)]) == pytest.approx(1 / 2)
    # Then one right at .9 before them: 0, then (1/2)/2, then 1/3.
    three: Topics = [(0.9, True), (0.5, True), (0.5, False)]
    assert value(area_under_risk, three) == pytest.approx((0 + 1 / 4 + 1 / 3) / 3)


def test_the_area_under_roc_by_hand() -> None:
    # Pairs of an answerable and another: .9 and .8 win both, .6 wins against .2 only: 5 of 6.
    assert value(area_under_roc, HAND) == pytest.approx(5 / 6)
    assert value(area_under_roc, [(0.5, True), (0.5, False)]) == pytest.approx(1 / 2)
    assert math.isnan(value(area_under_roc, [(0.5, True)]))


@given(TOPICS)
def test_the_area_under_roc_is_the_share_of_pairs_in_order(topics: Topics) -> None:
    present = [confidence for confidence, yes in topics if yes]
    absent = [confidence for confidence, yes in topics if not yes]
    if not present or not absent:
        assert math.isnan(value(area_under_roc, topics))
        return
    won = sum((a > b) + (a == b) / 2 for a in present for b in absent)
    assert value(area_under_roc, topics) == pytest.approx(won / (len(present) * len(absent)))


@given(TOPICS)
def test_the_area_under_risk_is_the_mean_risk_over_every_coverage(topics: Topics) -> None:
    shares = {
        one: np.mean([not right for confidence, right in topics if confidence == one])
        for one, _ in topics
    }
    errors = np.cumsum([shares[one] for one, _ in sorted(topics, reverse=True)])
    expected = np.mean(errors / np.arange(1, len(topics) + 1))
    assert value(area_under_risk, topics) == pytest.approx(float(expected))


@given(TOPICS, st.sampled_from([0.05, 0.1, 0.2, 0.5]))
def test_coverage_at_a_risk_is_that_of_the_best_threshold(topics: Topics, risk: float) -> None:
    best = 0.0
    for threshold in {confidence for confidence, _ in topics}:
        answered = [right for confidence, right in topics if confidence >= threshold]
        if answered.count(False) <= risk * len(answered) + 1e-9:
            best = max(best, len(answered) / len(topics))
    assert value(coverage_at(risk), topics) == pytest.approx(best)


def test_an_interval_holds_the_value_repeats_and_narrows() -> None:
    few, many = counted(HAND * 4), counted(HAND * 400)
    narrow, wide = (estimate_of(each, area_under_roc) for each in (many, few))

    assert narrow == estimate_of(many, area_under_roc)
    assert narrow.low < narrow.mean < narrow.high
    assert wide.high - wide.low > 4 * (narrow.high - narrow.low)
    assert (wide.n, narrow.n) == (20, 2_000)


def test_what_is_undefined_has_no_topics() -> None:
    assert estimate_of(counted([(0.5, True)]), area_under_roc).n == 0
    assert estimate_of(counted([]), area_under_risk).n == 0
