"""The dates and days of the week that a text tells, or means beside its date of publication."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from retrieval.verification.calendar_words import is_everyday_word, month_names, weekday_names
from retrieval.verification.quantity import Quantity

_WORDS_BETWEEN = re.compile(
    r"^(?:\s|[,،/-]|\bof\b|\bde\b|\bdel\b|\bd'|\bمن\b|\bشهر\b|\bthe\b|er\b|st\b|nd\b|rd\b|th\b)*$"
)
_BEFORE_MONTH = re.compile(
    r"\b(?:in|since|of|until|by|before|after|from|early|late|mid|next|last|en|depuis|debut|fin|mi"
    r"|jusqu'en|avant|في|منذ|من|شهر|قبل|بعد|حتي|منتصف|نهايه|مطلع)[ -]?$|/$"
)
_JOINED = re.compile(r"^\s*(?:[,،–-]|and|to|et|y|a|au|و|و?ال?ي|ve|и)?\s*$")
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})[./](\d{1,2})[./](\d{4})(?!\d)")
_HAN = re.compile(r"(?:(\d{4})年)?(\d{1,2})月(?:(\d{1,2})日)?")
_BARE_ARABIC_DAY = re.compile(
    r"\b(?:يوم|ايام|مساء|صباح|كل) (احد|اثنين|ثلاثاء|اربعاء|خميس|جمعه|سبت)\b"
)
_TODAY = re.compile(r"\b(?:today|اليوم|aujourd'hui|hoy|bugun|сегодня)\b|今天|今日")
_YESTERDAY = re.compile(r"\b(?:yesterday|امس|hier|ayer|anoche|dun|вчера)\b|昨天|昨日")
_THIS_YEAR = re.compile(
    r"\b(?:this (?:year|summer|winter|spring|autumn|season)|cette (?:annee|saison)|este (?:ano"
    r"|viernes)|esta temporada|bu (?:yil|sezon)|العام الحالي|هذا (?:العام|الموسم|الصيف|الشتاء)"
    r"|(?:العام|السنه) (?:نفسه|نفسها|ذاته|الجاري)|в этом году)\b|今年"
)
_LAST_YEAR = re.compile(
    r"\b(?:last (?:year|summer|winter|spring|autumn)|l'(?:an|annee) dernier|l'annee derniere"
    r"|ano pasado|gecen yil|(?:العام|الصيف|الشتاء|الخريف) الماضي|السنه الماضيه|прошлом году)\b|去年"
)
_WEEK = 7
_FIRST_YEAR, _LAST_YEAR_TOLD = 1000, 2999


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldDate:
    """A month with what is told beside it; None for what is not.

    `spans` are in the folded text; `is_meant` tells that a day of the week or the like means it.
    """

    month: int
    day: int | None = None
    year: int | None = None
    spans: tuple[tuple[int, int], ...] = ()
    is_meant: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """What a text tells of time: dates, days of the week, and those of its dates, and years."""

    dates: tuple[ToldDate, ...]
    weekdays: frozenset[int]
    meant_weekdays: frozenset[int]
    years: frozenset[int]

    def covers(self, told: ToldDate) -> bool:
        """Whether one of the dates is `told`, as far as both say it."""
        return any(
            one.month == told.month
            and (one.day == told.day if told.day is not None else not one.is_meant)
            and (told.year is None or one.year == told.year or self._leaves(one, told.year))
            for one in self.dates
        )

    def _leaves(self, one: ToldDate, year: int) -> bool:
        """Whether a date without its year may be of `year`."""
        return one.year is None and year in self.years


def read_calendar(
    text: str, quantities: Sequence[Quantity], *, language: str, published: date | None = None
) -> Calendar:
    """The calendar of a `readable` text; `published` resolves what it leaves to its reader."""
    dates = [*_numeric_dates(text), *_named_dates(text, quantities, language)]
    weekdays = _weekdays(text, language)
    years = {int(one.value) for one in quantities if is_year(one)}
    years.update(one.year for one in dates if one.year is not None)
    if published is not None:
        years |= _meant_years(text, dates, published)
        dates += _meant_dates(text, weekdays, published)
    meant = {
        date(one.year, one.month, one.day).weekday()
        for one in dates
        if one.year is not None and one.day is not None and _exists(one)
    }
    return Calendar(
        dates=tuple(dates),
        weekdays=frozenset(weekdays),
        meant_weekdays=frozenset(meant),
        years=frozenset(years),
    )


def is_year(quantity: Quantity) -> bool:
    """Whether a figure may be a year: four digits, no unit, no scale."""
    return (
        not quantity.is_spelled
        and quantity.unit is None
        and quantity.end - quantity.start == 4
        and any(
            kind == "number" and _FIRST_YEAR <= value <= _LAST_YEAR_TOLD and value == int(value)
            for kind, value in quantity.readings
        )
    )


def _numeric_dates(text: str) -> list[ToldDate]:
    found = [
        ToldDate(year=int(m[1]), month=int(m[2]), day=int(m[3]), spans=(m.span(),))
        for m in _ISO.finditer(text)
    ]
    for m in _NUMERIC.finditer(text):
        for day, month in ((int(m[1]), int(m[2])), (int(m[2]), int(m[1]))):
            if 1 <= month <= 12:
                found.append(ToldDate(year=int(m[3]), month=month, day=day, spans=(m.span(),)))
    for m in _HAN.finditer(text):
        found.append(
            ToldDate(
                year=int(m[1]) if m[1] else None,
                month=int(m[2]),
                day=int(m[3]) if m[3] else None,
                spans=(m.span(),),
            )
        )
    return found


def _named_dates(text: str, quantities: Sequence[Quantity], language: str) -> list[ToldDate]:
    found = []
    mentions = _month_mentions(text, language)
    # كانون الثاني is no second of any month.
    others = [
        one
        for one in quantities
        if all(one.end <= start or one.start >= end for _, start, end in mentions)
    ]
    for name, start, end in mentions:
        days, spans = _days_beside(text, others, start, end)
        if is_everyday_word(name) and not spans and not _BEFORE_MONTH.search(text[:start]):
            continue
        year = next(
            (
                one
                for one in quantities
                if one.start >= end and is_year(one) and _is_near(text[end : one.start])
            ),
            None,
        )
        if year is not None:
            spans.append((year.start, year.end))
        for day in days or [None]:
            found.append(
                ToldDate(
                    month=month_names(language)[name],
                    day=day,
                    year=int(year.value) if year is not None else None,
                    spans=(*spans, (start, end)),
                )
            )
    return found


def _month_mentions(text: str, language: str) -> list[tuple[str, int, int]]:
    names = sorted(month_names(language), key=len, reverse=True)
    pattern = r"(?<![^\W_])(?:ال|و|ب|ل|ك)?(" + "|".join(map(re.escape, names)) + r")"
    ending = r"(?:'?[^\W\d_]{0,4})" if language in {"tr", "ru", "fi", "hu"} else ""
    return [
        (m[1], m.start(1), m.end()) for m in re.finditer(pattern + ending + r"(?![^\W_])", text)
    ]


def _days_beside(
    text: str, quantities: Sequence[Quantity], start: int, end: int
) -> tuple[list[int | None], list[tuple[int, int]]]:
    """The days told with a month, and where they stand: 24 April, between 6 and 10 March."""
    days: list[int | None] = []
    spans: list[tuple[int, int]] = []
    edge, between = start, _WORDS_BETWEEN
    for one in reversed([q for q in quantities if q.end <= start]):
        if not between.match(text[one.end : edge]) or not _may_be_day(one):
            break
        days.append(int(one.value))
        spans.append((one.start, one.end))
        edge, between = one.start, _JOINED
    if not days:
        after = next((q for q in quantities if q.start >= end), None)
        if after and _WORDS_BETWEEN.match(text[end : after.start]) and _is_day(after):
            days.append(int(after.value))
            spans.append((after.start, after.end))
    return days, spans


def _may_be_day(quantity: Quantity) -> bool:
    """Whether a figure before a month is told as its day; one over 31 is the day of no quote."""
    return not is_year(quantity) and _is_whole(quantity, most=999)


def _is_day(quantity: Quantity) -> bool:
    return _is_whole(quantity, most=31)


def _is_whole(quantity: Quantity, *, most: int) -> bool:
    return quantity.scale == 1 and any(
        kind == "number" and 1 <= value <= most and value == int(value)
        for kind, value in quantity.readings
    )


def _is_near(between: str) -> bool:
    """Whether no more than a month's second name and small words stand between."""
    return len(between) <= 24 and len(re.findall(r"[^\W_]+", between)) <= 3 and "." not in between


def _weekdays(text: str, language: str) -> set[int]:
    names = weekday_names(language)
    found = set()
    for word in re.findall(r"[^\W\d_]+", text):
        bare = re.sub("^[وبلف](?=ال)", "", word)
        if bare in names:
            found.add(names[bare])
    if language == "ar":
        found.update(names["ال" + m[1]] for m in _BARE_ARABIC_DAY.finditer(text))
    if language == "zh":
        found.update(
            "一二三四五六日".index(m[1]) for m in re.finditer("(?:周|星期)([一二三四五六日])", text)
        )
    return found


def _meant_dates(text: str, weekdays: Iterable[int], published: date) -> list[ToldDate]:
    """Dates that days of the week, today and yesterday mean in an article of `published`."""
    days = []
    if _TODAY.search(text):
        days.append(published)
    if _YESTERDAY.search(text):
        days.append(published - timedelta(days=1))
    for weekday in weekdays:
        ago = (published.weekday() - weekday) % _WEEK
        days += [published - timedelta(days=ago), published + timedelta(days=_WEEK - ago)]
    return [ToldDate(month=one.month, day=one.day, year=one.year, is_meant=True) for one in days]


def _meant_years(text: str, dates: Sequence[ToldDate], published: date) -> set[int]:
    years = {one.year for one in dates if one.year is not None}
    if _THIS_YEAR.search(text):
        years.add(published.year)
    if _LAST_YEAR.search(text):
        years.add(published.year - 1)
    for one in dates:
        if one.year is None:
            # A month without a year is the nearest: that of last autumn or of this spring.
            distance = (one.month - published.month) / 12
            years.add(published.year - 1 if distance > 0.5 else published.year)
            years.add(published.year)
    return years


def _exists(told: ToldDate) -> bool:
    try:
        date(told.year or 1, told.month, told.day or 1)
    except ValueError:
        return False
    return True
