"""Plots of one run against its base: differences by group, and topic by topic."""

from collections.abc import Sequence

from eval.comparison import Changes, Comparison, Row
from eval.groups import ALL
from eval.page.measured import group_name
from eval.page.plots import differences, in_order
from eval.page.summary import is_significant, span
from eval.page.views import Cell, Key, Line, Panel, Plot, Table, in_arrow, signed
from eval.page.wording import more_pairs, topics

MOST_ROWS = 12
CLASSES = (
    ("-1 to -.5", -1.0, -0.5),
    ("-.5 to -.25", -0.5, -0.25),
    ("-.25 to -.1", -0.25, -0.1),
    ("-.1 to 0", -0.1, 0.0),
    ("the same", 0.0, 0.0),
    ("0 to .1", 0.0, 0.1),
    (".1 to .25", 0.1, 0.25),
    (".25 to .5", 0.25, 0.5),
    (".5 to 1", 0.5, 1.0),
)
"""Classes of differences in the table, with their ends; the end that lies further from 0 belongs
to a class."""


def difference_plot(comparison: Comparison) -> Plot:
    """The difference of each measure over all topics and by language pair."""
    panels = []
    for place, changes in enumerate(comparison.changes):
        rows = _rows(comparison, changes.measure)[: MOST_ROWS + 1]
        svg = differences(
            [in_arrow(group_name(row.group)) for row in rows],
            [row.difference for row in rows],
            [_paint(row) for row in rows],
            key=f"difference-{place}",
            text=f"Differences of {changes.measure} by language pair around 0; {_told(rows)}",
        )
        panels.append(Panel(title=changes.measure, svg=svg))
    pairs = len(_rows(comparison, comparison.changes[0].measure)) - 1
    return Plot(
        title="Differences by language pair",
        reading="Right of the line the run is better than the base, left of it worse. An interval "
        "that crosses the line allows for both; grey is not significant."
        + more_pairs(pairs - MOST_ROWS),
        panels=tuple(panels),
        keys=(
            Key(name="significantly better", paint="gain"),
            Key(name="significantly worse", paint="loss"),
            Key(name="not significant", paint="muted"),
        ),
        table=_table(comparison),
    )


def topic_plot(comparison: Comparison) -> Plot:
    """Every topic's difference, largest gain first; all are in the table by classes."""
    panels = tuple(
        Panel(
            title=changes.measure,
            svg=in_order(
                _values(comparison, changes),
                key=f"topics-{place}",
                text=f"Differences of {changes.measure} topic by topic: "
                f"{topics(len(changes.wins))} better, {topics(len(changes.losses))} worse.",
            ),
        )
        for place, changes in enumerate(comparison.changes)
    )
    return Plot(
        title="Differences topic by topic",
        reading="Topics stand in order of their difference, each with a bar: above the line the "
        "run is better, below it the base. Where there is no bar, both are the same.",
        panels=panels,
        keys=(Key(name="better", paint="gain"), Key(name="worse", paint="loss")),
        table=_topic_table(comparison),
    )


def _rows(comparison: Comparison, measure: str) -> list[Row]:
    rows = [
        row
        for row in comparison.rows
        if row.measure == measure and row.group.axis in {"all", "pair"}
    ]
    return sorted(rows, key=lambda row: (row.group != ALL, -row.difference.n, row.group.name))


def _paint(row: Row) -> str:
    if not is_significant(row):
        return "muted"
    return "gain" if row.difference.mean > 0 else "loss"


def _told(rows: Sequence[Row]) -> str:
    better, worse = (
        [in_arrow(group_name(row.group)) for row in rows if _paint(row) == paint]
        for paint in ("gain", "loss")
    )
    return (
        f"significantly better: {', '.join(better) or 'none'}; "
        f"significantly worse: {', '.join(worse) or 'none'}."
    )


def _table(comparison: Comparison) -> Table:
    measures = [changes.measure for changes in comparison.changes]
    columns = [_rows(comparison, measure) for measure in measures]
    lines = tuple(
        Line(
            head=in_arrow(group_name(rows[0].group)),
            cells=(
                Cell(text=str(rows[0].difference.n)),
                *(
                    Cell(text=signed(row.difference.mean), note=span(row.difference))
                    for row in rows
                ),
            ),
        )
        for rows in zip(*columns, strict=True)
    )
    return Table(
        caption="Differences and 95 % intervals",
        corner="question → article",
        columns=("topics", *measures),
        lines=lines,
    )


def _values(comparison: Comparison, changes: Changes) -> list[float]:
    """The difference of every topic that was compared, ties included."""
    every = next(
        row for row in comparison.rows if (row.measure, row.group) == (changes.measure, ALL)
    )
    moved = [change.difference for change in (*changes.wins, *changes.losses)]
    return moved + [0.0] * every.ties


def _topic_table(comparison: Comparison) -> Table:
    lines = []
    for changes in comparison.changes:
        values = _values(comparison, changes)
        counts = (sum(_is_within(value, low, high) for value in values) for _, low, high in CLASSES)
        lines.append(
            Line(head=changes.measure, cells=tuple(Cell(text=str(count)) for count in counts))
        )
    return Table(
        caption="Topics by their difference",
        corner="measure",
        columns=tuple(name for name, _, _ in CLASSES),
        lines=tuple(lines),
    )


def _is_within(value: float, low: float, high: float) -> bool:
    if low == high:
        return value == low
    return low <= value < high if high <= 0 else low < value <= high
