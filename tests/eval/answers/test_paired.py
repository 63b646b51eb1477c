"""Answer runs are compared and held to a baseline topic by topic."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import InputError
from eval.answers.measures import PAIRED
from eval.answers.paired import as_run, open_answers
from eval.answers.runs import AnswerRun, write_answers
from eval.comparison import compare
from eval.comparison_report import fall_line
from eval.gate import ANSWER_TOLERANCE, Verdict, check_run, read_baseline, write_baseline
from eval.groups import ALL
from tests.eval.answers.answered import topic


def answers(right: int, *, abstaining: int = 10) -> AnswerRun:
    """30 answerable topics, the first `right` of them right, and 10 others."""
    topics = [topic(f"{n}", n < right) for n in range(30)]
    topics += [topic(f"u{n}", False, answerable=False, abstained=n < abstaining) for n in range(10)]
    return AnswerRun(name="r", topics=tuple(topics), manifest={"commit": "c"})


def gate(run: AnswerRun, base: AnswerRun, folder: Path) -> Verdict:
    write_baseline(as_run(base), folder / "baseline.json")
    return check_run(
        as_run(run),
        read_baseline(folder / "baseline.json"),
        measures=PAIRED,
        tolerance=ANSWER_TOLERANCE,
    )


def test_quotes_are_compared_on_what_is_answerable_and_decisions_on_all() -> None:
    comparison = compare(
        as_run(answers(20)), [replace(as_run(answers(30)), name="s")], measures=PAIRED
    )
    rows = {row.measure: row for row in comparison.rows if row.group == ALL}

    assert {name: row.difference.n for name, row in rows.items()} == {
        "first_quote": 30, "any_quote": 30, "decision": 40,
    }  # fmt: skip
    assert rows["first_quote"].difference.mean == pytest.approx(1 / 3)
    assert rows["decision"].difference.mean == 0


def test_a_run_passes_against_itself_and_what_made_the_baseline_is_kept(tmp_path: Path) -> None:
    verdict = gate(answers(20), answers(20), tmp_path)
    assert verdict.is_passed
    assert not verdict.missing
    kept = read_baseline(tmp_path / "baseline.json").run
    assert [one.measures for one in kept.topics] == [
        one.measures for one in as_run(answers(20)).topics
    ]


def test_one_topic_of_thirty_passes_and_two_fail(tmp_path: Path) -> None:
    assert gate(answers(19), answers(20), tmp_path).is_passed
    verdict = gate(answers(18), answers(20), tmp_path)
    assert {fall.row.measure for fall in verdict.falls} == {"first_quote", "any_quote"}
    assert "more than 0.05 on 30 topics or more" in fall_line(verdict.falls[0])


def test_less_abstention_fails_though_the_quotes_stay(tmp_path: Path) -> None:
    verdict = gate(answers(20, abstaining=3), answers(20), tmp_path)
    assert {fall.row.measure for fall in verdict.falls} == {"decision"}


def test_a_topic_that_was_answerable_cannot_be_compared(tmp_path: Path) -> None:
    changed = answers(20)
    other = replace(changed, topics=(topic("0", answerable=False), *changed.topics[1:]))
    with pytest.raises(InputError, match="first_quote is not measured in both"):
        gate(other, answers(20), tmp_path)


def test_answers_of_the_same_name_are_called_by_their_folders(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_answers(answers(1), tmp_path / name)
    found = open_answers([tmp_path / "a", tmp_path / "b"])
    assert [run.name for run in found] == [str(tmp_path / "a"), str(tmp_path / "b")]
