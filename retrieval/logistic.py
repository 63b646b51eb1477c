"""The logistic function over named weights: how signals become a probability."""

import math
from collections.abc import Iterable, Mapping, Sequence

_FARTHEST = 50.0
"""Log odds beyond which a float tells nothing more."""


def probability(log_odds: float) -> float:
    """In (0, 1).

    >>> probability(0.0), round(probability(2.0), 3)
    (0.5, 0.881)
    """
    return 1 / (1 + math.exp(-max(-_FARTHEST, min(_FARTHEST, log_odds))))


def weighted_sum(
    weights: Mapping[str, float], names: Sequence[str], values: Iterable[float]
) -> float:
    """The sum over `names` of weight times value, one value a name, in order."""
    return sum(weights[name] * float(value) for name, value in zip(names, values, strict=True))
