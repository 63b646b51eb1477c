"""`sanad eval gate`: refuse a run that falls below the accepted baseline."""

import json
from pathlib import Path
from typing import Annotated

import typer

from eval.answers.measures import PAIRED
from eval.answers.paired import as_run
from eval.answers.runs import read_answers
from eval.comparison_report import fall_line, missing_line, row_table, verdict_as_dict
from eval.gate import (
    ANSWER_TOLERANCE,
    GATED,
    TOLERANCE,
    Verdict,
    check_run,
    read_baseline,
    write_baseline,
)
from eval.runs import read_run
from sanad.commands.evaluation.options import JsonFlag, MeasureNames
from sanad.exit_status import DONE, NOT_ALL
from sanad.session import stderr_report, stdout_console, write_json


def gate(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run.")],
    baseline: Annotated[
        Path, typer.Option(metavar="FILE", help="What was accepted, one JSON file.")
    ],
    accept: Annotated[
        bool, typer.Option("--accept", help="Write RUN as the baseline; compare nothing.")
    ] = False,
    answers: Annotated[
        bool, typer.Option("--answers", help="Look at the answers of RUN, not at its ranking.")
    ] = False,
    measures: MeasureNames = None,
    as_json: JsonFlag = False,
) -> int:
    """Fail, with exit status 1, a run that falls below the baseline.

    A measure falls if the paired randomisation test says so (alpha .05, Holm's correction over
    all groups and measures), or if its mean falls by more than 0.02 on a group of at least 30
    topics. A topic of the baseline that the run does not measure fails as well. Without
    --measure: nDCG@10 and R@100.

    With --answers, first_quote, any_quote and decision (whether it answers what it should, and
    abstains where it should), by more than 0.05.

    \b
    sanad eval run sample --output runs/now
    sanad eval gate runs/now --baseline eval/baselines/sample.json
    sanad eval gate runs/now --baseline eval/baselines/sample.json --accept
    sanad eval answers sample --output runs/now
    sanad eval gate runs/now --answers --baseline eval/baselines/sample_answers.json
    """
    measured = as_run(read_answers(run)) if answers else read_run(run)
    if accept:
        write_baseline(measured, baseline)
        stderr_report(f"{measured.name} is the baseline in {baseline}")
        return DONE
    verdict = check_run(
        measured,
        read_baseline(baseline),
        measures=measures or (PAIRED if answers else GATED),
        tolerance=ANSWER_TOLERANCE if answers else TOLERANCE,
    )
    if as_json:
        write_json(json.dumps(verdict_as_dict(verdict), ensure_ascii=False))
    else:
        _print(verdict)
    return DONE if verdict.is_passed else NOT_ALL


def _print(verdict: Verdict) -> None:
    console = stdout_console()
    for measure in dict.fromkeys(row.measure for row in verdict.rows):
        rows = [row for row in verdict.rows if row.measure == measure]
        console.print(row_table(rows, title=f"{measure}: the run against the baseline"))
    for name in verdict.changed_files:
        stderr_report(f"{name} is not the file that the baseline was measured with")
    if verdict.new:
        stderr_report(f"{len(verdict.new)} topics are not in the baseline and are not looked at")
    if verdict.missing:
        console.print(f"FAILED: {missing_line(verdict.missing)}", markup=False, soft_wrap=True)
    for fall in verdict.falls:
        console.print(f"FAILED: {fall_line(fall)}", markup=False, soft_wrap=True)
    if verdict.is_passed:
        console.print("passed: nothing fell significantly or by more than allowed")
