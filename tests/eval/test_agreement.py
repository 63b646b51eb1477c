"""Agreement is that of the formulas, computed by hand."""

import math
from collections.abc import Sequence

import pytest

from eval.agreement import Agreement, Kappa, measure_agreement
from eval.grades import ItemKey

UNDEFINED = Kappa(value=None, low=None, high=None)


def agreement(pairs: Sequence[tuple[int, int]], *, topics: int = 1) -> Agreement:
    """Of two judges who gave these grades, items dealt out to the topics in turn."""
    keys = [ItemKey(f"سؤال {n % topics}", f"خبر {n}", "p") for n in range(len(pairs))]
    return measure_agreement(
        {key: first for key, (first, _) in zip(keys, pairs, strict=True)},
        {key: second for key, (_, second) in zip(keys, pairs, strict=True)},
        names=("منى", "Omar"),
    )


def test_kappa_of_two_grades_is_cohens() -> None:
    # 20 both relevant, 5 the first alone, 10 the second alone, 15 neither: 35 of 50 alike, .7.
    # By chance: both (25/50)(30/50) = .3, neither (25/50)(20/50) = .2, so .5.
    # (.7 - .5) / (1 - .5) = .4
    found = agreement([(1, 1)] * 20 + [(1, 0)] * 5 + [(0, 1)] * 10 + [(0, 0)] * 15)

    assert (found.n, found.topics) == (50, 1)
    assert found.agreed == found.agreed_binary == 0.7
    assert found.binary.value == pytest.approx(0.4)
    # Two grades are one apart: the weights are the same.
    assert found.weighted == found.binary


def test_kappa_of_the_scale_weighs_a_disagreement_by_its_distance() -> None:
    # Distances found: 0 + 1 + 0 + 2 = 3.
    # By chance, every grade of the first with every one of the second, over 4 items:
    #   with 0: 0+1+2+3 = 6; with 2, twice: 2 (2+1+0+1) = 8; with 1: 1+0+1+2 = 4; 18 / 4 = 4.5.
    # 1 - 3 / 4.5 = 1/3
    found = agreement([(0, 0), (1, 2), (2, 2), (3, 1)])

    assert found.weighted.value == pytest.approx(1 / 3)
    assert found.agreed == 0.5
    # Relevant or not, both say the same of all four: 1.
    assert (found.agreed_binary, found.binary.value) == (1.0, 1.0)


def test_less_than_chance_is_below_nothing() -> None:
    # None of 2 alike, .5 by chance: (0 - .5) / (1 - .5) = -1.
    assert agreement([(0, 1), (1, 0)]).binary.value == pytest.approx(-1)


def test_kappa_is_undefined_where_both_give_one_grade_throughout() -> None:
    # Alike 1, by chance 1: 0 / 0.
    found = agreement([(0, 0)] * 5, topics=2)

    assert (found.agreed, found.binary, found.weighted) == (1.0, UNDEFINED, UNDEFINED)


def test_relevance_is_undefined_where_both_call_everything_relevant() -> None:
    # Of the scale: distances 1 + 0 found; by chance (0+1 + 1+0... ) grades {2, 3} with {3, 3}:
    # 2 (1 + 0) / 2 = 1, so 1 - 1 / 1 = 0.
    found = agreement([(2, 3), (3, 3)])

    assert found.binary == UNDEFINED
    assert found.weighted.value == pytest.approx(0)


def test_one_grade_each_but_not_the_same_is_no_more_than_chance() -> None:
    # None alike, none by chance: (0 - 0) / (1 - 0) = 0.
    found = agreement([(1, 0)] * 4)
    assert (found.agreed, found.binary.value, found.weighted.value) == (0.0, 0.0, 0.0)


def test_judges_who_share_nothing_have_no_agreement() -> None:
    found = measure_agreement(
        {ItemKey("1", "أ", "p"): 1, ItemKey("1", "ب", "p"): 2},
        {ItemKey("2", "أ", "p"): 1, ItemKey("1", "ب", "other"): 2},
        names=("a", "b"),
    )
    assert (found.n, found.topics) == (0, 0)
    assert math.isnan(found.agreed)
    assert math.isnan(found.agreed_binary)
    assert (found.binary, found.weighted) == (UNDEFINED, UNDEFINED)


def test_only_what_both_have_judged_counts() -> None:
    both = ItemKey("1", "أ", "p")
    found = measure_agreement(
        {both: 1, ItemKey("1", "ب", "p"): 2},
        {ItemKey("1", "ج", "p"): 0, both: 1},
        names=("a", "b"),
    )
    assert (found.n, found.agreed) == (1, 1.0)


def test_one_topic_gives_no_interval() -> None:
    kappa = agreement([(0, 0), (1, 1), (0, 1)]).binary
    assert kappa.value is not None
    assert (kappa.low, kappa.high) == (None, None)


def test_topics_that_are_alike_leave_no_doubt() -> None:
    # Every topic holds the same table, so that every resample of topics has the same shares.
    found = agreement([(0, 0)] * 4 + [(1, 1)] * 4 + [(0, 1)] * 4, topics=4).binary
    assert found.value is not None
    assert found.low == pytest.approx(found.value)
    assert found.high == pytest.approx(found.value)


def test_the_interval_is_over_topics_and_the_same_each_time() -> None:
    # Agreed on all of nine topics, never on the tenth.
    def judged() -> Agreement:
        topics = [[(0, 0), (3, 3)]] * 9 + [[(0, 3), (3, 0)]]
        grades = {
            ItemKey(str(topic), str(item), "p"): pair
            for topic, pairs in enumerate(topics)
            for item, pair in enumerate(pairs)
        }
        return measure_agreement(
            {key: pair[0] for key, pair in grades.items()},
            {key: pair[1] for key, pair in grades.items()},
            names=("a", "b"),
        )

    kappa = judged().binary
    # 18 of 20 alike, .5 by chance: .8. Bad topics of ten drawn with p .1: 0 to 3 in 95 % of cases,
    # (none .35, more than three .013), each costs .2.
    assert kappa.value == pytest.approx(0.8)
    assert kappa.low == pytest.approx(0.4)
    assert kappa.high == pytest.approx(1)
    assert judged() == judged()
