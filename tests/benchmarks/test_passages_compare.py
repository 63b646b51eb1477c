"""Settings compared on two halves, each set of topics with the same weight."""

import pytest

from benchmarks.passages_compare import (
    ALL,
    HALVES,
    MEASURES,
    MODES,
    Compared,
    choice,
    chosen,
    compare,
    halves,
)
from benchmarks.passages_data import Asked
from benchmarks.passages_settings import BODY, BODY_BASE, TITLED, TITLED_BASE, Setting

BASE = Setting(name=BODY_BASE, shape=BODY, against=BODY_BASE)
OTHER = Setting(name="other", shape=BODY, against=BODY_BASE)


def topic(key: str, group: str, *relevant: str) -> Asked:
    return Asked(
        id=key, group=group, text="سؤال؟", language="ar", relevant=dict.fromkeys(relevant, 1)
    )


def measures(values: dict[str, float]) -> dict[str, dict[str, dict[str, float]]]:
    return {
        mode: {key: dict.fromkeys(MEASURES, value) for key, value in values.items()}
        for mode in MODES
    }


def row(rows: list[Compared], *, setting: str, half: str, group: str = ALL) -> Compared:
    (found,) = [
        one
        for one in rows
        if (one.setting, one.place.half, one.place.group) == (setting, half, group)
        and (one.place.mode, one.place.measure) == ("hybrid", "nDCG@10")
    ]
    return found


def test_articles_of_a_set_go_to_the_halves_in_turn_and_none_to_both() -> None:
    topics = [
        topic("1", "x", "a"),
        topic("2", "x", "b"),
        topic("3", "x", "b", "c"),
        topic("4", "x", "d"),
        topic("5", "y", "d"),
    ]

    choose, report = HALVES
    assert halves(topics) == {"1": choose, "2": report, "3": report, "4": choose, "5": choose}


def test_a_small_set_counts_as_much_as_a_large_one() -> None:
    # In the half that reports: x has one topic (b), y has three (f, h, j).
    topics = [topic(key, "x", key) for key in "ab"] + [topic(key, "y", key) for key in "efghij"]
    base = measures(dict.fromkeys("abefghij", 0.0))
    other = measures({**dict.fromkeys("abefghij", 0.0), "b": 1.0, "f": 0.6})

    rows = compare([BASE, OTHER], topics, {BODY_BASE: base, "other": other})

    # The mean of x is 1.0, that of y a third of 0.6, and each is half of the whole.
    assert row(rows, setting="other", half="report").mean.mean == pytest.approx(0.6)
    assert row(rows, setting="other", half="report").difference.mean == pytest.approx(0.6)
    assert row(rows, setting="other", half="report", group="y").mean.mean == pytest.approx(0.2)
    assert row(rows, setting=BODY_BASE, half="report").difference.mean == 0.0
    assert row(rows, setting=BODY_BASE, half="report").p_holm == 1.0


def test_chance_is_corrected_for_all_settings_that_are_read_together() -> None:
    topics = [topic(f"{n:03}", "x", f"{n:03}") for n in range(40)]
    ids = [each.id for each in topics]
    measured = {
        BODY_BASE: measures(dict.fromkeys(ids, 0.0)),
        "other": measures(dict.fromkeys(ids, 1.0)),
        "same": measures(dict.fromkeys(ids, 0.0)),
    }
    same = Setting(name="same", shape=BODY, against=BODY_BASE)

    rows = compare([BASE, OTHER, same], topics, measured)

    better = row(rows, setting="other", half="report")
    # 20 topics all of one sign: a random exchange does as well twice in 2^20.
    assert better.p == pytest.approx(1 / 10_001)
    assert better.p_holm == pytest.approx(2 / 10_001)
    assert row(rows, setting="same", half="report").p_holm == 1.0


def test_the_choice_is_made_on_one_half_and_told_of_the_other() -> None:
    topics = [topic(key, "x", key) for key in "abcd"]
    measured = {
        BODY_BASE: measures(dict.fromkeys("abcd", 0.5)),
        # Better on a and c, by which is chosen; worse on b and d.
        "other": measures({"a": 0.9, "c": 0.9, "b": 0.1, "d": 0.1}),
    }

    found = chosen(compare([BASE, OTHER], topics, measured), against=BODY_BASE)

    assert (found.setting, found.place.half) == ("other", "report")
    assert found.difference.mean == pytest.approx(-0.4)


def test_what_is_best_already_stays() -> None:
    topics = [topic(key, "x", key) for key in "ab"]
    measured = {
        BODY_BASE: measures({"a": 0.5, "b": 0.5}),
        "other": measures({"a": 0.4, "b": 0.9}),
    }

    found = chosen(compare([BASE, OTHER], topics, measured), against=BODY_BASE)

    assert found.setting == BODY_BASE


def test_a_setting_is_used_only_if_the_other_half_confirms_it_beyond_chance() -> None:
    topics = [topic(f"{n:03}", "x", f"{n:03}") for n in range(40)]
    base = measures(dict.fromkeys((each.id for each in topics), 0.5))
    better = {each.id: 0.6 for each in topics}
    # Those of odd number report: better in one place only, which may be chance.
    lucky = {**better, **{f"{n:03}": 0.5 for n in range(3, 40, 2)}}

    used = [
        choice(
            compare([BASE, OTHER], topics, {BODY_BASE: base, "other": measures(values)}),
            against=BODY_BASE,
        )["use"]
        for values in (better, lucky)
    ]

    assert used == ["other", BODY_BASE]


def test_headlines_are_not_asked_where_titles_are_read() -> None:
    topics = [topic("h", "headlines", "a"), topic("i", "headlines", "b"), topic("s", "x", "a")]
    topics.append(topic("t", "x", "b"))
    titled = Setting(name=TITLED_BASE, shape=TITLED, against=TITLED_BASE)
    values = measures(dict.fromkeys("hist", 1.0))

    rows = compare([titled, BASE], topics, {TITLED_BASE: values, BODY_BASE: values})

    groups = {(one.setting, one.place.group) for one in rows}
    assert (BODY_BASE, "headlines") in groups
    assert (TITLED_BASE, "headlines") not in groups
