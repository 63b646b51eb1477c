"""What the page shows, ready for its template: tables, plots and their parts."""

from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from eval.comparison_report import signed as report_signed

Mark = Literal["", "better", "worse"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A figure, what is said below it in small, and whether it stands out."""

    text: str
    note: str = ""
    mark: Mark = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row of a table; `head` names it."""

    head: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`columns` name the cells, `corner` the heads of the lines; an aside is shown on demand."""

    caption: str
    corner: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    is_aside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One drawing; several of them, side by side or one under the other, are a plot."""

    title: str
    svg: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """An entry of a legend: what is drawn in the colour `paint` of the style sheet."""

    name: str
    paint: str
    dashed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """Drawings under one title, with how to read them, and their figures as a table."""

    title: str
    reading: str
    panels: tuple[Panel, ...]
    keys: tuple[Key, ...]
    table: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupTables:
    """All measures of one run."""

    name: str
    tables: list[Table]


def signed(value: float) -> str:
    """A difference as tables and plots show it, with a true minus.

    >>> signed(-0.0124)
    '−.012'
    """
    return report_signed(value).replace("-", "−")


def in_arrow(pair: str) -> str:
    """A language pair as people read it.

    >>> in_arrow("en->ar")
    'en → ar'
    """
    return pair.replace("->", " → ")
