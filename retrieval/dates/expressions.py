"""Finds the expressions of time in a folded question: rules over words and the dates between."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from retrieval.dates.dates import FoundDate, find_dates, with_dates_replaced
from retrieval.dates.folding import Folded
from retrieval.dates.grammar import BARE_YEAR, DAY, DAYS, MONTH, YEAR, Grammar
from retrieval.dates.meanings import Meaning, of_dates, of_today

EARLIEST_BARE_YEAR = 1990
"""Four digits without a preposition are a year of the archive's time, or not a year."""

ROUND_YEAR = 2000
"""A quantity more often than a year, unless a preposition says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """What `text[start:end]` of a folded question means."""

    start: int
    end: int
    meaning: Meaning


def find_expressions(
    folded: Folded, grammar: Grammar | None, *, today: date
) -> tuple[Expression, ...]:
    """All expressions in order, apart from one another; where two overlap, the longer one."""
    for trap in grammar.traps if grammar is not None else ():
        for match in trap.finditer(folded.text):
            folded = folded.without(match.start(), match.end())
    dates = find_dates(folded.text, grammar, today=today)
    found: list[Expression] = []
    if grammar is not None:
        text = with_dates_replaced(folded.text, dates)
        for one in sorted(
            _by_rules(text, dates, grammar, today=today), key=lambda one: one.start - one.end
        ):
            if _is_apart(one, found):
                found.append(one)
    for one in _by_themselves(dates, today=today):
        if _is_apart(one, found):
            found.append(one)
    return tuple(sorted(found, key=lambda one: one.start))


def _by_rules(
    text: str, dates: Sequence[FoundDate], grammar: Grammar, *, today: date
) -> Iterator[Expression]:
    for rule, pattern in grammar.rules:
        for match in pattern.finditer(text):
            inside = [one for one in dates if match.start() <= one.start < match.end()]
            try:
                meaning = _meaning(rule, match, inside, grammar, today=today)
            except (ValueError, OverflowError):  # no such time, or before the year 1
                continue
            yield Expression(start=match.start(), end=match.end(), meaning=meaning)


def _meaning(
    rule: str, match: re.Match[str], dates: Sequence[FoundDate], grammar: Grammar, *, today: date
) -> Meaning:
    if dates:
        return of_dates(rule, dates)
    said = {key: value for key, value in match.groupdict().items() if value is not None}
    number = said.get("n", "2" if "pair" in said else "1")
    unit = said.get("unit", said.get("pair"))
    return of_today(
        rule,
        today=today,
        count=int(number) if number.isdecimal() else grammar.names["n"][number],
        unit="day" if unit is None else grammar.units[unit],
        weekday=grammar.names["weekday"][said["weekday"]] if "weekday" in said else 0,
    )


def _by_themselves(dates: Sequence[FoundDate], *, today: date) -> Iterator[Expression]:
    """Dates that need no words around them."""
    for one in dates:
        year = one.days.first.year
        is_year = one.kind == BARE_YEAR and EARLIEST_BARE_YEAR <= year <= today.year
        if one.kind in {DAY, MONTH, YEAR, DAYS} or (is_year and year != ROUND_YEAR):
            yield Expression(start=one.start, end=one.end, meaning=of_dates("in", [one]))


def _is_apart(one: Expression, others: Sequence[Expression]) -> bool:
    return all(one.end <= other.start or other.end <= one.start for other in others)
