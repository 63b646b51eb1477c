"""Joins small units of text into passages of good size that break at natural places.

Dynamic programming over the units: the cheapest way to cut the sequence, where a passage
costs the more the farther it is from the target size, and a cut the more the less natural.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

from indexing.punctuation import Break

CHARS_PER_WEIGHT = 16
"""No real text has more characters a token; runs of spaces or marks do, and are bounded by it."""

_BREAK_COSTS = {
    Break.SECTION: -1.5,
    Break.PARAGRAPH: 0.0,
    Break.SENTENCE: 1.5,
    Break.CLAUSE: 4.0,
    Break.WORD: 6.0,
    Break.INSIDE_WORD: 8.0,
}
_AFTER_HEADING_COST = 50.0
_TINY_COST = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Text that is not cut further: `weight` in tokens, `break_after` how well a cut follows."""

    start: int
    end: int
    weight: int
    break_after: Break
    is_heading: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Sizes of passages in tokens: `good` is the least that is not too small."""

    tiny: int
    good: int
    target: int
    most: int


def pack(units: Sequence[Unit], *, sizes: Sizes) -> list[tuple[int, int]]:
    """Runs [first, last) of units, in order, that cover all of them.

    A run is at most `sizes.most` in weight unless a single unit is more; it ends with a
    heading only if it must.
    """
    costs = [0.0] + [inf] * len(units)
    begins = [0] * (len(units) + 1)
    for last in range(1, len(units) + 1):
        cut = 0.0 if last == len(units) else _break_cost(units[last - 1])
        weight = 0
        for first in range(last - 1, -1, -1):
            weight += units[first].weight
            chars = units[last - 1].end - units[first].start
            if first < last - 1 and max(weight, chars / CHARS_PER_WEIGHT) > sizes.most:
                break
            cost = costs[first] + _size_cost(weight, sizes) + cut
            if cost < costs[last]:
                costs[last], begins[last] = cost, first
    cuts = [len(units)]
    while cuts[-1] > 0:
        cuts.append(begins[cuts[-1]])
    return list(pairwise(reversed(cuts)))


def halve(units: Sequence[Unit]) -> int:
    """Index of the best cut near the middle of two or more units."""
    half = sum(unit.weight for unit in units) / 2
    best, least, weight = 1, inf, 0
    for index in range(1, len(units)):
        weight += units[index - 1].weight
        cost = _break_cost(units[index - 1]) + 10 * abs(weight - half) / max(half, 1)
        if cost < least:
            best, least = index, cost
    return best


def _break_cost(unit: Unit) -> float:
    return _AFTER_HEADING_COST if unit.is_heading else _BREAK_COSTS[unit.break_after]


def _size_cost(weight: int, sizes: Sizes) -> float:
    spread = 0.3 * ((weight - sizes.target) / (sizes.most - sizes.target)) ** 2
    if weight >= sizes.good:
        return spread
    missing = (sizes.good - weight) / (sizes.good - sizes.tiny)
    return 0.3 + 3 * missing + (_TINY_COST if weight < sizes.tiny else 0.0)
