"""`sanad eval compare`: runs against a base, with intervals and a paired test."""

import json
from pathlib import Path
from typing import Annotated

import typer

from core.errors import InputError
from eval.answers.measures import PAIRED
from eval.answers.paired import open_answers
from eval.comparison import compare as compare_runs
from eval.comparison_report import (
    change_table,
    comparison_as_dict,
    comparison_tables,
    unmatched_notes,
)
from eval.opening import open_runs
from eval.qrels import read_qrels
from sanad.commands.evaluation.options import JsonFlag, MeasureNames, Qrels
from sanad.session import stderr_report, stdout_console, write_json


def compare(
    base: Annotated[
        Path, typer.Argument(metavar="BASE", help="A run's folder, or a TREC run file.")
    ],
    others: Annotated[
        list[Path], typer.Argument(metavar="OTHER...", help="What to hold against it.")
    ],
    answers: Annotated[
        bool, typer.Option("--answers", help="Compare the answers, not the rankings.")
    ] = False,
    measures: MeasureNames = None,
    qrels: Qrels = None,
    topics: Annotated[
        int, typer.Option(min=0, metavar="N", help="Add the N largest wins and losses.")
    ] = 0,
    as_json: JsonFlag = False,
) -> None:
    """Compare runs with a base, topic by topic.

    Over all topics, by language pair and by type of question: both means, the difference with its
    95 % bootstrap interval, and p of the paired randomisation test, corrected after Holm for all
    rows shown. Groups of fewer than 6 topics have no p: none of their outcomes is significant.
    --qrels measures every run by the same judgments; a bare TREC file needs it. With --answers,
    first_quote, any_quote and decision (it answers what it should, and abstains where it should).

    \b
    sanad eval compare runs/hybrid runs/dense
    sanad eval compare runs/hybrid bm25.trec --qrels qrels.txt --measure AP --topics 5
    sanad eval compare runs/before runs/now --answers
    """
    if answers and qrels is not None:
        raise InputError("--qrels judges rankings: leave it out with --answers")
    if answers:
        first, *rest = open_answers([base, *others])
    else:
        judgments = None if qrels is None else read_qrels(qrels)
        first, *rest = open_runs([base, *others], qrels=judgments)
    found = compare_runs(first, rest, measures=measures or (PAIRED if answers else ["nDCG@10"]))
    if as_json:
        write_json(json.dumps(comparison_as_dict(found, most=topics), ensure_ascii=False))
        return
    console = stdout_console()
    for table in comparison_tables(found):
        console.print(table)
    if topics:
        for changes in found.changes:
            console.print(change_table(changes, most=topics))
    for note in unmatched_notes(found.base, found.unmatched):
        stderr_report(note)
