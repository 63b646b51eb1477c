"""Calibration by hand."""

import math

import pytest

from eval.answers.calibration import brier_scores, calibration_error, reliability
from eval.answers.tally import tally


def test_bins_hold_mean_confidence_and_share_right() -> None:
    low, high = reliability(tally([0.12, 0.18, 1.0, 0.9], [False, True, True, False]))

    assert (low.low, low.high, low.topics) == (0.1, 0.2, 2)
    assert (low.confidence, low.right) == (pytest.approx(0.15), 0.5)
    # 1 belongs to the highest bin, and .9 begins it though 0.9 * 10 may fall short of 9.
    assert (high.topics, high.confidence, high.right) == (2, pytest.approx(0.95), 0.5)


def test_the_error_is_the_mean_gap_weighed_by_topics() -> None:
    bins = reliability(tally([0.15, 0.15, 0.15, 0.95], [False, False, True, True]))
    # 3 of 4 topics are off by |.15 - 1/3|, one by |.95 - 1|.
    assert calibration_error(bins) == pytest.approx((3 * (1 / 3 - 0.15) + 0.05) / 4)
    assert math.isnan(calibration_error([]))


def test_the_brier_score_is_the_squared_distance() -> None:
    assert brier_scores([0.8, 0.8, 0.0], [True, False, False]) == pytest.approx([0.04, 0.64, 0])
