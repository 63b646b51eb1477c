"""Figures that say something together: "a year and a half", "from 47 to 61 million"."""

import re
from collections.abc import Sequence
from dataclasses import replace

from retrieval.verification.quantity import HALF, Quantity


def join_figures(text: str, found: Sequence[Quantity]) -> list[Quantity]:
    """The figures `found` in `text` with what they lend one another."""
    return [_with_durations(one) for one in _with_shared_scales(text, _with_halves(text, found))]


_AND_A_HALF = re.compile(r"^\s*(?:[^\W\d_]+\s+)?(?:and a|et|y|و|и с|ve)?\s*$")
_TO = re.compile(r"^\s*(?:-|–|to|and|or|a|au|et|y|o|ila|ile|الي|و|до|и|至|到)\s*$")


def _with_halves(text: str, found: Sequence[Quantity]) -> list[Quantity]:
    """One figure of a year and a half."""
    merged: list[Quantity] = []
    for one in found:
        last = merged[-1] if merged else None
        is_half = one.is_spelled and one.readings == {("share", HALF)}
        between = text[last.end : one.start] if last else ""
        if last and is_half and between.strip() and _AND_A_HALF.match(between):
            readings = frozenset((kind, v + HALF) for kind, v in last.readings if kind == "number")
            merged[-1] = replace(last, readings=readings, end=one.end)
        else:
            merged.append(one)
    return merged


def _with_shared_scales(text: str, found: Sequence[Quantity]) -> list[Quantity]:
    """The first of 47 to 61 million may be of millions, too, and of what the second counts."""
    shared = list(found)
    for i in range(len(found) - 1):
        one, following = found[i], found[i + 1]
        if one.scale == 1 and _TO.match(text[one.end : following.start]):
            scaled = {(kind, v * following.scale) for kind, v in one.readings if kind == "number"}
            unit = one.unit or following.unit
            shared[i] = replace(one, readings=one.readings | scaled, unit=unit)
    return shared


_DURATIONS = {
    "year": ("months", 12),
    "month": ("months", 1),
    "week": ("days", 7),
    "day": ("days", 1),
    "hour": ("minutes", 60),
    "minute": ("minutes", 1),
}
"""What a unit of time is counted in to be compared with another."""


def _with_durations(one: Quantity) -> Quantity:
    """With the reading in smaller units: a year and a half are 18 months."""
    if one.unit not in _DURATIONS:
        return one
    smaller, factor = _DURATIONS[one.unit]
    told = {(smaller, value * factor) for kind, value in one.readings if kind == "number"}
    return replace(one, readings=one.readings | told)
