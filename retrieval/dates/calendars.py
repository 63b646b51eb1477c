"""Days, weeks, months and years of three calendars as ranges of Gregorian days.

Weeks begin on Monday (ISO 8601). Hijri months are those of Umm al-Qura, as ICU has them: sighting
may move a month by a day. Solar Hijri years are the Iranian ones.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from icu4py.messageformat import MessageFormat

HIJRI = "islamic-umalqura"
SOLAR_HIJRI = "persian"

_EPOCHS = {HIJRI: date(622, 7, 19), SOLAR_HIJRI: date(622, 3, 22)}
"""First day of the year 1, within a few days."""

_YEAR_DAYS = {HIJRI: 354.36708, SOLAR_HIJRI: 365.24220}
"""Mean length of a year: Reingold and Dershowitz, Calendrical Calculations, 2018."""

_FIRST_GUESS_ERROR = 40
"""Days that the mean year and month may be wrong by."""


@dataclass(frozen=True, slots=True)
class Days:
    """Whole days, both ends inclusive."""

    first: date
    last: date

    def hull(self, other: "Days") -> "Days":
        """From the earlier first day to the later last day."""
        return Days(min(self.first, other.first), max(self.last, other.last))


def one_day(day: date) -> Days:
    """`day` alone."""
    return Days(day, day)


def week_of(day: date) -> Days:
    """Monday to Sunday around `day`."""
    monday = day - timedelta(days=day.weekday())
    return Days(monday, monday + timedelta(days=6))


def month_of(year: int, month: int) -> Days:
    """A Gregorian month; months below 1 and above 12 count into other years."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return Days(date(year, month, 1), date(year, month, monthrange(year, month)[1]))


def year_of(year: int) -> Days:
    """A Gregorian year."""
    return Days(date(year, 1, 1), date(year, 12, 31))


def other_year_of(year: int, *, calendar: str) -> Days:
    """A year of HIJRI or SOLAR_HIJRI."""
    following = first_day_of(year + 1, 1, calendar=calendar)
    return Days(first_day_of(year, 1, calendar=calendar), following - timedelta(days=1))


def other_month_of(year: int, month: int, *, calendar: str) -> Days:
    """A month, 1 to 12, of HIJRI or SOLAR_HIJRI."""
    ahead, after = (year + 1, 1) if month == 12 else (year, month + 1)
    following = first_day_of(ahead, after, calendar=calendar)
    return Days(first_day_of(year, month, calendar=calendar), following - timedelta(days=1))


def other_day_of(year: int, month: int, day: int, *, calendar: str) -> Days:
    """A day of HIJRI or SOLAR_HIJRI.

    Raises:
        ValueError: the month has no such day.
    """
    days = other_month_of(year, month, calendar=calendar)
    found = days.first + timedelta(days=day - 1)
    if found > days.last:
        raise ValueError(f"month {month} of {year} has no day {day}")
    return one_day(found)


def year_in(day: date, *, calendar: str) -> int:
    """The year of HIJRI or SOLAR_HIJRI that `day` falls in.

    >>> year_in(date(2024, 3, 11), calendar=HIJRI), year_in(date(2024, 3, 11), calendar=SOLAR_HIJRI)
    (1445, 1402)
    """
    return _written(day, calendar)[0]


@lru_cache(maxsize=500)
def first_day_of(year: int, month: int, *, calendar: str) -> date:
    """The Gregorian day on which a month of HIJRI or SOLAR_HIJRI begins.

    >>> first_day_of(1445, 9, calendar=HIJRI), first_day_of(1403, 1, calendar=SOLAR_HIJRI)
    (datetime.date(2024, 3, 11), datetime.date(2024, 3, 20))
    """
    days = _YEAR_DAYS[calendar] * (year - 1 + (month - 1) / 12)
    guess = _EPOCHS[calendar] + timedelta(days=round(days))
    # ICU tells a Gregorian day in another calendar; the way back is a search.
    before, from_then = (guess + timedelta(days=side * _FIRST_GUESS_ERROR) for side in (-1, 1))
    while (from_then - before).days > 1:
        middle = before + (from_then - before) // 2
        if _written(middle, calendar) < (year, month, 1):
            before = middle
        else:
            from_then = middle
    return from_then


def _written(day: date, calendar: str) -> tuple[int, int, int]:
    # Of a bare date ICU reads no time zone: an aware one would be told in the machine's own.
    year, month, number = _writer(calendar).format({"day": day}).strip().split("-")
    return int(year), int(month), int(number)


@lru_cache(maxsize=2)
def _writer(calendar: str) -> MessageFormat:
    return MessageFormat("{day, date, yyyy-MM-dd}", f"en@calendar={calendar};numbers=latn")
