"""Plots of quality: bars by language pair, and curves over ranks."""

import math
from collections.abc import Iterable, Sequence

from eval.groups import ALL, Group, group_topics
from eval.page.curves import RankCurves, rank_curves
from eval.page.measured import HEADLINES, Measured, by_size, group_name
from eval.page.plots import Curve, Series, bars, curves
from eval.page.summary import cell
from eval.page.views import Cell, Key, Line, Panel, Plot, Table, in_arrow
from eval.page.wording import more_pairs
from eval.report import number

MOST_BARS = 12
"""Groups with bars, and pairs with a curve: more are in the table only."""

MOST_CURVES = 5

SHOWN_RANKS = (1, 2, 3, 5, 10, 20, 50, 100)


def keys(runs: Sequence[Measured]) -> tuple[Key, ...]:
    """Which colour is which run; none for a single run."""
    if len(runs) == 1:
        return ()
    return tuple(Key(name=one.run.name, paint=one.paint) for one in runs)


def bar_plot(runs: Sequence[Measured]) -> Plot | None:
    """Means of the headline measures by language pair; None where nothing is measured."""
    names = [name for name in HEADLINES if any(one.estimate(ALL, name) for one in runs)]
    if not names:
        return None
    pairs = by_size(runs, "pair")
    groups = [ALL, *pairs[:MOST_BARS]]
    shown = [in_arrow(group_name(group)) for group in groups]
    panels = []
    for place, name in enumerate(names):
        series = [
            Series(paint=one.paint, estimates=[one.estimate(group, name) for group in groups])
            for one in runs
        ]
        text = f"Bars of {name} by language pair, from 0 to 1; the table below has the figures."
        svg = bars(shown, series, key=f"bars-{place}", text=text)
        panels.append(Panel(title=name, svg=svg))
    return Plot(
        title="By language pair",
        reading="Bars are means over topics, the lines through their ends 95 % intervals: where "
        "they are long, the pair has too few topics to say much."
        + more_pairs(len(pairs) - MOST_BARS),
        panels=tuple(panels),
        keys=keys(runs),
        table=_bar_table(runs, names, [ALL, *pairs]),
    )


def _bar_table(runs: Sequence[Measured], names: Sequence[str], groups: Sequence[Group]) -> Table:
    several = len(runs) > 1
    columns = [f"{name}, {one.run.name}" if several else name for name in names for one in runs]
    lines = tuple(
        Line(
            head=in_arrow(group_name(group)),
            cells=(
                Cell(text=str(max(_size(one, group) for one in runs))),
                *(cell(one.estimate(group, name)) for name in names for one in runs),
            ),
        )
        for group in groups
    )
    return Table(
        caption="Means and 95 % intervals",
        corner="question → article",
        columns=("topics", *columns),
        lines=lines,
    )


def _size(one: Measured, group: Group) -> int:
    return max((found.n for found in one.groups.get(group, {}).values()), default=0)


def curve_plot(runs: Sequence[Measured]) -> Plot | None:
    """Success@k and R@k for every k; None where nothing is measured."""
    grouped = [group_topics(one.run.topics) for one in runs]
    found = {
        group: [
            rank_curves(each.get(group, ()), one.run.ranking)
            for one, each in zip(runs, grouped, strict=True)
        ]
        for group in [ALL, *by_size(runs, "pair")]
    }
    found = {group: each for group, each in found.items() if any(one.topics for one in each)}
    if not found:
        return None
    drawn = dict(list(found.items())[: MOST_CURVES + 1])
    is_one_line = all(one.is_one_line for each in drawn.values() for one in each)
    panels = tuple(
        Panel(
            title=in_arrow(group_name(group)),
            svg=curves(
                _lines(runs, each, is_one_line=is_one_line),
                lowest=_lowest(drawn.values()),
                key=f"curve-{place}",
                text=_told(group, runs, each),
            ),
        )
        for place, (group, each) in enumerate(drawn.items())
    )
    return Plot(
        title="What reading on finds",
        reading=_reading(is_one_line=is_one_line, left_out=len(found) - len(drawn)),
        panels=panels,
        keys=_curve_keys(runs, is_one_line=is_one_line),
        table=_curve_table(runs, found),
    )


def _lines(
    runs: Sequence[Measured], each: Sequence[RankCurves], *, is_one_line: bool
) -> list[Curve]:
    lines = []
    for one, found in zip(runs, each, strict=True):
        if not found.topics:
            continue
        if not is_one_line:
            lines.append(Curve(paint=one.paint, values=found.success, dashed=True))
        # The base is drawn first: where both are the same, it shows on both sides of the run.
        lines.append(Curve(paint=one.paint, values=found.recall, broad=one is not runs[-1]))
    return lines


def _lowest(drawn: Iterable[Sequence[RankCurves]]) -> float:
    """Where the axis begins in every panel: the lowest value, down to a tenth."""
    values = [one.recall[0] for each in drawn for one in each if one.topics]
    return math.floor(min(values) * 10) / 10


def _told(group: Group, runs: Sequence[Measured], each: Sequence[RankCurves]) -> str:
    parts = [
        f"{one.run.name}: Success@1 {number(found.success[0])}, R@10 {number(found.recall[9])}, "
        f"R@100 {number(found.recall[-1])}"
        for one, found in zip(runs, each, strict=True)
        if found.topics
    ]
    return f"Curves over ranks for {in_arrow(group_name(group))}. {'; '.join(parts)}."


def _reading(*, is_one_line: bool, left_out: int) -> str:
    if is_one_line:
        said = (
            "The share of topics whose relevant article is among the first k. Each topic has one "
            "relevant article, so that Success@k and R@k are the same."
        )
    else:
        said = (
            "R@k is the mean share of the relevant articles that the first k results hold, "
            "Success@k (dashed) the share of topics with any of them."
        )
    axis = "Ranks k go by their logarithm from left to right."
    return f"{said} {axis}{more_pairs(left_out)}"


def _curve_keys(runs: Sequence[Measured], *, is_one_line: bool) -> tuple[Key, ...]:
    if is_one_line:
        return keys(runs)
    several = len(runs) > 1
    return tuple(
        Key(name=f"{one.run.name}, {name}" if several else name, paint=one.paint, dashed=dashed)
        for one in runs
        for name, dashed in (("R@k", False), ("Success@k", True))
    )


def _curve_table(runs: Sequence[Measured], found: dict[Group, list[RankCurves]]) -> Table:
    several = len(runs) > 1
    lines = []
    for group, each in found.items():
        for one, curve in zip(runs, each, strict=True):
            for name, values in (("R", curve.recall), ("Success", curve.success)):
                shown = (f"{number(values[k - 1])}" for k in SHOWN_RANKS) if values else ()
                head = f"{in_arrow(group_name(group))}, {name}"
                lines.append(
                    Line(
                        head=f"{head}, {one.run.name}" if several else head,
                        cells=tuple(Cell(text=text) for text in shown),
                    )
                )
    return Table(
        caption="R@k and Success@k",
        corner="question → article, measure",
        columns=tuple(f"@{k}" for k in SHOWN_RANKS),
        lines=tuple(line for line in lines if line.cells),
    )
