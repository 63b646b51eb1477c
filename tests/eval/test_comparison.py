"""Two runs compared topic by topic, by hand."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from core.errors import InputError, SourceUnreadable
from eval.comparison import LEAST_TOPICS, Comparison, Row, compare
from eval.comparison_report import (
    change_table,
    comparison_as_dict,
    comparison_tables,
    signed,
    unmatched_notes,
)
from eval.groups import ALL, Group
from eval.opening import judge_again, open_run
from eval.paired import holm, randomisation_test
from eval.runs import Judged, Run, RunTopic, write_run
from eval.trec import write_ranking


def topic(
    key: str, value: float | None, *, pair: str = "ar->ar", kind: str = "من", relevant: str = "a"
) -> RunTopic:
    measures = {} if value is None else {"nDCG@10": value, "AP": value / 2}
    judged = Judged(article_id=relevant, grade=1, language="ar", title="عنوان", text="نص")
    return RunTopic(
        id=key,
        text=f"سؤال {key}؟ 🌍",
        language=pair[:2],
        pair=pair,
        kind=kind,
        answerable=value is not None,
        measures=measures,
        results=(),
        judged=() if value is None else (judged,),
    )


def run(name: str, *topics: RunTopic) -> Run:
    return Run(name=name, topics=topics, ranking={}, manifest={})


def of(name: str, values: Mapping[str, float | None]) -> Run:
    return run(name, *(topic(key, value) for key, value in values.items()))


def row(comparison: Comparison, group: Group = ALL, measure: str = "nDCG@10") -> Row:
    (found,) = (one for one in comparison.rows if (one.group, one.measure) == (group, measure))
    return found


def test_means_difference_and_counts_are_those_of_the_topics() -> None:
    base = of("base", {"1": 0.5, "2": 0.5, "3": 1.0, "4": 0.0})
    other = of("other", {"1": 1.0, "2": 0.25, "3": 1.0, "4": 0.5})

    found = row(compare(base, [other], measures=["nDCG@10"]))

    # +.5, -.25, 0, +.5: mean .1875.
    assert (found.base_mean, found.other_mean) == (0.5, 0.6875)
    assert found.difference.mean == pytest.approx(0.1875)
    assert found.difference.low <= 0.1875 <= found.difference.high
    assert (found.wins, found.ties, found.losses) == (2, 1, 1)
    assert found.p is None  # fewer than LEAST_TOPICS


def test_p_is_corrected_over_all_rows_shown_together() -> None:
    base = run(
        "base",
        *(topic(f"ar{n}", 0.1 * n, pair="ar->ar", kind="من") for n in range(8)),
        *(topic(f"en{n}", 0.5, pair="en->ar", kind="why") for n in range(LEAST_TOPICS - 1)),
    )
    better = run(
        "better",
        *(
            replace(one, measures={"nDCG@10": one.measures["nDCG@10"] + 0.1, "AP": 0.0})
            for one in base.topics
        ),
    )
    found = compare(base, [better], measures=["nDCG@10", "AP"])

    tested = [one for one in found.rows if one.p is not None]
    untested = [one for one in found.rows if one.p is None]
    assert {one.group.name for one in untested} == {"en->ar", "why"}
    assert all(one.p_holm is None for one in untested)
    assert [one.p_holm for one in tested] == pytest.approx(holm([one.p or 0 for one in tested]))
    values = [one.measures["nDCG@10"] for one in base.topics]
    again = randomisation_test([value + 0.1 for value in values], values)
    assert row(found).p == pytest.approx(again.p, abs=0.01)
    assert row(found).wins == 13


def test_a_difference_beyond_the_digits_kept_is_a_tie() -> None:
    base, other = of("base", {"1": 0.63093}), of("other", {"1": 0.6309297535714575})

    found = row(compare(base, [other], measures=["nDCG@10"]))

    assert (found.ties, found.difference.mean) == (1, 0)


def test_topics_of_one_run_only_are_named_and_left_out() -> None:
    base = of("base", {"1": 0.5, "2": 0.5, "u": None, "x": None})
    other = of("other", {"2": 1.0, "3": 0.5, "u": None, "x": 0.5})

    found = compare(base, [other], measures=["nDCG@10"])

    assert row(found).difference.n == 1
    (unmatched,) = found.unmatched
    assert (unmatched.only_base, unmatched.only_other) == (("1",), ("3", "x"))
    assert unmatched_notes("base", found.unmatched) == [
        "left out, only in base: 1",
        "left out, only in other: 3, x",
    ]


def test_topics_judged_differently_are_named() -> None:
    base, other = run("base", topic("1", 0.5)), run("other", topic("1", 0.5, relevant="b"))

    (unmatched,) = compare(base, [other], measures=["nDCG@10"]).unmatched

    assert unmatched.judged_differently == ("1",)
    assert "--qrels" in unmatched_notes("base", [unmatched])[0]


def test_wins_and_losses_come_largest_first_with_their_questions() -> None:
    base = of("base", {"1": 0.5, "2": 0.5, "3": 0.5, "4": 0.5, "5": 0.5})
    other = of("other", {"1": 0.75, "2": 1.0, "3": 0.25, "4": 0.5, "5": 0.0})

    found = compare(base, [other], measures=["nDCG@10"])

    (changes,) = found.changes
    assert [one.topic_id for one in changes.wins] == ["2", "1"]
    assert [one.topic_id for one in changes.losses] == ["5", "3"]
    assert changes.losses[0].text == "سؤال 5؟ 🌍"
    values = json.loads(json.dumps(comparison_as_dict(found, most=1), allow_nan=False))
    assert values["topics"][0]["wins"][0]["topic_id"] == "2"
    assert values["topics"][0]["losses"][0]["difference"] == -0.5
    assert values["rows"][0]["axis"] == values["rows"][0]["group"] == "all"
    assert change_table(changes, most=1).row_count == 2


def test_several_runs_stand_against_one_base() -> None:
    base, one, two = (
        of(name, {"1": value}) for name, value in zip("abc", (0.1, 0.2, 0.3), strict=True)
    )

    found = compare(base, [one, two], measures=["AP", "nDCG@10"])

    assert [(str(table.title), table.row_count) for table in comparison_tables(found)] == [
        ("AP: b against a", 3),
        ("AP: c against a", 3),
        ("nDCG@10: b against a", 3),
        ("nDCG@10: c against a", 3),
    ]


def test_what_cannot_be_compared_is_refused() -> None:
    base = of("base", {"1": 0.5})
    with pytest.raises(InputError, match="no topic in common"):
        compare(base, [of("other", {"2": 0.5})], measures=["nDCG@10"])
    with pytest.raises(InputError, match=r"ndcg is not measured in both.*nDCG@10, AP"):
        compare(base, [of("other", {"1": 0.5})], measures=["ndcg"])
    with pytest.raises(InputError, match="same name"):
        compare(base, [base], measures=["nDCG@10"])


def test_a_bare_run_is_measured_by_the_judgments_and_shown_by_what_the_other_knows(
    tmp_path: Path,
) -> None:
    qrels = {"1": {"a": 1}, "2": {"a": 0}, "unknown": {"a": 1}}
    write_ranking({"1": {"x": 2.0, "a": 1.0}, "2": {"a": 1.0}}, tmp_path / "bm25.trec", name="b")
    bare = open_run(tmp_path / "bm25.trec", qrels=qrels)

    assert bare.name == "bm25"
    assert [(one.id, bool(one.measures)) for one in bare.topics] == [("1", True), ("2", False)]
    assert bare.topics[0].measures["RR@10"] == 0.5
    ours = judge_again(
        Run(name="ours", topics=(topic("1", 0.0),), ranking={"1": {"a": 1.0}}, manifest={}), qrels
    )
    found = compare(bare, [ours], measures=["RR@10"])
    assert row(found, Group(axis="pair", name="ar->ar"), "RR@10").difference.mean == 0.5
    assert found.changes[0].wins[0].text == "سؤال 1؟ 🌍"


def test_a_run_judged_again_has_the_measures_and_articles_of_the_judgments(tmp_path: Path) -> None:
    kept = Run(
        name="kept",
        topics=(topic("1", 0.0), topic("2", 1.0)),
        ranking={"1": {"b": 2.0, "a": 1.0}, "2": {"a": 1.0}},
        manifest={},
    )
    write_run(kept, tmp_path / "kept")

    again = open_run(tmp_path / "kept", qrels={"1": {"a": 1, "b": 3, "c": 0}})

    first, second = again.topics
    assert first.measures["Success@1"] == 1
    assert [(one.article_id, one.grade, one.title) for one in first.judged] == [
        ("b", 3, ""),
        ("a", 1, "عنوان"),
    ]
    assert (second.measures, second.judged) == ({}, ())


def test_a_bare_run_without_judgments_or_a_missing_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bm25.trec").write_text("1 Q0 a 1 0.5 x\n", encoding="utf-8")
    with pytest.raises(InputError, match="give them by --qrels"):
        open_run(tmp_path / "bm25.trec", qrels=None)
    with pytest.raises(SourceUnreadable, match="does not exist"):
        open_run(tmp_path / "bm26.trec", qrels=None)


def test_a_difference_is_shown_with_its_sign() -> None:
    assert [signed(value) for value in (0.0124, -0.5, -1e-9, 1.0)] == [
        "+.012",
        "-.500",
        "+.000",
        "+1.000",
    ]


def test_names_from_files_are_shown_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    base = run("[bold]a", topic("1", 0.5, pair="ar->[red]", kind=":boom:"))
    other = replace(base, name="b[/]")

    for table in comparison_tables(compare(base, [other], measures=["nDCG@10"])):
        Console(width=100).print(table)

    shown = capsys.readouterr().out
    assert "nDCG@10: b[/] against [bold]a" in shown
    assert "ar->[red]" in shown
    assert ":boom:" in shown
