"""Headline figures and their tables: of one run, and of one against its base."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from eval.comparison import LEAST_TOPICS, Comparison, Row
from eval.gate import ALPHA, Fall
from eval.groups import ALL
from eval.intervals import Estimate
from eval.page.measured import HEADLINES, Measured, by_size, group_name
from eval.page.views import Cell, Line, Mark, Table, signed
from eval.page.wording import explain_difference, shown_p
from eval.report import number

MEANINGS = {
    "nDCG@10": "how high the relevant articles stand among the first 10",
    "Success@1": "how often the first result is relevant",
    "R@100": "how much of what is relevant the first 100 hold",
}

_TITLES = {"pair": "By language pair", "kind": "By type of question"}
_ALL = group_name(ALL)
_CORNERS = {"pair": "question → article", "kind": "type of question"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """One measure over all topics.

    `base` and what follows it are empty for a single run; `sentence` says what the difference
    means.
    """

    measure: str
    meaning: str
    value: Cell
    base: Cell | None = None
    difference: Cell | None = None
    sentence: Markup | None = None


def headlines(runs: Sequence[Measured], comparison: Comparison | None) -> list[Headline]:
    """One a measure of HEADLINES that is measured; the last of `runs` is the one to decide on."""
    return [found for name in HEADLINES if (found := _headline(name, runs, comparison)) is not None]


def _headline(
    name: str, runs: Sequence[Measured], comparison: Comparison | None
) -> Headline | None:
    value = runs[-1].estimate(ALL, name)
    if value is None:
        return None
    rows = () if comparison is None else comparison.rows
    row = next((row for row in rows if (row.measure, row.group) == (name, ALL)), None)
    if comparison is None or row is None:
        return Headline(measure=name, meaning=MEANINGS[name], value=cell(value))
    return Headline(
        measure=name,
        meaning=MEANINGS[name],
        value=cell(value),
        base=cell(runs[0].estimate(ALL, name)),
        difference=difference_cell(row),
        sentence=explain_difference(row, base=comparison.base),
    )


def group_tables(one: Measured) -> list[Table]:
    """Every measure of a run over all topics and by language pair, and by type of question."""
    if not one.names:
        return []
    columns = ("topics", *one.names)
    tables = []
    for axis in ("pair", "kind"):
        groups = [*([ALL] if axis == "pair" else []), *by_size([one], axis)]
        sizes = {group: max(found.n for found in one.groups[group].values()) for group in groups}
        lines = {
            group: Line(
                head=group_name(group),
                cells=(Cell(text=str(sizes[group])), *map(cell, one.groups[group].values())),
            )
            for group in groups
        }
        wide = Table(caption=_TITLES[axis], corner=_CORNERS[axis], columns=columns, lines=())
        tables += _apart(wide, [(line, sizes[group]) for group, line in lines.items()])
    return tables


def _apart(table: Table, lines: Iterable[tuple[Line, int]]) -> list[Table]:
    """`table` with `lines`, told with their numbers of topics; small groups in a table aside."""
    lines = list(lines)
    large = tuple(line for line, size in lines if size >= LEAST_TOPICS or line.head == _ALL)
    small = tuple(line for line, size in lines if size < LEAST_TOPICS and line.head != _ALL)
    caption = f"{table.caption}, fewer than {LEAST_TOPICS} topics"
    tables = [
        replace(table, lines=large),
        replace(table, lines=small, caption=caption, is_aside=True),
    ]
    return [one for one in tables if one.lines]


def comparison_tables(comparison: Comparison, falls: Iterable[Fall]) -> list[Table]:
    """One table a measure, and one aside for small groups; falls, by the gate's rule, stand out."""
    fallen = {(fall.row.measure, fall.row.group) for fall in falls}
    columns = ("topics", "base", "run", "difference", "p", "wins/ties/losses")
    axes = ["all", "pair", "kind"]
    tables: list[Table] = []
    for changes in comparison.changes:
        rows = [row for row in comparison.rows if row.measure == changes.measure]
        rows.sort(key=lambda row: (axes.index(row.group.axis), -row.difference.n, row.group.name))
        lines = [
            Line(
                head=group_name(row.group),
                cells=_comparison_cells(row, is_fall=(row.measure, row.group) in fallen),
            )
            for row in rows
        ]
        wide = Table(caption=changes.measure, corner="topics of", columns=columns, lines=())
        sizes = [row.difference.n for row in rows]
        tables += _apart(wide, zip(lines, sizes, strict=True))
    return sorted(tables, key=lambda table: table.is_aside)


def _comparison_cells(row: Row, *, is_fall: bool) -> tuple[Cell, ...]:
    return (
        Cell(text=str(row.difference.n)),
        Cell(text=number(row.base_mean)),
        Cell(text=number(row.other_mean)),
        difference_cell(row, is_fall=is_fall),
        Cell(text="–" if row.p_holm is None else shown_p(row.p_holm)),
        Cell(text=f"{row.wins} / {row.ties} / {row.losses}"),
    )


def difference_cell(row: Row, *, is_fall: bool = False) -> Cell:
    """The difference with its interval; it stands out if it is significant, or a fall."""
    found = row.difference
    mark: Mark = ""
    if is_fall or (is_significant(row) and found.mean < 0):
        mark = "worse"
    elif is_significant(row):
        mark = "better"
    return Cell(text=signed(found.mean), note=span(found), mark=mark)


def span(found: Estimate) -> str:
    """The interval of a difference, "" for a single topic."""
    return f"{signed(found.low)} to {signed(found.high)}" if found.n > 1 else ""


def is_significant(row: Row) -> bool:
    """Whether the difference is more than chance, corrected for all rows of the comparison."""
    return row.p_holm is not None and row.p_holm <= ALPHA


def cell(found: Estimate | None) -> Cell:
    """The mean, and below it the interval, a single topic has none."""
    if found is None or math.isnan(found.mean):
        return Cell(text="–")
    has_interval = found.n > 1 and not math.isnan(found.low)
    note = f"{number(found.low)}–{number(found.high)}" if has_interval else ""
    return Cell(text=number(found.mean), note=note)
