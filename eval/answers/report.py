"""An answer run in figures: tables for people, plain values for JSON."""

from collections.abc import Mapping
from dataclasses import asdict

from rich.table import Table
from rich.text import Text

from eval.answers.measures import estimate_group, group_answers
from eval.answers.runs import AnswerRun
from eval.groups import ALL, Group
from eval.intervals import Estimate
from eval.report import INTERVALS, cell, new_table, plain_groups

Estimates = dict[Group, dict[str, Estimate]]

PARTS = {
    "Answers": (
        *("first_quote", "any_quote", "decision", "abstention_precision", "abstention_recall"),
    ),
    "Confidence": (
        *("coverage", "wrong", "coverage_at_5", "coverage_at_10", "coverage_at_20"),
        *("auroc", "aurc", "brier", "ece"),
    ),
    "Citations": (
        *("citation_recall", "citation_precision", "quotes_exact", "citations_resolve"),
        "own_language",
    ),
}
"""The measures that are read together, by the title of their table."""

_KEYS = {"all": "measures", "pair": "measures", "kind": "kinds", "language": "languages"}


def estimate_run(run: AnswerRun) -> Estimates:
    """Every measure over every group of topics, in the order of `group_answers`."""
    return {group: estimate_group(topics) for group, topics in group_answers(run.topics).items()}


def tables(estimates: Estimates, *, title: str) -> list[Table]:
    """One table for each of PARTS, a row a group."""
    return [
        _table(estimates, names, title=f"{part}: {title}")
        for part, names in PARTS.items()
    ]  # fmt: skip


def as_dict(run: AnswerRun, estimates: Estimates, *, per_topic: bool) -> dict[str, object]:
    """Plain JSON values: `measures` by pair ("all" is one), `kinds` and `languages` likewise."""
    by_key: dict[str, dict[str, Mapping[str, Estimate]]] = {"measures": {}, "kinds": {}}
    for group, measures in estimates.items():
        by_key.setdefault(_KEYS[group.axis], {})[group.name] = measures
    values: dict[str, object] = {"name": run.name}
    values |= {key: plain_groups(groups) for key, groups in by_key.items()}
    values["manifest"] = dict(run.manifest)
    if per_topic:
        values["topics"] = [asdict(topic) for topic in run.topics]
    return values


def _table(estimates: Estimates, names: tuple[str, ...], *, title: str) -> Table:
    columns = [name.replace("_", "\n") for name in names]
    shown = new_table(title, "group", "n", *columns, caption=INTERVALS)
    previous = ALL
    for group, measures in estimates.items():
        if group.axis != previous.axis:
            shown.add_section()
        n = max(measures[name].n for name in names)
        shown.add_row(Text(group.name), str(n), *(cell(measures[name]) for name in names))
        previous = group
    return shown
