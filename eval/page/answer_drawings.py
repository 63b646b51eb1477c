"""Drawings of confidence: wrong answers over coverage, and the share right over confidence."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter

from eval.page.drawing import PAINTS, draw

_TENTHS = [0, 0.2, 0.4, 0.6, 0.8, 1]
_LEAST_MARK, _MOST_MARK = 3.0, 11.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskCurve:
    """Risks by coverage, both rising; `point` is the coverage and risk in use, None without."""

    paint: str
    coverage: Sequence[float]
    risk: Sequence[float]
    point: tuple[float, float] | None
    broad: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dots:
    """Mean confidence and share right of each bin, and how many topics it holds."""

    paint: str
    confidence: Sequence[float]
    right: Sequence[float]
    topics: Sequence[int]


def risk_drawing(curves: Sequence[RiskCurve], *, highest: float, key: str, text: str) -> Markup:
    """Risk from 0 to `highest` over coverage; what is in use is a dot."""

    def paint(axes: Axes) -> None:
        for one in curves:
            colour = PAINTS[one.paint]
            axes.plot(one.coverage, one.risk, color=colour, linewidth=5 if one.broad else 2)
            if one.point is not None:
                axes.plot(
                    *([each] for each in one.point),
                    color=colour,
                    marker="o",
                    markersize=9,
                    markeredgecolor=PAINTS["card"],
                )
        axes.set_xlim(0, 1)
        axes.set_ylim(0, highest)
        step = 0.05 if highest <= 0.3 else 0.1 if highest <= 0.6 else 0.2
        ticks = [step * n for n in range(math.floor(highest / step + 1e-9) + 1)]
        _grid(axes, across=_TENTHS, up=ticks)

    return _square(paint, key=key, text=text)


def reliability_drawing(series: Sequence[Dots], *, key: str, text: str) -> Markup:
    """A dot a bin, larger for more topics; on the line, confidence is right."""
    most = max((n for one in series for n in one.topics), default=1)

    def paint(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color=PAINTS["muted"], linewidth=1, linestyle=(0, (4, 3)))
        for one in series:
            axes.plot(one.confidence, one.right, color=PAINTS[one.paint], linewidth=1)
            for x, y, n in zip(one.confidence, one.right, one.topics, strict=True):
                size = _LEAST_MARK + (_MOST_MARK - _LEAST_MARK) * math.sqrt(n / most)
                axes.plot([x], [y], color=PAINTS[one.paint], marker="o", markersize=size)
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1)
        _grid(axes, across=_TENTHS, up=_TENTHS)

    return _square(paint, key=key, text=text)


def _square(paint: Callable[[Axes], None], *, key: str, text: str) -> Markup:
    return draw(paint, key=key, text=text, height=220, left=38, right=14, top=10)


def _grid(axes: Axes, *, across: Sequence[float], up: Sequence[float]) -> None:
    axes.grid(axis="both", linewidth=0.8)
    for axis, ticks in ((axes.xaxis, across), (axes.yaxis, up)):
        axis.set_major_locator(FixedLocator(list(ticks)))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0%}"))
