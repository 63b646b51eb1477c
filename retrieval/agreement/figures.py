"""The figures of a sentence that can be held against those of another one."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from core.text import words
from retrieval.agreement.counted import Counted, counted_by, meanings, told_apart
from retrieval.agreement.folded_text import FoldedText
from retrieval.verification.dates import Calendar, ToldDate, is_year, read_calendar
from retrieval.verification.quantities import find_quantities
from retrieval.verification.quantity import Quantity

_ORDINAL = re.compile(
    r"(?:first|second|third|\w*(?:rth|fth|xth|nth|hth|eth|lfth)|premier\w*|deuxieme|\w+ieme|primer\w*"
    r"|segund\w+|tercer\w*|cuart\w+|quint\w+|sext\w+|\w+(?:inci|uncu|ncu|nci)"
    r"|(?:ال)?(?:اول|اولي|ثاني|ثانيه|ثالث|ثالثه|رابع|رابعه|خامس|خامسه|سادس|سادسه|سابع|سابعه|ثامن"
    r"|ثامنه|تاسع|تاسعه|عاشر|عاشره|حادي|حاديه)(?:\s.*)?)"
)
_ORDINAL_ENDING = re.compile(r"(?:st|nd|rd|th|er|e|eme|º|ª|'?[iuü]?nc[iuü])(?![^\W_])|\.\s*[a-z]")
_NAMED_BEFORE = re.compile(
    r"(?:[a-zа-я]-?|\b(?:article|articles|chapter|no|number|numero|channel|route|section|phase"
    r"|articulo|capitulo|madde|الماده|ماده|رقم|الفصل|الطريق|المرحله)\W{0,2})$"
)
_PART_OF_YEAR = re.compile(
    r"\b(?:first|second|third|fourth|last) (?:quarter|half)\b"
    r"|\b(?:premier|deuxieme|troisieme|quatrieme) (?:trimestre|semestre)\b"
    r"|\b(?:primer|segundo|tercer|cuarto) (?:trimestre|semestre)\b"
    r"|\b(?:ilk|birinci|ikinci|ucuncu|dorduncu) (?:ceyrek|yari)"
    r"|\b(?:ال)?(?:ربع|نصف) (?:ال)?(?:اول|ثاني|ثالث|رابع|اخير)"
)
_TIMES = {
    "hour": ("hour", "ساعه", "heure", "hora", "saat", "час"),
    "day": ("day", "يوم", "jour", "dia", "gun", "день"),
    "week": ("week", "اسبوع", "semaine", "semana", "hafta", "неделю"),
    "month": ("month", "شهر", "mois", "mes", "ay", "месяц"),
    "year": ("year", "سنه", "عام", "an", "ano", "yil", "год"),
}
_PER = re.compile(
    r"(?:\W+[^\W\d_]+){0,2}?\W*(?:\b(?:a|an|per|each|al|a la|par|por|в|لكل|كل)\s+|/\s*|في ال)"
    rf"(?P<time>{'|'.join(form for forms in _TIMES.values() for form in forms)})\b"
)
RANGE = re.compile(r"^\s*(?:-|–|to|and|a|et|y|ile|الي|حتي|و|до|и|至|到)\s*$")
"""What stands between two figures that count the same: 15 to 20."""

_SCORE = re.compile(r"^\s*[-–:]\s*\d|\d\s*[-–:]\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure of a sentence: `text[start:end]` as it is written there.

    `quantity` is what it may mean, or `told` is the day that it tells; `year` is the one named
    nearest to it, `part_of_year` the quarter or half of it, `per` the time that it is counted by,
    as in "a day"; `is_forecast` that the sentence tells what is not yet so.
    """

    start: int
    end: int
    counted: Counted
    quantity: Quantity | None = None
    told: ToldDate | None = None
    year: int | None = None
    part_of_year: str | None = None
    per: str | None = None
    is_forecast: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldFigures:
    """What a sentence tells in figures; `quantities` are all of `folded`, years among them."""

    folded: str
    figures: tuple[Figure, ...]
    quantities: tuple[Quantity, ...]
    calendar: Calendar
    months: frozenset[tuple[int | None, int]]
    """Months named without a day, with their year if it is told."""


@lru_cache(maxsize=4_000)
def read_figures(text: str, *, language: str, published: datetime | None) -> ToldFigures:
    """The figures of a sentence in `language`, of an article of that date.

    Kept for the next question: reading them takes half a millisecond.
    """
    place = FoldedText(told_apart(text))
    quantities = find_quantities(place.folded, language=language)
    calendar = read_calendar(place.folded, quantities, language=language)
    meant = None
    if published is not None and not calendar.years:
        resolved = read_calendar(
            place.folded, quantities, language=language, published=published.date()
        )
        # Of more than one it is not known which.
        meant = min(resolved.years) if len(resolved.years) == 1 else None
    counts = _with_shared_kinds(
        place.folded, list(_counts(place, quantities, calendar, language, meant))
    )
    return ToldFigures(
        folded=place.folded,
        figures=tuple(sorted([*counts, *_days(place, calendar)], key=lambda figure: figure.start)),
        quantities=tuple(quantities),
        calendar=calendar,
        months=frozenset(
            (told.year, told.month) for told in calendar.dates if told.day is None and told.spans
        ),
    )


def _counts(
    place: FoldedText,
    quantities: Sequence[Quantity],
    calendar: Calendar,
    language: str,
    meant: int | None,
) -> Iterator[Figure]:
    in_dates = [span for told in calendar.dates for span in told.spans]
    years = [one for one in quantities if _is_year(place.folded, one)]
    for one in quantities:
        if any(start < one.end and one.start < end for start, end in in_dates):
            continue
        if one in years or _is_no_count(place.folded, one):
            continue
        found = place.span(one.start, one.end)
        if found is not None:
            yield Figure(
                start=found[0],
                end=found[1],
                counted=counted_by(
                    place.folded, one.start, one.end, unit=one.unit, language=language
                ),
                quantity=one,
                year=_nearest_year(one, years, calendar) or meant,
                part_of_year=_part_of_year(place.folded),
                per=_per(place.folded[one.end :]),
                is_forecast=_is_forecast(place.folded),
            )


def _with_shared_kinds(folded: str, counts: list[Figure]) -> list[Figure]:
    """Of "from 12 to 15 dead", the first counts the dead, too."""
    shared = list(counts)
    for i, (one, following) in enumerate(zip(counts, counts[1:], strict=False)):
        if one.quantity is None or following.quantity is None:
            continue
        if RANGE.match(folded[one.quantity.end : following.quantity.start]):
            kind = one.counted.kind or following.counted.kind
            for j in (i, i + 1):
                counted = replace(shared[j].counted, kind=shared[j].counted.kind or kind)
                shared[j] = replace(shared[j], counted=counted)
    return shared


def _per(after: str) -> str | None:
    found = _PER.match(after)
    return (
        None
        if found is None
        else next(name for name, forms in _TIMES.items() if found["time"] in forms)
    )


def _part_of_year(folded: str) -> str | None:
    found = _PART_OF_YEAR.search(folded)
    return found[0] if found else None


def _is_forecast(folded: str) -> bool:
    return any(meanings(word, "forecasts") for word in words(folded))


def _is_year(folded: str, one: Quantity) -> bool:
    """Whether a number is a year, and does not count the word behind it: 1840 manuscripts."""
    behind = words(folded[one.end :])[:1]
    is_counting = any(
        meanings(word, table) for word in behind for table in ("things", "persons", "groups")
    )
    return is_year(one) and not is_counting


def _is_no_count(folded: str, one: Quantity) -> bool:
    """Whether a number is a place in a row, part of a name or a score, or no number at all.

    Two of a unit are left out, since in Arabic they are an ending; so are a half and a third,
    which are rounded at will.
    """
    told, before, after = folded[one.start : one.end], folded[: one.start], folded[one.end :]
    kinds = {kind for kind, _ in one.readings}
    return bool(
        not kinds & {"number", "share"}
        or "time" in kinds
        or one.may_mean(1)
        or (one.is_spelled and one.may_mean(2) and one.unit is not None)
        or (one.is_spelled and _ORDINAL.fullmatch(told))
        or (not one.is_spelled and _ORDINAL_ENDING.match(after))
        or (one.is_spelled and "share" in kinds)
        or _NAMED_BEFORE.search(before[-20:])
        or _SCORE.search(before[-3:])
        or _SCORE.search(after[:3])
    )


def _nearest_year(one: Quantity, years: Iterable[Quantity], calendar: Calendar) -> int | None:
    """The year named nearest to a figure, which tells when it was so."""
    near = [
        (min(abs(year.start - one.end), abs(one.start - year.end)), int(year.value))
        for year in years
    ]
    near += [
        (min(abs(start - one.end), abs(one.start - end)), told.year)
        for told in calendar.dates
        if told.year is not None
        for start, end in told.spans
    ]
    return min(near)[1] if near else None


def _days(place: FoldedText, calendar: Calendar) -> Iterator[Figure]:
    days = [told for told in calendar.dates if told.day is not None and told.spans]
    runs = [(min(told.spans)[0], max(end for _, end in told.spans)) for told in days]
    for told, (start, end) in zip(days, runs, strict=True):
        if any(
            (first, last) != (start, end) and first <= start and end <= last for first, last in runs
        ):
            continue
        found = place.span(start, end)
        if found is not None:
            yield Figure(
                start=found[0],
                end=found[1],
                counted=Counted(kind=None, groups=frozenset()),
                told=told,
                year=told.year,
                is_forecast=False,
            )
