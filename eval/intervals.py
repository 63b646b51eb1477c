"""Bootstrap intervals of a mean over topics."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

RESAMPLES = 2_000
LEVEL = 0.95
SEED = 20240619


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A mean over `n` topics with its 95 % percentile bootstrap interval."""

    mean: float
    low: float
    high: float
    n: int


def estimate(values: Sequence[float]) -> Estimate:
    """Mean of `values` and its interval (Efron and Tibshirani 1993, percentile method).

    Seeded, so that the same values give the same interval. No values: all NaN, n 0.

    >>> estimate([1.0, 1.0]).low
    1.0
    """
    if not values:
        return Estimate(mean=float("nan"), low=float("nan"), high=float("nan"), n=0)
    array = np.asarray(values, dtype=np.float64)
    draws = np.random.default_rng(SEED).integers(0, len(array), size=(RESAMPLES, len(array)))
    means = array[draws].mean(axis=1)
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return Estimate(mean=float(array.mean()), low=float(low), high=float(high), n=len(array))
