"""Every figure and every date of a sentence must stand in its quotes."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from retrieval.verification.dates import Calendar, is_year, read_calendar
from retrieval.verification.literals import readable
from retrieval.verification.quantities import find_quantities
from retrieval.verification.quantity import DURATIONS, Quantity

ROUNDING = 0.05
"""Share by which a figure that is called approximate may differ from the quote's."""

_SAME = 1e-6
_ARABIC_DUAL = re.compile("[\u0621-\u064a]{3,}(?:ان|ين|ا|ي)(?![\u0621-\u064b])")
"""Two of anything may be an ending in Arabic: two is then taken as told. Not that of an adverb,
which has its mark behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A quote as figures are checked against it."""

    text: str
    language: str
    published: date | None = None


def figure_problems(sentence: str, *, language: str, sources: Sequence[Source]) -> list[str]:
    """One line for each figure or date of `sentence` that no source holds.

    >>> source = Source(text="صوّت ٢٨٧ نائباً يوم ٢٣ يناير", language="ar")
    >>> figure_problems("On 24 January 287 voted.", language="en", sources=[source])
    ['date 24-01 is in no quote']
    """
    text = readable(sentence)
    own = find_quantities(text, language=language)
    calendar = read_calendar(text, own, language=language)
    read = [_read(source) for source in sources]
    problems = list(_date_problems(calendar, [one.calendar for one in read]))
    in_dates = [span for told in calendar.dates for span in told.spans]
    quoted = [quantity for one in read for quantity in one.quantities]
    has_dual = any(one.has_dual for one in read)
    years = {year for one in read for year in one.calendar.years}
    for quantity in own:
        if any(start < quantity.end and quantity.start < end for start, end in in_dates):
            continue
        if (
            _is_grammar(quantity)
            or _is_other_word(quantity, text)
            or (has_dual and _is_bare_two(quantity))
        ):
            continue
        if is_year(quantity) and int(quantity.value) in years:
            continue
        problem = _problem(quantity, quoted, text)
        if problem is not None:
            problems.append(problem)
    return problems + list(_told_too_often(own, quoted))


def _told_too_often(own: Sequence[Quantity], quoted: Sequence[Quantity]) -> Iterator[str]:
    """A figure in digits that stands twice in the sentence and once in the quotes."""
    counts = Counter(one.value for one in own if not _is_grammar(one) and one.scale == 1)
    for value, count in counts.items():
        held = sum(one.may_mean(value) for one in quoted)
        if count > held > 0:
            yield f"figure {value:g} is told {count} times and stands {held} times in the quotes"


@dataclass(frozen=True, slots=True, kw_only=True)
class _ReadSource:
    quantities: list[Quantity]
    calendar: Calendar
    has_dual: bool


def _read(source: Source) -> _ReadSource:
    text = readable(source.text)
    quantities = find_quantities(text, language=source.language)
    return _ReadSource(
        quantities=quantities,
        calendar=read_calendar(
            text, quantities, language=source.language, published=source.published
        ),
        has_dual=source.language == "ar" and bool(_ARABIC_DUAL.search(source.text)),
    )


def _date_problems(own: Calendar, quoted: Sequence[Calendar]) -> Iterator[str]:
    by_spans: dict[tuple[tuple[int, int], ...], list[bool]] = {}
    names = {}
    for told in own.dates:
        # A numeric date may be read in two ways, one of which suffices.
        key = told.spans if len(told.spans) == 1 else (*told.spans, (told.day or 0, 0))
        by_spans.setdefault(key, []).append(any(one.covers(told) for one in quoted))
        parts = [told.day, told.month, told.year]
        names[key] = "-".join(f"{part:02d}" for part in parts if part is not None)
    for key, held in by_spans.items():
        if not any(held):
            yield f"date {names[key]} is in no quote"
    weekdays = {day for one in quoted for day in one.weekdays | one.meant_weekdays}
    for day in sorted(own.weekdays - weekdays):
        yield f"weekday {day + 1} is in no quote"


def _is_grammar(quantity: Quantity) -> bool:
    """Whether "one" is an article and no count; 1 in digits, and nil, say little as well."""
    return bool(quantity.readings & {("number", 1.0), ("number", 0.0)})


def _is_other_word(quantity: Quantity, text: str) -> bool:
    """Whether a number's word is more often another one by itself: Turkish yüz is a face, too."""
    return text[quantity.start : quantity.end] in {"yuz"}


def _is_bare_two(quantity: Quantity) -> bool:
    return quantity.is_spelled and quantity.unit is None and quantity.may_mean(2)


def _problem(quantity: Quantity, quoted: Sequence[Quantity], text: str) -> str | None:
    told = text[quantity.start : quantity.end]
    same = [one for one in quoted if _agree(quantity, one)]
    if not same:
        return f"figure {told} is in no quote"
    if quantity.unit is None or any(_units_agree(quantity, one) for one in same):
        return None
    units = ", ".join(sorted({one.unit for one in same if one.unit}))
    return f"figure {told} is of {units} in the quote, not of {quantity.unit}"


def _units_agree(own: Quantity, quoted: Quantity) -> bool:
    """Whether both count the same, or the same time in other units, or a unit is unknown."""
    durations = {reading for reading in own.readings & quoted.readings if reading[0] in DURATIONS}
    return quoted.unit in {None, own.unit} or bool(durations)


def _agree(own: Quantity, quoted: Quantity) -> bool:
    for kind, value in own.readings:
        for other_kind, other in quoted.readings:
            if kind != other_kind:
                continue
            allowed = _SAME * max(1.0, abs(other))
            if kind == "share":
                allowed = 0.004 if own.is_spelled != quoted.is_spelled else 1e-4
            elif own.is_approximate:
                allowed = min(ROUNDING * abs(other), _last_place(value) / 2)
            if abs(value - other) <= allowed:
                return True
    return False


def _last_place(value: float) -> float:
    """What the last digit of a number that is not 0 counts: 1,000 for 41,000."""
    if value < 1 or value != int(value):
        return 0.0
    digits = str(int(value))
    return float(10 ** (len(digits) - len(digits.rstrip("0"))))
