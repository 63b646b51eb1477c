"""Two outcomes counted by confidence, and resamples of them: what curves and intervals need."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.intervals import LEVEL, RESAMPLES, SEED, Estimate

Floats = NDArray[np.float64]

Statistic = Callable[[Floats, Floats], Floats]
"""Counts of both outcomes, (rows, confidences) each, to one value a row; NaN where undefined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How often each outcome came with each of the distinct `confidences`, highest first.

    `yes` and `no` are (confidences,): equal confidences cannot be told apart, so nothing that is
    computed from a tally depends on the order of topics.
    """

    confidences: Floats
    yes: Floats
    no: Floats

    @property
    def topics(self) -> int:
        """All that were counted."""
        return int(self.yes.sum() + self.no.sum())


def tally(confidences: Sequence[float], outcomes: Sequence[bool]) -> Tally:
    """`outcomes`, one a confidence, counted."""
    values, places = np.unique(-np.asarray(confidences, dtype=np.float64), return_inverse=True)
    happened = np.asarray(outcomes, dtype=np.float64)
    yes, no = (
        np.bincount(places, weights=weights, minlength=len(values))
        for weights in (happened, 1 - happened)
    )
    return Tally(confidences=-values, yes=yes.astype(np.float64), no=no.astype(np.float64))


def estimate_of(counted: Tally, statistic: Statistic) -> Estimate:
    """`statistic` with its percentile bootstrap interval over topics; NaN where undefined.

    A topic drawn with replacement is a draw from the cells of the tally, so that the resamples
    are multinomial (Efron and Tibshirani 1993). Resamples without a value are left out.
    """
    n = counted.topics
    value = float(statistic(counted.yes[None], counted.no[None])[0]) if n else float("nan")
    if np.isnan(value):
        return Estimate(mean=float("nan"), low=float("nan"), high=float("nan"), n=0)
    cells = np.concatenate([counted.yes, counted.no])
    drawn = np.random.default_rng(SEED).multinomial(n, cells / n, size=RESAMPLES)
    yes, no = np.split(drawn.astype(np.float64), 2, axis=1)
    values = statistic(yes, no)
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(values[~np.isnan(values)], [tail, 1 - tail])
    return Estimate(mean=value, low=float(low), high=float(high), n=n)
