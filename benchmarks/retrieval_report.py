"""What is kept of a measurement: one JSON, the values of every topic, and tables for people."""

import gzip
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.retrieval_figures import Difference, Figure, Goal, Outcome
from benchmarks.retrieval_rows import BASELINES, PRODUCT, VARIANTS
from benchmarks.retrieval_values import Group
from benchmarks.tables import markdown_table
from eval.intervals import Estimate
from eval.report import number

FIGURES_FILE = "retrieval.json"
TABLES_FILE = "retrieval.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """All figures of a measurement."""

    environment: Mapping[str, object]
    indexes: Mapping[str, Mapping[str, object]]
    figures: Sequence[Figure]
    against_baselines: Sequence[Difference]
    left_out: Sequence[Difference]
    outcomes: Sequence[Outcome]
    seconds: float


def write_figures(measured: Measured, folder: Path) -> None:
    """Write the JSON and the tables."""
    text = json.dumps(_as_json(measured), ensure_ascii=False, indent=1)
    (folder / FIGURES_FILE).write_text(text + "\n", encoding="utf-8")
    (folder / TABLES_FILE).write_text(tables(measured), encoding="utf-8")


def write_topics(groups: Sequence[Group], folder: Path) -> None:
    """A gzipped table a part: group, measure, topic, and the value of each row to four digits.

    Two measures of each group; the others follow from the runs.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for part in dict.fromkeys(group.part for group in groups):
        own = [group for group in groups if group.part == part]
        lines = "".join(f"{line}\n" for line in _topic_lines(own))
        packed = gzip.compress(lines.encode("utf-8"), mtime=0)
        (folder / f"{part}.tsv.gz").write_bytes(packed)


def tables(measured: Measured) -> str:
    """Goals, then for each part the product beside its rivals and the product less a part."""
    parts = dict.fromkeys(figure.setting.split("/", maxsplit=1)[0] for figure in measured.figures)
    shown = ["# Retrieval, as measured\n"]
    if measured.outcomes:
        shown += ["## Goals\n", markdown_table([_goal_row(one) for one in measured.outcomes])]
    for part in parts:
        own = [one for one in measured.figures if one.setting.split("/", maxsplit=1)[0] == part]
        rivals = _by_place(measured.against_baselines, part)
        left_out = _by_place(measured.left_out, part)
        shown += [f"## {part}\n", markdown_table(_rival_rows(own, rivals))]
        shown += ["What each part adds: the product minus the product without it.\n"]
        shown += [markdown_table(_left_out_rows(own, left_out))]
    shown.append(
        "Means over topics with 95 % bootstrap intervals. An asterisk: the product differs from "
        "that row by more than chance, paired randomisation test, p < .05 after Holm's correction "
        "over the table.\n"
    )
    return "\n".join(shown)


Place = tuple[str, str, str]
"""Setting, group and row."""


def _by_place(found: Sequence[Difference], part: str) -> dict[Place, Difference]:
    return {(one.setting, one.group, one.row): one for one in found if one.part == part}


def _rival_rows(
    figures: Sequence[Figure], rivals: Mapping[Place, Difference]
) -> list[dict[str, object]]:
    rows: dict[tuple[str, str], dict[str, object]] = {}
    for figure in figures:
        if figure.row not in (PRODUCT, *BASELINES):
            continue
        measure, first = next(iter(figure.measures.items()))
        place = (figure.setting, figure.group)
        row = rows.setdefault(place, _head(figure) | {"n": first.n, "measure": measure})
        found = rivals.get((*place, figure.row))
        row[figure.row] = interval(first) + ("*" if found and found.is_significant else "")
        if figure.row == PRODUCT:
            second = _second_measure(figure.measures)
            row[second] = number(figure.measures[second].mean)
    return list(rows.values())


def _left_out_rows(
    figures: Sequence[Figure], left_out: Mapping[Place, Difference]
) -> list[dict[str, object]]:
    rows = []
    for figure in figures:
        if figure.row != PRODUCT:
            continue
        mean = next(iter(figure.measures.values())).mean
        row = _head(figure) | {PRODUCT: number(mean)}
        for variant in VARIANTS:
            found = left_out.get((figure.setting, figure.group, variant))
            row[variant] = "–" if found is None else _told(found)
        rows.append(row)
    return rows


def _told(found: Difference) -> str:
    return signed(found.difference) + ("*" if found.is_significant else "")


def _head(figure: Figure) -> dict[str, object]:
    return {"setting": figure.setting, "questions": figure.group}


def _goal_row(outcome: Outcome) -> dict[str, object]:
    goal = outcome.goal
    return {
        "setting": goal.setting,
        "questions": goal.group,
        "goal": goal_text(goal),
        "found": interval(outcome.found),
        "reached": "yes" if outcome.reached else "**no**",
    }


def goal_text(goal: Goal) -> str:
    """The goal in words."""
    if goal.at_least is None:
        return f"{goal.row} better than {goal.minus}, {goal.measure}"
    less = f"{goal.row} minus {goal.minus}, " if goal.minus else ""
    return f"{less}{goal.measure} >= {goal.at_least:g}"


def interval(found: Estimate) -> str:
    """The mean and its interval, as .885 [.86, .91]."""
    low, high = (_signed_number(value, 2) for value in (found.low, found.high))
    return f"{_signed_number(found.mean, 3)} [{low}, {high}]"


def signed(found: Estimate) -> str:
    """A difference with its sign, as +.012."""
    sign = "-" if found.mean < 0 else "+"
    return sign + number(abs(found.mean))


def _signed_number(value: float, digits: int) -> str:
    return f"-{number(-value, digits)}" if value < 0 else number(value, digits)


def _topic_lines(groups: Sequence[Group]) -> Iterator[str]:
    rows = list(groups[0].values)
    yield "\t".join(["setting", "group", "measure", "topic", *rows])
    for group in groups:
        for measure in (group.measures[0], _second_measure(group.measures)):
            for topic in group.topics:
                values = (f"{group.values[row][measure][topic]:.4g}" for row in rows)
                yield "\t".join([group.setting, group.name, measure, topic, *values])


def _second_measure(measures: Collection[str]) -> str:
    """The one that is shown and kept for every topic beside the first."""
    return "Success@1" if "Success@1" in measures else list(measures)[1]


def _as_json(measured: Measured) -> dict[str, object]:
    return {
        "environment": dict(measured.environment),
        "seconds": measured.seconds,
        "test": "paired randomisation, two-sided, 10,000 permutations, seeded; Holm within a part",
        "indexes": dict(measured.indexes),
        "goals": [_rounded(asdict(one)) for one in measured.outcomes],
        "figures": [_rounded(asdict(one)) for one in measured.figures],
        "against_baselines": [_rounded(asdict(one)) for one in measured.against_baselines],
        "left_out": [_rounded(asdict(one)) for one in measured.left_out],
    }


def _rounded(value: object) -> object:
    """Plain JSON values, floats to five digits after the point."""
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    return round(value, 5) if isinstance(value, float) else value
