"""Paired significance of two systems' values on the same topics."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PERMUTATIONS = 10_000
SEED = 20240619

_ROWS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedTest:
    """The mean of first minus second over `n` topics and its two-sided p-value."""

    difference: float
    p: float
    n: int


def randomisation_test(
    first: Sequence[float],
    second: Sequence[float],
    *,
    permutations: int = PERMUTATIONS,
    seed: int = SEED,
) -> PairedTest:
    """Fisher's paired randomisation test of the difference of means, two-sided.

    Were both systems the same, each topic's two values could as well have changed places. `p` is
    the share of random exchanges whose mean difference is at least as far from 0 as the one
    found, which is itself counted as one of them, so `p` is never 0. See Smucker, Allan and
    Carterette 2007, "A comparison of statistical significance tests for information retrieval
    evaluation"; the added one is Phipson and Smyth 2010.

    Seeded, so that the same values give the same p. No topics: difference NaN, p 1.

    >>> randomisation_test([0.5, 0.25], [0.5, 0.25]).p
    1.0

    Args:
        first: One value a topic.
        second: The other system's, for the same topics in the same order.
        permutations: Random exchanges drawn.
        seed: Of the draws.

    Raises:
        ValueError: the two differ in length.
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} values against {len(second)}: one for each topic is needed")
    if not first:
        return PairedTest(difference=float("nan"), p=1.0, n=0)
    differences = np.subtract(first, second, dtype=np.float64)
    found = float(differences.mean())
    # Sums of the same numbers in another order differ by rounding: those are ties.
    least = abs(found) - 1e-12
    extreme = sum(
        int(np.count_nonzero(np.abs(means) >= least))
        for means in _random_means(differences, permutations, seed)
    )
    return PairedTest(difference=found, p=(extreme + 1) / (permutations + 1), n=len(differences))


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjusted p-values in the order given, for tests that are read together (Holm 1979).

    Rejecting where the adjusted value is at most alpha keeps the chance of any false rejection
    within alpha, whatever the dependence between the tests.

    >>> holm([0.5, 0.01])
    [0.5, 0.02]
    """
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    order = sorted(range(len(p_values)), key=lambda index: p_values[index])
    for rank, index in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = highest
    return adjusted


def _random_means(
    differences: NDArray[np.float64], permutations: int, seed: int
) -> list[NDArray[np.float64]]:
    """Means of the differences under random signs, in blocks that bound the memory."""
    random = np.random.default_rng(seed)
    blocks = []
    for start in range(0, permutations, _ROWS):
        rows = min(_ROWS, permutations - start)
        signs = 2.0 * random.integers(0, 2, size=(rows, len(differences)), dtype=np.int8) - 1.0
        blocks.append(signs @ differences / len(differences))
    return blocks
