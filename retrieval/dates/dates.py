"""Dates in a folded question: days, months and years of three calendars, with or without a year."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from retrieval.dates.calendars import (
    HIJRI,
    SOLAR_HIJRI,
    Days,
    first_day_of,
    month_of,
    one_day,
    other_day_of,
    other_month_of,
    other_year_of,
    year_in,
    year_of,
)
from retrieval.dates.grammar import (
    BARE_DAY,
    BARE_MONTH,
    BARE_YEAR,
    DAY,
    DAYS,
    MONTH,
    WORD,
    YEAR,
    Grammar,
)

_YEAR = r"(?:1[5-9]|20)\d\d"
_NUMERIC = (
    re.compile(rf"(?<![\w.,/-])(?P<y>{_YEAR})([-/.])(?P<month>\d\d?)\2(?P<d>\d\d?)(?![\w/-])"),
    re.compile(rf"(?<![\w.,/-])(?P<d>\d\d?)([-/.])(?P<month>\d\d?)\2(?P<y>{_YEAR})(?!\w)"),
    re.compile(rf"(?<![\w.,/-])(?P<y>{_YEAR}) ?[-–—/] ?(?P<to>(?:{_YEAR[:-4]})?\d\d)(?![\w/-])"),
)
"""Written alike in all languages: 2018-03-05, 5/3/2018, 2003-2005 and 2017/18."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDate:
    """A date at `text[start:end]`; `kind` is one of DAY … WORD.

    `days` of a date without a year are the latest that have begun; its `month` and `day` are kept
    for a year that another date tells.
    """

    start: int
    end: int
    kind: str
    days: Days
    month: int | None = None
    day: int | None = None

    def in_year(self, year: int) -> Days:
        """Those of a date without a year, in `year`; its own if it has one."""
        if self.month is None:
            return self.days
        return _gregorian(year, self.month, self.day)


def find_dates(text: str, grammar: Grammar | None, *, today: date) -> tuple[FoundDate, ...]:
    """All dates of a folded text, in order, apart from one another; fuller forms first."""
    found: list[FoundDate] = []
    patterns = (*_NUMERIC, *(grammar.dates if grammar is not None else ()))
    for match in (match for pattern in patterns for match in pattern.finditer(text)):
        if all(match.end() <= other.start or other.end <= match.start() for other in found):
            found.extend(_read(match, grammar, today=today))
    return tuple(sorted(found, key=lambda one: one.start))


def with_dates_replaced(text: str, dates: tuple[FoundDate, ...]) -> str:
    """`text`, as long as it was, with the kind of each date in the place of its characters."""
    for one in dates:
        text = text[: one.start] + one.kind * (one.end - one.start) + text[one.end :]
    return text


def _read(match: re.Match[str], grammar: Grammar | None, *, today: date) -> Iterator[FoundDate]:
    """The date that `match` tells; none if the calendar has no such day, or it is a word."""
    said = {key: value for key, value in match.groupdict().items() if value is not None}
    numbers = {key: _number(key, value, grammar) for key, value in said.items()}
    if grammar is not None and not grammar.day_comes_first and _is_ambiguous(match, numbers):
        return
    try:
        kind, days, month, day = _days(numbers, is_bare=match.group() == said.get("y"), today=today)
    except ValueError:
        return
    if grammar is not None and match.group() in grammar.not_alone:
        kind = WORD
    yield FoundDate(
        start=match.start(), end=match.end(), kind=kind, days=days, month=month, day=day
    )


def _number(group: str, value: str, grammar: Grammar | None) -> int:
    if value.isdecimal():
        return int(value)
    assert grammar is not None  # names stand in patterns of a grammar only
    return grammar.names[group][value]


def _is_ambiguous(match: re.Match[str], numbers: dict[str, int]) -> bool:
    """Whether it is written like 3/4/2018, which may be in March or in April."""
    if "month" not in numbers or match.start("y") < match.start("d"):
        return False
    return numbers["month"] != numbers["d"] <= 12


_Told = tuple[str, Days, int | None, int | None]
"""Kind, days, and month and day of a date without a year."""


def _days(numbers: dict[str, int], *, is_bare: bool, today: date) -> _Told:
    if "decade" in numbers:
        first = numbers["decade"]
        return DAYS, Days(date(first, 1, 1), date(first + 9, 12, 31)), None, None
    if "to" in numbers:
        return DAYS, _years(numbers["y"], numbers["to"]), None, None
    if "hm" in numbers or "hy" in numbers:
        return _other(numbers, "h", HIJRI, today)
    if "sm" in numbers or "sy" in numbers:
        return _other(numbers, "s", SOLAR_HIJRI, today)
    month, day, year = numbers.get("m", numbers.get("month")), numbers.get("d"), numbers.get("y")
    if month is None and year is not None:
        return BARE_YEAR if is_bare else YEAR, year_of(year), None, None
    if month is None:
        raise ValueError("a day without a month")
    if "from" in numbers and year is not None and day is not None:
        return (
            DAYS,
            _gregorian(year, month, numbers["from"]).hull(_gregorian(year, month, day)),
            None,
            None,
        )
    kind = MONTH if day is None else DAY
    if year is not None:
        return kind, _gregorian(year, month, day), None, None
    return BARE_MONTH if day is None else BARE_DAY, _latest(month, day, today), month, day


def _years(first: int, last: int) -> Days:
    """2003-2005, or 2017-18; other two digits are a month, or a number."""
    if last < 100 and last != (first + 1) % 100:
        raise ValueError(f"{first}-{last} is no range of years")
    end = last if last >= 100 else first + 1
    if end < first:
        raise ValueError(f"{first}-{last} ends before it begins")
    return Days(date(first, 1, 1), date(end, 12, 31))


def _other(numbers: dict[str, int], initial: str, calendar: str, today: date) -> _Told:
    """A date of another calendar; with a Gregorian year, the month that begins in that year."""
    month, year, day = numbers.get(f"{initial}m"), numbers.get(f"{initial}y"), numbers.get("d")
    if month is None:
        if year is None or day is not None:
            raise ValueError("no month")
        return YEAR, other_year_of(year, calendar=calendar), None, None
    kind = MONTH if day is None else DAY
    if year is None and "y" in numbers:
        year = _year_in_which(month, numbers["y"], calendar)
    if year is None:
        if day is not None:
            raise ValueError("no year")
        kind, year = BARE_MONTH, year_in(today, calendar=calendar)
        year -= first_day_of(year, month, calendar=calendar) > today
    if day is not None:
        return kind, other_day_of(year, month, day, calendar=calendar), None, None
    return kind, other_month_of(year, month, calendar=calendar), None, None


def _year_in_which(month: int, gregorian: int, calendar: str) -> int:
    """The first year whose `month` begins in a Gregorian year: Hijri months wander."""
    year = year_in(date(gregorian, 1, 1), calendar=calendar)
    return year + (first_day_of(year, month, calendar=calendar).year < gregorian)


def _gregorian(year: int, month: int, day: int | None) -> Days:
    if not 1 <= month <= 12:
        raise ValueError(f"there is no month {month}")
    return month_of(year, month) if day is None else one_day(date(year, month, day))


def _latest(month: int, day: int | None, today: date) -> Days:
    """The latest that has begun; 29 February only of a year that has it."""
    this_year = _gregorian(today.year, month, day)
    return this_year if this_year.first <= today else _gregorian(today.year - 1, month, day)
