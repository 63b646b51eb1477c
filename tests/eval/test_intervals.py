"""Bootstrap intervals of a mean."""

import pytest

from eval.intervals import estimate


def test_an_interval_holds_the_mean_and_repeats() -> None:
    values = [0.0, 1.0, 1.0, 0.0, 1.0]
    found = estimate(values)
    assert found.mean == pytest.approx(0.6)
    assert found.low <= found.mean <= found.high
    assert estimate(values) == found
    assert estimate([]).n == 0
