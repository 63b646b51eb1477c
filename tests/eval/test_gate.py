"""The gate lets pass what did not fall, and says what did."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import InputError, SourceUnreadable
from eval.comparison_report import fall_line, missing_line, verdict_as_dict
from eval.gate import LARGE, Baseline, check_run, read_baseline, write_baseline
from eval.runs import Run, RunTopic


def topic(number: int, value: float, *, pair: str = "tr->ar") -> RunTopic:
    return RunTopic(
        id=f"سؤال {number}",
        text="Ne zaman?",
        language="tr",
        pair=pair,
        kind="",
        answerable=True,
        measures={"nDCG@10": value, "R@100": 1.0},
        results=(),
        judged=(),
    )


def run_of(count: int, value: Callable[[int], float]) -> Run:
    return Run(
        name="r",
        topics=tuple(topic(number, value(number)) for number in range(count)),
        ranking={},
        manifest={"commit": "abc", "collection": {"files": {"news/corpus.jsonl": "1"}}},
    )


def baseline_of(run: Run, folder: Path) -> Baseline:
    write_baseline(run, folder / "new" / "baseline.json")
    return read_baseline(folder / "new" / "baseline.json")


def test_a_run_passes_against_itself(tmp_path: Path) -> None:
    run = run_of(40, lambda number: 1 / (number + 1))
    verdict = check_run(run, baseline_of(run, tmp_path))

    assert verdict.is_passed
    assert {row.ties for row in verdict.rows} == {40}
    assert json.loads(json.dumps(verdict_as_dict(verdict), allow_nan=False))["passed"] is True


def test_a_better_run_passes(tmp_path: Path) -> None:
    baseline = baseline_of(run_of(40, lambda _: 0.5), tmp_path)
    assert check_run(run_of(40, lambda _: 0.9), baseline).is_passed


def test_a_significant_fall_within_the_tolerance_fails(tmp_path: Path) -> None:
    baseline = baseline_of(run_of(40, lambda _: 0.5), tmp_path)
    verdict = check_run(run_of(40, lambda _: 0.49), baseline)

    assert not verdict.is_passed
    fall = verdict.falls[0]
    assert (fall.is_significant, fall.is_large) == (True, False)
    assert fall_line(fall).startswith("nDCG@10 fell on all (40 topics) by 0.0100, from 0.5000 to")
    assert "significant: p 0.000" in fall_line(fall)


def one_miss(number: int) -> float:
    """One topic of all falls from 1 to nothing: never significant."""
    return 0.0 if number == 0 else 1.0


def test_a_large_fall_that_may_be_chance_fails_on_30_topics_or_more(tmp_path: Path) -> None:
    baseline = baseline_of(run_of(LARGE, lambda _: 1.0), tmp_path)
    verdict = check_run(run_of(LARGE, one_miss), baseline)  # by 1 / 30 = .033

    assert [(fall.is_significant, fall.is_large) for fall in verdict.falls] == [(False, True)] * 2
    assert "more than 0.02 on 30 topics or more" in fall_line(verdict.falls[0])


def test_the_same_on_fewer_topics_passes(tmp_path: Path) -> None:
    baseline = baseline_of(run_of(LARGE - 1, lambda _: 1.0), tmp_path)
    assert check_run(run_of(LARGE - 1, one_miss), baseline).is_passed


def test_a_fall_of_just_the_tolerance_passes(tmp_path: Path) -> None:
    baseline = baseline_of(run_of(50, lambda _: 1.0), tmp_path)
    assert check_run(run_of(50, one_miss), baseline).is_passed  # by 1 / 50 = .02


def test_a_fall_in_one_language_pair_fails_though_the_whole_does_not(tmp_path: Path) -> None:
    def run(value: float) -> Run:
        pairs = [topic(n, value) for n in range(12)] + [
            topic(n, 0.5, pair="ar->ar") for n in range(12, 1_000)
        ]
        return Run(name="r", topics=tuple(pairs), ranking={}, manifest={})

    verdict = check_run(run(0.1), baseline_of(run(0.5), tmp_path))

    assert "tr->ar" in {fall.row.group.name for fall in verdict.falls}
    assert not any(fall.is_large for fall in verdict.falls)


def test_leaving_topics_out_is_no_way_through(tmp_path: Path) -> None:
    whole = run_of(40, lambda _: 0.5)
    verdict = check_run(replace(whole, topics=whole.topics[2:]), baseline_of(whole, tmp_path))

    assert not verdict.is_passed
    assert missing_line(verdict.missing) == (
        "2 topics of the baseline are not measured: سؤال 0, سؤال 1"
    )


def test_new_topics_and_changed_files_are_told(tmp_path: Path) -> None:
    baseline = baseline_of(run_of(8, lambda _: 0.5), tmp_path)
    run = replace(
        run_of(9, lambda _: 0.5),
        manifest={"collection": {"files": {"news/corpus.jsonl": "2", "new.jsonl": "3"}}},
    )
    verdict = check_run(run, baseline)

    assert verdict.is_passed
    assert (verdict.new, verdict.changed_files) == (("سؤال 8",), ("news/corpus.jsonl",))


def test_only_the_measures_asked_for_are_looked_at(tmp_path: Path) -> None:
    baseline = baseline_of(run_of(40, lambda _: 1.0), tmp_path)
    assert check_run(run_of(40, lambda _: 0.0), baseline, measures=["R@100"]).is_passed


def test_a_baseline_is_replaced_and_keeps_what_made_it(tmp_path: Path) -> None:
    baseline_of(run_of(3, lambda _: 0.5), tmp_path)
    found = baseline_of(run_of(2, lambda number: 1 / (number + 2)), tmp_path)

    assert [one.measures for one in found.run.topics] == [
        {"nDCG@10": 0.5, "R@100": 1.0},
        {"nDCG@10": 0.333333, "R@100": 1.0},
    ]
    lines = (tmp_path / "new" / "baseline.json").read_text("utf-8").splitlines()
    assert len(lines) == 1 + 2 + 1  # what made it, a topic a line, the end
    assert json.loads("".join(lines))["commit"] == "abc"
    assert found.files == {"news/corpus.jsonl": "1"}


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"name": "x", "files": {}, "measures": ["AP"], "topics": {"q": ["a", "b"]}}'],
)
def test_a_damaged_baseline_is_named(text: str, tmp_path: Path) -> None:
    (tmp_path / "baseline.json").write_text(text, encoding="utf-8")
    with pytest.raises(SourceUnreadable, match=r"baseline\.json is no baseline"):
        read_baseline(tmp_path / "baseline.json")


def test_a_missing_baseline_tells_how_one_is_written(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match="--accept"):
        read_baseline(tmp_path / "baseline.json")


def test_a_run_without_measures_is_no_baseline(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="measures no topic"):
        write_baseline(run_of(0, lambda _: 0.0), tmp_path / "baseline.json")
