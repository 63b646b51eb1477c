"""Figures that say something together: "a year and a half", "from 47 to 61 million"."""

import re
from collections.abc import Sequence
from dataclasses import replace

from retrieval.verification.quantity import HALF, Quantity


def join_figures(text: str, found: Sequence[Quantity]) -> list[Quantity]:
    """The figures `found` in `text` with what they lend one another."""
    summed = _with_sums(text, _with_halves(text, found))
    timed = [_with_durations(one) for one in _with_shared_scales(text, summed)]
    return _with_whole_spans(text, timed)


_AND_A_HALF = re.compile(r"^\s*(?:[^\W\d_]+\s+)?(?:and a|et|y|و|и с|ve)?\s*$")
_JOINT = re.compile("and a|et|y|و|и с|ve")
_HALF_BEHIND = re.compile(r"\s*(?:y medi[oa]|et demie?|and a half|ونصف|bucuk)(?!\w)")
_SPAN_JOINT = re.compile(r"(?:[^\W\d_]+\s+)?(?:and|et|y|ve|и|و)?|[^\W\d_]+")
_TO = re.compile(r"^\s*(?:-|–|to|and|or|a|au|et|y|o|ila|ile|الي|و|до|и|至|到)\s*$")


def _with_halves(text: str, found: Sequence[Quantity]) -> list[Quantity]:
    """One figure of a year and a half."""
    merged: list[Quantity] = []
    for one in found:
        last = merged[-1] if merged else None
        is_half = one.is_spelled and one.readings == {("share", HALF)}
        between = text[last.end : one.start] if last else ""
        if last and is_half and between.strip() and _AND_A_HALF.match(between):
            # Half of the scale, or of what is counted where its word stands between.
            half = HALF * (_scale(last) if _JOINT.fullmatch(between.strip()) else 1)
            readings = frozenset((kind, v + half) for kind, v in last.readings if kind == "number")
            merged[-1] = replace(last, readings=readings, end=one.end)
        else:
            merged.append(one)
    return merged


def _with_sums(text: str, found: Sequence[Quantity]) -> list[Quantity]:
    """One figure of "مليون و673 ألف و230", and of two million and a half."""
    merged: list[Quantity] = []
    for one in found:
        last = merged[-1] if merged else None
        if last and _is_joined(text, last, one) and 0 < one.value < _scale(last):
            readings = frozenset({("number", last.value + one.value)})
            merged[-1] = replace(one, readings=readings, start=last.start)
        elif last and one.start < last.end:
            continue  # the half that was read with the figure before it
        else:
            merged.append(_with_half_behind(text, one, found))
    return merged


def _with_half_behind(text: str, one: Quantity, found: Sequence[Quantity]) -> Quantity:
    """Two million and a half; half a million that follows is a figure of its own."""
    half = _HALF_BEHIND.match(text[one.end :])
    if half is None or _scale(one) == 1:
        return one
    end = one.end + half.end()
    if any(one.end <= other.start < end < other.end for other in found):
        return one
    return replace(one, readings=frozenset({("number", one.value + HALF * _scale(one))}), end=end)


def _is_joined(text: str, last: Quantity, one: Quantity) -> bool:
    between = text[last.end : one.start].strip()
    is_number = {kind for kind, _ in one.readings} == {"number"}
    return is_number and (between == "و" or (not between and text[one.start] == "و"))


def _scale(one: Quantity) -> int:
    """The largest scale of which a figure is so many; 1 for none."""
    if {kind for kind, _ in one.readings} != {"number"}:
        return 1
    scales = (10**12, 10**9, 10**6, 10**3)
    return next((scale for scale in scales if one.value >= scale and one.value % scale == 0), 1)


def _with_whole_spans(text: str, found: Sequence[Quantity]) -> list[Quantity]:
    """Both figures of "two years and four months" may mean the whole: 28 months."""
    whole = list(found)
    for i in range(len(found) - 1):
        one, other = found[i], found[i + 1]
        between = text[one.end : other.start].strip()
        if one.unit == "year" and other.unit == "month" and _SPAN_JOINT.fullmatch(between):
            total = ("months", one.value * 12 + other.value)
            whole[i] = replace(one, readings=one.readings | {total})
            whole[i + 1] = replace(other, readings=other.readings | {total})
    return whole


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
    # Half an hour is a share by its word and a span by its unit.
    told = {
        (smaller, value * factor) for kind, value in one.readings if kind in {"number", "share"}
    }
    return replace(one, readings=one.readings | told)
