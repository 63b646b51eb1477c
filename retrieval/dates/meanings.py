"""What expressions of time mean: "last month" or "between A and B" as days, seen from today."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from retrieval.dates.calendars import Days, month_of, one_day, week_of, year_of
from retrieval.dates.dates import FoundDate
from retrieval.dates.grammar import BARE_DAY, DAY

MAX_UNITS_BACK = 500


class Tense(StrEnum):
    """How an expression tells its days.

    DATED: by a date. RECENT: from today. UNTIL: only their end, nothing of what came before.
    AS_OF: what was known then. TODAY: this day, or our time. NEWEST: it has none, what is newest
    is asked for.
    """

    DATED = "dated"
    RECENT = "recent"
    UNTIL = "until"
    AS_OF = "as_of"
    TODAY = "today"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """Days, both inclusive; None leaves an end open."""

    tense: Tense
    first: date | None = None
    last: date | None = None

    @classmethod
    def of(cls, tense: Tense, days: Days) -> "Meaning":
        """Closed at both ends."""
        return cls(tense=tense, first=days.first, last=days.last)


def of_dates(rule: str, dates: Sequence[FoundDate]) -> Meaning:
    """What a rule about one date or two means.

    Raises:
        ValueError: they contradict each other.
    """
    days = _together(dates)
    match rule:
        case "since":
            return Meaning(tense=Tense.DATED, first=days.first)
        case "after":
            return Meaning(tense=Tense.DATED, first=days.last + timedelta(days=1))
        case "until":
            return Meaning(tense=Tense.UNTIL, last=days.last)
        case "before":
            return Meaning(tense=Tense.UNTIL, last=days.first - timedelta(days=1))
        case "as_of":
            is_day = all(one.kind in {DAY, BARE_DAY} for one in dates)
            return Meaning.of(Tense.AS_OF if is_day else Tense.DATED, days)
        case "in" | "between" | "previous_month":
            return Meaning.of(Tense.DATED, days)
    raise ValueError(f"the rule {rule!r} is not about dates")


def of_today(
    rule: str, *, today: date, count: int = 1, unit: str = "day", weekday: int = 0
) -> Meaning:
    """What a rule about a time seen from `today` means; `count` units of time, Monday is 0.

    Raises:
        ValueError: it is too long ago.
    """
    if count > MAX_UNITS_BACK:
        raise ValueError(f"{count} {unit}s are more than {MAX_UNITS_BACK}")
    if rule == "latest":
        return Meaning(tense=Tense.NEWEST)
    if rule == "today":
        return Meaning.of(Tense.TODAY, one_day(today))
    if rule == "ago" and unit != "day":
        return Meaning.of(Tense.DATED, _unit_around(_back(today, unit, count), unit))
    if rule == "past":
        return Meaning.of(Tense.RECENT, Days(_back(today, unit, count), today))
    if rule == "this":
        return Meaning.of(Tense.RECENT, _unit_around(today, unit))
    if rule == "previous":
        return Meaning.of(Tense.RECENT, _unit_around(_back(today, unit, 1), unit))
    back = {
        "yesterday": 1,
        "day_before_yesterday": 2,
        "ago": count,
        "previous_weekday": (today.weekday() - weekday - 1) % 7 + 1,
    }
    return Meaning.of(Tense.RECENT, one_day(today - timedelta(days=back[rule])))


def _together(dates: Sequence[FoundDate]) -> Days:
    """From the first of `dates` to the last; a date without a year takes that of the other."""
    first, last = dates[0], dates[-1]
    begin, end = first.days, last.days
    if first.month is not None and last.month is None:
        begin = first.in_year(end.last.year)
        if begin.first > end.last:
            begin = first.in_year(end.last.year - 1)
    elif last.month is not None and first.month is None:
        end = last.in_year(begin.first.year)
        if end.last < begin.first:
            end = last.in_year(begin.first.year + 1)
    elif begin.first > end.first and first.month is not None:
        begin = first.in_year(begin.first.year - 1)
    if begin.first > end.last:
        raise ValueError(f"{begin.first} is later than {end.last}")
    return begin.hull(end)


def _unit_around(day: date, unit: str) -> Days:
    around: Mapping[str, Callable[[date], Days]] = {
        "day": one_day,
        "week": week_of,
        "month": lambda one: month_of(one.year, one.month),
        "year": lambda one: year_of(one.year),
    }
    return around[unit](day)


def _back(day: date, unit: str, count: int) -> date:
    """`count` units before `day`; the last of a month that is too short for it."""
    if unit in {"day", "week"}:
        return day - timedelta(days=count * (7 if unit == "week" else 1))
    month = month_of(day.year, day.month - count * (12 if unit == "year" else 1))
    return min(month.last, month.first + timedelta(days=day.day - 1))
