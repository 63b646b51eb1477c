"""Differences are corrected within a part, and goals are told reached only where they are."""

from collections.abc import Mapping, Sequence

import pytest

from benchmarks.retrieval_figures import Goal, differences, figures, outcomes
from benchmarks.retrieval_values import Group
from eval.paired import holm

TOPICS = tuple(f"سؤال {number}" for number in range(40))


def group(setting: str, name: str, **rows: Sequence[float]) -> Group:
    values: Mapping[str, Mapping[str, Mapping[str, float]]] = {
        row: {"nDCG@10": dict(zip(TOPICS, given, strict=False))} for row, given in rows.items()
    }
    return Group(setting=setting, name=name, values=values)


BETTER = group("small/ar", "ar->ar", sanad=[0.9] * 40, bm25=[0.5] * 40, dense=[0.9] * 40)
MIXED = group(
    "small/en", "en->en", sanad=[0.5, 0.7] * 20, bm25=[0.7, 0.5] * 20, dense=[0.4, 0.7] * 20
)
FEW = group("large/ar", "ar->ar", sanad=[1.0] * 5, bm25=[0.0] * 5, dense=[0.0] * 5)


def test_every_row_has_its_mean_and_interval() -> None:
    found = {(one.group, one.row): one.measures["nDCG@10"] for one in figures([BETTER, MIXED])}
    assert len(found) == 6
    assert found["ar->ar", "bm25"].mean == pytest.approx(0.5)
    assert found["en->en", "sanad"].mean == pytest.approx(0.6)
    assert found["en->en", "sanad"].low < 0.6 < found["en->en", "sanad"].high


def test_the_correction_runs_over_all_rows_of_a_part_and_no_other() -> None:
    found = differences([BETTER, MIXED, FEW], ["bm25", "dense"])
    small = [one for one in found if one.part == "small"]
    assert [one.p_holm for one in small] == holm([one.p or 0.0 for one in small])
    alone = differences([BETTER], ["bm25"])[0]
    # Uncorrected, and four times as much as one of four tests.
    assert (alone.p_holm, small[0].p_holm) == (alone.p, pytest.approx(4 * (alone.p or 0.0)))


def test_a_difference_counts_wins_and_losses_and_tells_chance() -> None:
    by_row = {(one.group, one.row): one for one in differences([BETTER, MIXED], ["bm25", "dense"])}
    better, same = by_row["ar->ar", "bm25"], by_row["ar->ar", "dense"]
    assert (better.wins, better.losses, better.is_significant) == (40, 0, True)
    assert better.difference.mean == pytest.approx(0.4)
    assert (same.wins, same.losses, same.p, same.is_significant) == (0, 0, 1.0, False)
    evenly = by_row["en->en", "bm25"]
    assert (evenly.wins, evenly.losses, evenly.is_significant) == (20, 20, False)


def test_too_few_topics_have_no_p() -> None:
    found = differences([FEW], ["bm25"])[0]
    assert (found.p, found.p_holm, found.is_significant) == (None, None, False)


def goal(at_least: float | None, *, minus: str | None = None, setting: str = "small/ar") -> Goal:
    return Goal(setting=setting, group="ar->ar", measure="nDCG@10", at_least=at_least, minus=minus)


def test_goals_are_reached_by_the_mean_a_difference_or_beyond_chance() -> None:
    compared = differences([BETTER], ["bm25", "dense"])
    wanted = [
        (goal(0.9), True),
        (goal(0.91), False),
        (goal(0.3, minus="bm25"), True),
        (goal(0.001, minus="dense"), False),
        (goal(-0.002, minus="dense"), True),
        (goal(None, minus="bm25"), True),
        (goal(None, minus="dense"), False),
    ]
    found = outcomes([BETTER], compared, [one for one, _ in wanted])
    assert [one.reached for one in found] == [reached for _, reached in wanted]
    assert found[2].found.mean == pytest.approx(0.4)


def test_a_worse_row_is_not_better_however_certain_it_is() -> None:
    worse = group("small/ar", "ar->ar", sanad=[0.2] * 40, bm25=[0.5] * 40)
    compared = differences([worse], ["bm25"])
    assert compared[0].is_significant
    assert not outcomes([worse], compared, [goal(None, minus="bm25")])[0].reached


def test_goals_of_settings_that_were_not_measured_are_left_out() -> None:
    assert outcomes([BETTER], [], [goal(0.9, setting="large/ar")]) == []
