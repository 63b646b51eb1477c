"""The kinds of drawings of the page: bars, differences, curves, topics in order, and shares."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from eval.intervals import Estimate
from eval.page.drawing import PAINTS, draw, label
from eval.page.views import signed
from eval.report import number

_FIGURES = 40
"""Room for figures at the end of a bar."""

_STEPS = (0.5, 0.2, 0.1, 0.05, 0.02, 0.01)
"""Between the ticks of differences."""

_BAR = 15
_GAP = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """What is drawn in one colour: an estimate a group, None where there is none."""

    paint: str
    estimates: Sequence[Estimate | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A line: `values[i]` is the value at rank i + 1; a broad one is seen below another."""

    paint: str
    values: Sequence[float]
    dashed: bool = False
    broad: bool = False


def bars(groups: Sequence[str], series: Sequence[Series], *, key: str, text: str) -> Markup:
    """A bar from 0 to the mean for each group and series, its interval as a line."""
    step = _BAR * len(series) + _GAP
    bar = _BAR / step

    def paint(axes: Axes) -> None:
        for place, one in enumerate(series):
            offset = (place - (len(series) - 1) / 2) * bar
            for row, found in enumerate(one.estimates):
                if found is not None and not math.isnan(found.mean):
                    _bar(axes, found, row + offset, thickness=bar * 0.86, colour=PAINTS[one.paint])
        _ground(axes, groups)
        axes.set_xlim(0, 1)
        axes.xaxis.set_major_locator(FixedLocator([0, 0.25, 0.5, 0.75, 1]))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))

    height = step * len(groups) + 28
    return draw(paint, key=key, text=text, height=height, left=_room(groups), right=_FIGURES)


def differences(
    groups: Sequence[str],
    estimates: Sequence[Estimate],
    paints: Sequence[str],
    *,
    key: str,
    text: str,
) -> Markup:
    """A point for each group with its interval, on both sides of 0."""
    reach = max((abs(end) for one in estimates for end in (one.low, one.high)), default=0.0)
    reach = max(reach * 1.1, 0.02)
    step = next(each for each in _STEPS if each < reach * 0.9)

    def paint(axes: Axes) -> None:
        axes.axvline(0, color=PAINTS["muted"], linewidth=1)
        for row, (one, name) in enumerate(zip(estimates, paints, strict=True)):
            colour = PAINTS[name]
            if one.n > 1:
                axes.plot([one.low, one.high], [row, row], color=colour, linewidth=2.5)
            axes.plot([one.mean], [row], color=colour, marker="o", markersize=7)
            _figure(axes, signed(one.mean), row)
        _ground(axes, groups)
        axes.set_xlim(-reach, reach)
        axes.xaxis.set_major_locator(FixedLocator([-step, 0, step]))
        axes.xaxis.set_major_formatter(
            FuncFormatter(lambda value, _: signed(value) if value else "0")
        )

    height = 24 * len(groups) + 28
    return draw(paint, key=key, text=text, height=height, left=_room(groups), right=_FIGURES + 4)


def curves(lines: Sequence[Curve], *, lowest: float, key: str, text: str) -> Markup:
    """Lines over ranks, which stand apart by their logarithm; from `lowest` to 1."""

    def paint(axes: Axes) -> None:
        for line in lines:
            axes.plot(
                range(1, len(line.values) + 1),
                line.values,
                color=PAINTS[line.paint],
                linewidth=5 if line.broad else 2,
                linestyle=(0, (4, 2)) if line.dashed else "solid",
            )
        axes.set_xscale("log")
        axes.set_xlim(1, max((len(line.values) for line in lines), default=1) + 1e-6)
        axes.set_ylim(lowest, 1.01)
        axes.grid(axis="both", linewidth=0.8)
        axes.xaxis.set_major_locator(FixedLocator([1, 2, 5, 10, 20, 50, 100]))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.yaxis.set_major_locator(
            FixedLocator([lowest + (1 - lowest) * n / 4 for n in range(5)])
        )
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.3g}"))

    return draw(paint, key=key, text=text, height=180, left=38, right=14)


def in_order(values: Sequence[float], *, key: str, text: str) -> Markup:
    """A difference a topic, largest gain first, largest loss last."""
    ordered = sorted(values, reverse=True)

    def paint(axes: Axes) -> None:
        for part, name in ((_gains(ordered), "gain"), (_losses(ordered), "loss")):
            axes.stairs(part, fill=True, color=PAINTS[name], linewidth=0)
        axes.axhline(0, color=PAINTS["muted"], linewidth=1)
        axes.set_xlim(0, max(len(ordered), 1))
        axes.set_ylim(-1, 1)
        axes.grid(axis="y", linewidth=0.8)
        axes.xaxis.set_major_locator(FixedLocator([0, len(ordered) / 2, len(ordered)]))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f}"))
        axes.yaxis.set_major_locator(FixedLocator([-1, -0.5, 0, 0.5, 1]))
        axes.yaxis.set_major_formatter(
            FuncFormatter(lambda value, _: f"{value:+g}" if value else "0")
        )

    return draw(paint, key=key, text=text, height=190, left=38, right=14)


def shares(
    rows: Mapping[str, Mapping[str, float]], paints: Mapping[str, str], *, key: str, text: str
) -> Markup:
    """A bar from 0 to 1 for each row, cut in the share of each language."""

    def paint(axes: Axes) -> None:
        for row, parts in enumerate(rows.values()):
            start = 0.0
            for name, colour in paints.items():
                width = parts.get(name, 0.0)
                axes.barh(
                    row,
                    width,
                    left=start,
                    height=0.72,
                    color=PAINTS[colour],
                    edgecolor=PAINTS["card"],
                    linewidth=1,
                )
                if width >= 0.12:
                    middle = start + width / 2
                    axes.text(
                        middle,
                        row,
                        number(width, 2),
                        ha="center",
                        va="center",
                        color=PAINTS["card"],
                    )
                start += width
        _ground(axes, list(rows))
        axes.set_xlim(0, 1)
        axes.xaxis.set_major_locator(FixedLocator([0, 0.25, 0.5, 0.75, 1]))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))

    return draw(
        paint, key=key, text=text, height=26 * len(rows) + 28, left=_room(list(rows)), right=14
    )


def _room(groups: Sequence[str]) -> float:
    """For the names of groups, in pixels."""
    return 14 + 6.5 * max((len(label(name)) for name in groups), default=0)


def _bar(axes: Axes, found: Estimate, row: float, *, thickness: float, colour: str) -> None:
    axes.barh(row, found.mean, height=thickness, color=colour)
    if found.n > 1:
        axes.plot([found.low, found.high], [row, row], color=PAINTS["ink"], linewidth=1.5)
    _figure(axes, number(found.mean), row)


def _figure(axes: Axes, text: str, row: float) -> None:
    """At the right end of a row, outside of the axes."""
    axes.annotate(
        text,
        (1, row),
        xycoords=("axes fraction", "data"),
        xytext=(5, 0),
        va="center",
        textcoords="offset points",
        annotation_clip=False,
    )


def _ground(axes: Axes, groups: Sequence[str]) -> None:
    """Names at the left, the first on top, and lines behind."""
    axes.set_ylim(len(groups) - 0.5, -0.5)
    axes.set_yticks(range(len(groups)), [label(name) for name in groups])
    axes.grid(axis="x", linewidth=0.8)


def _gains(values: Sequence[float]) -> list[float]:
    return [max(value, 0.0) for value in values]


def _losses(values: Sequence[float]) -> list[float]:
    return [min(value, 0.0) for value in values]
