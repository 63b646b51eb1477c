"""The paired randomisation test against exact enumeration, and Holm's correction by hand."""

import math
from itertools import product

import numpy as np
import pytest

from eval.paired import holm, randomisation_test


def exact_p(first: list[float], second: list[float]) -> float:
    """Share of all 2^n exchanges with a mean difference at least as far from 0."""
    differences = [one - other for one, other in zip(first, second, strict=True)]
    found = abs(sum(differences))
    sums = [
        abs(sum(sign * value for sign, value in zip(signs, differences, strict=True)))
        for signs in product((1, -1), repeat=len(differences))
    ]
    return sum(value >= found - 1e-12 for value in sums) / len(sums)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ([0.9, 0.8, 0.7, 0.95, 0.6], [0.1, 0.2, 0.3, 0.2, 0.1]),  # 2 of 32 exchanges
        ([0.9, 0.8, 0.2, 0.95, 0.6, 1.0], [0.5, 0.9, 0.3, 0.2, 0.1, 1.0]),
        ([0.3, 0.1, 0.7], [0.1, 0.3, 0.7]),  # no difference of the means
        ([0.2] * 8, [0.1] * 7 + [0.9]),
    ],
)
def test_p_is_that_of_exact_enumeration(first: list[float], second: list[float]) -> None:
    found = randomisation_test(first, second, permutations=40_000)

    # Four standard errors of a share of 40,000 draws are at most 0.01.
    assert found.p == pytest.approx(exact_p(first, second), abs=0.01)
    assert found.difference == pytest.approx(np.mean(first) - np.mean(second))
    assert found.n == len(first)


def test_p_does_not_depend_on_which_system_comes_first() -> None:
    first, second = [0.9, 0.8, 0.2, 0.95], [0.5, 0.9, 0.3, 0.2]

    one, other = randomisation_test(first, second), randomisation_test(second, first)

    assert one.p == other.p
    assert one.difference == -other.difference


def test_the_same_values_give_the_same_p_and_another_seed_another() -> None:
    random = np.random.default_rng(5)
    first, second = random.random(50).tolist(), random.random(50).tolist()

    assert randomisation_test(first, second) == randomisation_test(first, second)
    assert randomisation_test(first, second) != randomisation_test(first, second, seed=1)


def test_p_is_never_zero() -> None:
    found = randomisation_test([1.0] * 100, [0.0] * 100, permutations=999)

    assert found.p == 1 / 1_000


def test_p_is_uniform_where_the_systems_are_alike() -> None:
    random = np.random.default_rng(7)
    p_values = [
        randomisation_test(*random.random((2, 30)).tolist(), permutations=500).p for _ in range(400)
    ]

    # 400 draws at 0.05: 20 expected, standard deviation 4.4; at 0.5: 200, 10.
    assert 6 <= sum(p <= 0.05 for p in p_values) <= 34
    assert 160 <= sum(p <= 0.5 for p in p_values) <= 240


def test_no_topics_show_nothing() -> None:
    found = randomisation_test([], [])

    assert (math.isnan(found.difference), found.p, found.n) == (True, 1.0, 0)


def test_values_of_other_topics_are_refused() -> None:
    with pytest.raises(ValueError, match="2 values against 1"):
        randomisation_test([0.1, 0.2], [0.1])


@pytest.mark.parametrize(
    ("p_values", "adjusted"),
    [
        ([], []),
        ([0.03], [0.03]),
        # 4 x .005, 3 x .01, then 2 x .03 = .06 and 1 x .04, which may not be below .06.
        ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]),
        ([0.6, 0.7], [1.0, 1.0]),  # 2 x .6 is more than a probability
    ],
)
def test_holm_multiplies_the_least_p_by_the_number_of_tests_and_so_on_down(
    p_values: list[float], adjusted: list[float]
) -> None:
    assert holm(p_values) == pytest.approx(adjusted)
