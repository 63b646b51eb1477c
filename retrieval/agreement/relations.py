"""What two statements are to one another: the same told twice, contradicting, or neither."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files

import numpy as np

from core.types import ArticleHeader
from retrieval.agreement.corrections import has_corrected
from retrieval.agreement.figures import Figure
from retrieval.agreement.statements import Statement
from retrieval.agreement.values import Comparison, compare, holds_value, is_share

SAME_TIME = timedelta(days=120)
"""Articles farther from one another hardly tell of the same state of affairs, unless they name
the same year."""

GROWING = frozenset({
    "dead", "injured", "missing", "displaced", "arrested", "rescued", "infected", "houses",
    "turnout",
})  # fmt: skip
"""What is counted on as the days pass: figures of two days are of the same event."""


class Relation(StrEnum):
    """What one statement is to another."""

    REPEATS = "repeats"
    CONTRADICTS = "contradicts"
    OUTDATED = "outdated"
    """It still tells what the article of the other has corrected."""
    CORRECTS = "corrects"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """A relation; `figures` are those of one and of the other that contradict each other."""

    relation: Relation
    figures: tuple[Figure, Figure] | None = None


NEITHER = Related(relation=Relation.NEITHER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """From which likeness of two statements on each relation is told, in [-1, 1]."""

    contradicts: float
    contradicts_unnamed: float
    repeats: float
    repeats_without_figures: float


def likeness(one: Statement, other: Statement) -> float:
    """In [-1, 1]: how well the words of each are met in the other, the worse of both ways.

    Mean of the best cosine of each token (MaxSim; Khattab and Zaharia 2020, "ColBERT", eq. 3).
    """
    mine, yours = one.candidate.tokens, other.candidate.tokens
    if not len(mine) or not len(yours):
        return -1.0
    cosines = mine @ yours.T
    # What np.mean does, without its preparations: an answer compares a hundred pairs.
    mine_met = np.add.reduce(cosines.max(axis=1)) / len(mine)
    yours_met = np.add.reduce(cosines.max(axis=0)) / len(yours)
    return float(min(mine_met, yours_met))


def relate(
    one: Statement,
    other: Statement,
    *,
    asked: Collection[str] = (),
    bounds: Bounds | None = None,
) -> Related:
    """What `other` is to `one`, of another article.

    It repeats it if it adds no figure. Of several figures that contradict each other, those of a
    kind that is `asked` for are told, or else of one that a known word names. `bounds` stand in the
    place of the fitted ones.
    """
    if bounds is None:
        bounds = _bounds(same_language=one.language == other.language)
    pairs = _compared(one, other)
    disputed = [
        pair
        for pair in pairs.different
        if naming(*pair) is not Naming.NOTHING
        and not _is_of_another(one, other, pair)
        and not holds_value(other.told, pair[0])
        and not holds_value(one.told, pair[1])
    ]
    # From what costs least to what costs most: names are looked up last.
    if disputed:
        best = min(disputed, key=lambda pair: _place(pair, asked))
        is_named = naming(*best) is Naming.KIND
        least = bounds.contradicts if is_named else bounds.contradicts_unnamed
        if _may_contradict(one, other, best) and _are_alike(one, other, least=least):
            return Related(relation=_contradiction(one, other, best), figures=best)
        return NEITHER
    repeating = _least_repeating(one, other, pairs, bounds)
    if repeating is not None and _are_alike(one, other, least=repeating):
        return Related(relation=Relation.REPEATS)
    return NEITHER


def _is_of_another(one: Statement, other: Statement, pair: tuple[Figure, Figure]) -> bool:
    """Whether what is measured is told in one language to be of two things: two prices, shares."""
    mine, yours = pair
    if one.language != other.language or mine.quantity is None:
        return False
    is_measured = mine.quantity.unit is not None or is_share(mine.quantity)
    return is_measured and mine.counted.is_of_another(yours.counted)


def _are_alike(one: Statement, other: Statement, *, least: float) -> bool:
    return likeness(one, other) >= least and one.subject.may_be(other.subject)


def _contradiction(one: Statement, other: Statement, pair: tuple[Figure, Figure]) -> Relation:
    if has_corrected(one, *pair):
        return Relation.OUTDATED
    if has_corrected(other, *pair[::-1]):
        return Relation.CORRECTS
    return Relation.CONTRADICTS


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pairs:
    """The pairs of figures that tell of the same: with one value, and with two."""

    same: list[tuple[Figure, Figure]]
    different: list[tuple[Figure, Figure]]


def _compared(one: Statement, other: Statement) -> _Pairs:
    pairs = _Pairs(same=[], different=[])
    for mine in one.told.figures:
        for yours in other.told.figures:
            match compare(mine, yours):
                case Comparison.SAME:
                    pairs.same.append((mine, yours))
                case Comparison.DIFFERENT:
                    pairs.different.append((mine, yours))
    return pairs


def _least_repeating(
    one: Statement, other: Statement, pairs: _Pairs, bounds: Bounds
) -> float | None:
    """From which likeness `other` repeats `one`; None if their figures speak against it."""
    adds = any(not holds_value(one.told, figure) for figure in other.told.figures)
    # "From 12 to 15" is not what says 12, nor is what was voted on in May what was signed in April.
    is_more = any(naming(*pair) is Naming.KIND for pair in pairs.different) or any(
        not holds_value(other.told, figure) for figure in one.told.figures if figure.told
    )
    if adds or is_more:
        return None
    if pairs.same:
        return bounds.repeats
    has_figures = one.told.figures or other.told.figures
    return None if has_figures else bounds.repeats_without_figures


def _place(pair: tuple[Figure, Figure], asked: Collection[str]) -> tuple[bool, bool, int]:
    """Lower is told rather."""
    is_named = naming(*pair) is Naming.KIND
    return pair[0].counted.kind not in asked, not is_named, pair[0].start


_UNNAMING = frozenset({None, "age"})
"""Kinds that do not tell what a figure is of: there are as many ages as people."""


class Naming(StrEnum):
    """By what two figures are known to tell of the same."""

    KIND = "kind"
    """A known word names what both count or measure."""
    UNIT = "unit"
    """They have one unit, or are shares, or days; what is measured is left to the sentences."""
    NOTHING = "nothing"


def naming(one: Figure, other: Figure) -> Naming:
    """By what two figures that `compare` holds against one another tell of the same."""
    mine, yours = one.quantity, other.quantity
    if mine is None or yours is None:
        return Naming.UNIT
    kinds = {one.counted.kind, other.counted.kind}
    if len(kinds) == 1 and not kinds & _UNNAMING:
        return Naming.KIND
    if is_share(mine) and len(kinds) > 1:
        # A share is of something: if one tells of what, the other may be of anything.
        return Naming.NOTHING
    if one.counted.groups & other.counted.groups and not is_share(mine):
        return Naming.KIND
    has_unit = is_share(mine) or None is not mine.unit == yours.unit
    return Naming.UNIT if has_unit else Naming.NOTHING


def _may_contradict(one: Statement, other: Statement, pair: tuple[Figure, Figure]) -> bool:
    """Whether time does not explain why the figures differ."""
    mine, yours = pair
    is_same_year = mine.year is not None and mine.year == yours.year
    if not is_same_year and not _is_same_time(one.header, other.header):
        return False
    if one.told.months != other.told.months and (
        (one.told.months and other.told.months) or is_same_year
    ):
        return False
    if mine.told is not None:
        return not (_is_own_date(one, mine) or _is_own_date(other, yours))
    if not _may_grow(one, mine, other, yours):
        return False
    days = one.told.calendar.weekdays, other.told.calendar.weekdays
    is_growing = mine.counted.kind in GROWING
    return is_growing or not (days[0] and days[1] and not days[0] & days[1])


def _is_same_time(one: ArticleHeader, other: ArticleHeader) -> bool:
    if one.published_at is None or other.published_at is None:
        return True
    return abs(one.published_at - other.published_at) <= SAME_TIME


def _may_grow(one: Statement, mine: Figure, other: Statement, yours: Figure) -> bool:
    """Whether the later figure may follow from the earlier: no toll falls to less than half."""
    first, second = one.header.published_at, other.header.published_at
    if mine.counted.kind not in GROWING - {"missing"} or first is None or second is None:
        return True
    if mine.quantity is None or yours.quantity is None or first == second:
        return True
    values = mine.quantity.value, yours.quantity.value
    earlier, later = values if first < second else values[::-1]
    return later * 2 >= earlier


def _is_own_date(statement: Statement, figure: Figure) -> bool:
    """Whether a date is that of the article itself: when something was said, not when it is."""
    published, told = statement.header.published_at, figure.told
    return (
        published is not None
        and told is not None
        and (told.day, told.month)
        in {
            ((published - timedelta(days=ago)).day, (published - timedelta(days=ago)).month)
            for ago in (0, 1)
        }
    )


@cache
def _bounds(*, same_language: bool) -> Bounds:
    text = (files("retrieval.agreement") / "bounds.json").read_text(encoding="utf-8")
    return Bounds(**json.loads(text)["same_language" if same_language else "across_languages"])
