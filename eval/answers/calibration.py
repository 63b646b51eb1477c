"""Calibration: whether of the answers given at 70 % confidence, 70 % are right."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eval.answers.tally import Tally

BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """The topics of one tenth of the scale: their mean confidence, and the share that is right."""

    low: float
    high: float
    topics: int
    confidence: float
    right: float


def reliability(counted: Tally) -> list[Bin]:
    """Bins of equal width that hold any topic, lowest first, of a tally right/wrong.

    DeGroot and Fienberg 1983, "The Comparison and Evaluation of Forecasters". A confidence of 1
    belongs to the highest bin.
    """
    places = np.minimum((counted.confidences * BINS + 1e-9).astype(int), BINS - 1)
    topics = counted.yes + counted.no
    found = []
    for place in range(BINS):
        members = places == place
        n = topics[members].sum()
        if n:
            found.append(
                Bin(
                    low=place / BINS,
                    high=(place + 1) / BINS,
                    topics=int(n),
                    confidence=float((counted.confidences * topics)[members].sum() / n),
                    right=float(counted.yes[members].sum() / n),
                )
            )
    return found


def calibration_error(bins: Sequence[Bin]) -> float:
    """ECE: the mean distance between confidence and share right, by topics; NaN without bins.

    Naeini, Cooper and Hauskrecht 2015; Guo et al. 2017, "On Calibration of Modern Neural Networks".
    Few topics make it larger than the truth (Kumar, Liang and Ma 2019), resamples larger still:
    it has no interval.
    """
    n = sum(each.topics for each in bins)
    gaps = sum(each.topics * abs(each.confidence - each.right) for each in bins)
    return gaps / n if n else float("nan")


def brier_scores(confidences: Sequence[float], outcomes: Sequence[bool]) -> list[float]:
    """Squared distance of each confidence from what came of it: 0 is best (Brier 1950)."""
    return [
        (confidence - outcome) ** 2
        for confidence, outcome in zip(confidences, outcomes, strict=True)
    ]
