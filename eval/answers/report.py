"""An answer run in figures: tables for people, plain values for JSON."""

from collections.abc import Mapping
from dataclasses import asdict

from rich.table import Table
from rich.text import Text

from eval.answers.measures import estimate_group, group_answers
from eval.answers.runs import AnswerRun
from eval.comparison import LEAST_TOPICS
from eval.groups import ALL, Group
from eval.intervals import Estimate
from eval.report import INTERVALS, cell, mean_cell, new_table, plain_groups

Estimates = dict[Group, dict[str, Estimate]]

PARTS = {
    "Answers": (
        *("first_quote", "any_quote", "decision", "abstention_precision", "abstention_recall"),
    ),
    "Wrong answers": ("coverage", "wrong", "coverage_at_5", "coverage_at_10", "coverage_at_20"),
    "Confidence": ("auroc", "aurc", "brier", "ece"),
    "Citations": (
        *("citation_recall", "citation_precision", "quotes_exact", "citations_resolve"),
        "own_language",
    ),
}
"""The measures that are read together, by the title of their table."""

SPREAD = {"first_quote", "any_quote", "wrong", "coverage_at_10", "auroc", "citation_recall"}
"""Those that have their interval in tables; the others' are in the JSON."""

_KEYS = {"all": "measures", "pair": "measures", "kind": "kinds", "language": "languages"}


def estimate_run(run: AnswerRun) -> Estimates:
    """Every measure over every group of topics, in the order of `group_answers`."""
    return {group: estimate_group(topics) for group, topics in group_answers(run.topics).items()}


def tables(estimates: Estimates, *, title: str) -> list[Table]:
    """One table for each of PARTS, a row a group, of most topics first within an axis."""
    shown = {group: measures for group, measures in estimates.items() if _is_shown(group, measures)}
    left_out = len(estimates) - len(shown)
    caption = f"{INTERVALS}; groups of fewer than {LEAST_TOPICS}: {left_out}, in the JSON"
    return [
        _table(shown, names, title=f"{part}: {title}", caption=caption if left_out else INTERVALS)
        for part, names in PARTS.items()
    ]


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


def _is_shown(group: Group, measures: Mapping[str, Estimate]) -> bool:
    return group == ALL or _size(measures) >= LEAST_TOPICS


def _size(measures: Mapping[str, Estimate]) -> int:
    """Topics of a group: every topic is decided on."""
    return measures["decision"].n


def _table(estimates: Estimates, names: tuple[str, ...], *, title: str, caption: str) -> Table:
    columns = [name.replace("_", "\n") for name in names]
    shown = new_table(title, "group", "n", *columns, caption=caption)
    axes = list(dict.fromkeys(group.axis for group in estimates))
    for axis in axes:
        groups = [(group, measures) for group, measures in estimates.items() if group.axis == axis]
        for group, measures in sorted(groups, key=lambda item: -_size(item[1])):
            cells = (
                cell(one) if name in SPREAD else mean_cell(one)
                for name in names
                for one in [measures[name]]
            )
            shown.add_row(Text(group.name), str(_size(measures)), *cells)
        shown.add_section()
    return shown
