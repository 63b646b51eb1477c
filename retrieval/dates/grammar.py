"""How a language names times: its file of expressions as compiled patterns over folded text.

A file of `languages/` holds names (of months, units, weekdays, numbers) and patterns, written as
people spell them; both are folded as questions are. Patterns are regular expressions in lower case,
without named groups, with these blanks:

    {d} {y} {m} {hy} {hm} {sy} {sm} {decade}   parts of dates: day, year, month (Hijri: h, Solar: s)
    {day} {hijri}                              "day" and "hijri_year" of the file
    {fromday} {lastday}                        the ends of a range of days within a month
    {time} {year} {month} {daydate}            in rules: any date; a year; a bare month; a day
    {any}                                      a date, or a word that may be a month
    {n} {unit} {weekday} {number}              a number, a unit of time, a day of the week, digits
    {pair}                                     two of a unit in one word
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from retrieval.dates.folding import fold_expression

DAY, MONTH, YEAR = "\ue000", "\ue001", "\ue002"
BARE_YEAR, BARE_MONTH, BARE_DAY, DAYS = "\ue003", "\ue004", "\ue005", "\ue006"
WORD = "\ue007"
"""Stand in the place of a date, by what it names: a day, a month or a year; digits that may be a
year; a month, or a day of one, without its year; a range of days; a word that may be a month."""


class LanguageFile(BaseModel):
    """A file of `languages/`.

    `not_alone` are names of months that mean something else unless a day or year stands by them, or
    a rule wants them. `day_comes_first` tells how 3/4/2018 is read; false: not at all. `attached`
    are letters that are written together with the word that follows, as in وفي; dates may have an
    `ending`. `pairs` are two of a unit in one word. `published` tells that a question asks for
    articles themselves, `happened` that "today" is the day and not our time. `traps` hold no time,
    whatever they look like.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    words_are_parted: bool = True
    attached: str = ""
    ending: str = ""
    months: list[list[str]]
    hijri_months: list[list[str]] = []
    solar_months: list[list[str]] = []
    not_alone: list[str] = []
    numbers: dict[str, int]
    units: dict[str, list[str]]
    pairs: dict[str, list[str]] = {}
    weekdays: list[list[str]]
    day: str = "{d}"
    day_comes_first: bool = True
    year_end: str = r"(?!\w)"
    hijri_year: str = "{hy}"
    dates: list[str]
    rules: dict[str, list[str]]
    published: list[str]
    happened: list[str]
    traps: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """The expressions of one language, for folded text.

    `names` give the number of a month (1 to 12), a weekday (0 is Monday) or a number by group and
    name; `rules` are for text in which dates are replaced by DAY … DAYS.
    """

    names: Mapping[str, Mapping[str, int]]
    units: Mapping[str, str]
    not_alone: frozenset[str]
    day_comes_first: bool
    dates: Sequence[re.Pattern[str]]
    rules: Sequence[tuple[str, re.Pattern[str]]]
    published: re.Pattern[str]
    happened: re.Pattern[str]
    traps: Sequence[re.Pattern[str]]


@cache
def languages() -> frozenset[str]:
    """Those whose expressions are known."""
    entries = (files("retrieval") / "dates" / "languages").iterdir()
    return frozenset(
        entry.name.removesuffix(".json") for entry in entries if entry.name.endswith(".json")
    )


@cache
def grammar_of(language: str) -> Grammar | None:
    """The grammar of a language, None if it has no file."""
    if language not in languages():
        return None
    path = files("retrieval") / "dates" / "languages" / f"{language}.json"
    return _compiled(LanguageFile.model_validate_json(path.read_text(encoding="utf-8")))


def _compiled(file: LanguageFile) -> Grammar:
    names = {
        "m": _numbered(file.months, first=1),
        "hm": _numbered(file.hijri_months, first=1),
        "sm": _numbered(file.solar_months, first=1),
        "weekday": _numbered(file.weekdays, first=0),
        "n": {fold_expression(name): number for name, number in file.numbers.items()},
    }
    units, pairs = _by_name(file.units), _by_name(file.pairs)
    blanks = _blanks(file, names, units, pairs)
    date = _parted(file, ending=file.ending)
    other = _parted(file)

    def pattern(written: str, around: str = other) -> re.Pattern[str]:
        return re.compile(around % _filled(written, blanks))

    return Grammar(
        names=names,
        units={**units, **pairs},
        not_alone=frozenset(map(fold_expression, file.not_alone)),
        day_comes_first=file.day_comes_first,
        dates=[pattern(one, date) for one in (*file.dates, "{y}")],
        rules=[(meaning, pattern(one)) for meaning, each in file.rules.items() for one in each],
        published=pattern("|".join(file.published)),
        happened=pattern("|".join(file.happened)),
        traps=[pattern(one) for one in file.traps],
    )


def _blanks(
    file: LanguageFile,
    names: Mapping[str, Mapping[str, int]],
    units: Iterable[str],
    pairs: Iterable[str],
) -> dict[str, str]:
    """Patterns by blank, folded. A date has no more digits, dots or colons at its ends."""
    before, after = r"(?<![\d.,:/-])", r"(?!\d|[.,:/-]\d)"
    year_end = fold_expression(file.year_end)
    month = _one_of(names["m"])
    blanks = {
        "d": rf"{before}(?P<d>0?[1-9]|[12]\d|3[01])(?!\d)",
        "fromday": rf"{before}(?P<from>0?[1-9]|[12]\d|3[01])(?!\d)",
        "lastday": r"(?P<d>0?[1-9]|[12]\d|3[01])(?!\d)",
        "y": rf"(?<![\da-z.,:/-])(?P<y>(?:1[5-9]|20)\d\d){after}{year_end}",
        # Both names of a month, as in كانون الثاني/يناير.
        "m": rf"(?P<m>{month})(?: ?[/(] ?(?:{month})\)?)?",
        "hy": rf"{before}(?P<hy>1[34]\d\d){after}",
        "hm": f"(?P<hm>{_one_of(names['hm'])})",
        "sy": rf"{before}(?P<sy>1[34]\d\d){after}",
        "sm": f"(?P<sm>{_one_of(names['sm'])})",
        "decade": rf"{before}(?P<decade>(?:1[89]|20)\d0)",
        "time": f"[{DAY}-{DAYS}]+",
        "daydate": f"[{DAY}{BARE_DAY}]+",
        "year": f"[{YEAR}{BARE_YEAR}]+",
        "month": f"[{BARE_MONTH}{WORD}]+",
        "any": f"[{DAY}-{WORD}]+",
        "n": rf"(?P<n>\d{{1,3}}|{_one_of(names['n'])})",
        "number": r"\d+",
        "unit": f"(?P<unit>{_one_of(units)})",
        "pair": f"(?P<pair>{_one_of(pairs)})",
        "weekday": f"(?P<weekday>{_one_of(names['weekday'])})",
    }
    for name, written in {"day": file.day, "hijri": file.hijri_year}.items():
        blanks[name] = _filled(written, blanks)
    return blanks


def _parted(file: LanguageFile, *, ending: str = "") -> str:
    """A pattern in the place of %s, apart from other words."""
    if not file.words_are_parted:
        return "(?:%s)"
    letter = r"[^\W\d_]"
    attached = f"|(?<=(?<!{letter})[{file.attached}])" if file.attached else ""
    ending = f"|(?={fold_expression(ending)}(?!{letter}))" if ending else ""
    return f"(?:(?<!{letter}){attached})(?:%s)(?:(?!{letter}){ending})"


def _filled(pattern: str, blanks: Mapping[str, str]) -> str:
    filled = fold_expression(pattern)
    for name, filling in blanks.items():
        filled = filled.replace(f"{{{name}}}", filling)
    return filled


def _one_of(names: Iterable[str]) -> str:
    """The longest first; nothing if there are none."""
    return "|".join(map(re.escape, sorted(names, key=lambda name: (-len(name), name)))) or "(?!)"


def _by_name(names: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {fold_expression(name): key for key, each in names.items() for name in each}


def _numbered(names: Sequence[Sequence[str]], *, first: int) -> dict[str, int]:
    return {
        fold_expression(name): number
        for number, each in enumerate(names, start=first)
        for name in each
    }
