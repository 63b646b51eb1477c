"""Whether two figures tell the same value, another one, or cannot be compared at all."""

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum

from retrieval.agreement.figures import RANGE, Figure, ToldFigures
from retrieval.verification.quantity import Quantity

ROUNDING = 0.05
"""Share by which a figure that is called approximate may differ from another one."""

NEAR = timedelta(days=180)
"""Two dates farther from one another are hardly meant for the same event."""

_SAME = 1e-6
_ROUND_FROM = 1_000
"""Last places from which on a figure is taken for rounded, though nothing says so."""

_PERCENT_POINT = 0.01


class Comparison(StrEnum):
    """What two figures are to one another."""

    SAME = "same"
    DIFFERENT = "different"
    APART = "apart"
    """They do not tell of the same, so that nothing follows from their values."""


def compare(one: Figure, other: Figure) -> Comparison:
    """What the values of two figures are to one another, by kind, unit, what is counted, year."""
    if one.told is not None or other.told is not None:
        return _compared_days(one, other)
    mine, yours = one.quantity, other.quantity
    if mine is None or yours is None or is_share(mine) != is_share(yours):
        return Comparison.APART
    units = {mine.unit, yours.unit} - {None}
    if len(units) > 1 or one.counted.differs(other.counted) or _other_time(one, other):
        return Comparison.APART
    if one.per != other.per or one.is_forecast != other.is_forecast:
        return Comparison.APART
    return Comparison.SAME if agree(mine, yours) else Comparison.DIFFERENT


def agree(one: Quantity, other: Quantity) -> bool:
    """Whether two figures may be of the same value, one of them perhaps rounded."""
    return any(
        abs(mine - yours) <= max(_slack(one, kind, mine), _slack(other, kind, yours))
        for kind, mine in one.readings
        for other_kind, yours in other.readings
        if kind == other_kind
    )


def holds_value(told: ToldFigures, figure: Figure) -> bool:
    """Whether a sentence tells the value of a figure anywhere, or a range that it is in."""
    if figure.told is not None:
        day = (figure.told.day, figure.told.month)
        return any((one.day, one.month) == day for one in told.calendar.dates)
    own = figure.quantity
    return own is not None and (
        any(agree(own, one) for one in told.quantities if is_share(own) == is_share(one))
        or any(low <= own.value <= high for low, high in _ranges(told, own))
    )


def _ranges(told: ToldFigures, own: Quantity) -> Iterator[tuple[float, float]]:
    """The bounds of each range that a sentence tells: 15 to 20."""
    for low, high in zip(told.quantities, told.quantities[1:], strict=False):
        if not RANGE.match(told.folded[low.end : high.start]) or is_share(low) != is_share(own):
            continue
        below = [value for _, value in low.readings if value <= high.value]
        yield max(below, default=high.value), high.value


def _compared_days(one: Figure, other: Figure) -> Comparison:
    mine, yours = _day(one), _day(other)
    if mine is None or yours is None or abs(mine - yours) > NEAR:
        return Comparison.APART
    if one.is_forecast != other.is_forecast:
        return Comparison.APART
    return Comparison.SAME if mine == yours else Comparison.DIFFERENT


def _day(figure: Figure) -> date | None:
    told = figure.told
    if told is None or told.day is None or told.year is None:
        return None
    try:
        return date(told.year, told.month, told.day)
    except ValueError:
        return None


def is_share(quantity: Quantity) -> bool:
    """Whether a figure tells a part of a whole."""
    return all(kind == "share" for kind, _ in quantity.readings)


def _other_time(one: Figure, other: Figure) -> bool:
    """Whether two figures are of two years, or one of a part of the year and the other is not."""
    if (one.part_of_year is None) != (other.part_of_year is None):
        return True
    return one.year is not None and other.year is not None and one.year != other.year


def _slack(quantity: Quantity, kind: str, value: float) -> float:
    """By how much the value may be off for being rounded."""
    exact = _SAME * max(1.0, abs(value))
    if kind == "share":
        whole = abs(value / _PERCENT_POINT - round(value / _PERCENT_POINT)) < _SAME
        about = quantity.is_approximate or quantity.is_spelled
        return max(exact, (_PERCENT_POINT if about else _PERCENT_POINT / 2) if whole else 0.0)
    place = _last_place(value)
    if quantity.is_approximate:
        return max(exact, ROUNDING * abs(value), place / 2)
    return max(exact, place / 2 * (1 - _SAME) if place >= _ROUND_FROM else 0.0)


def _last_place(value: float) -> float:
    """What the last digit that is not 0 counts: 1,000 for 41,000; 0 for fractions."""
    whole = round(value)
    if whole < 1 or abs(value - whole) > _SAME * max(1.0, value):
        return 0.0
    digits = str(whole)
    return float(10 ** (len(digits) - len(digits.rstrip("0"))))
