"""Whether a sentence that tells a rise or a fall tells its two figures in that order."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from retrieval.verification.dates import is_year
from retrieval.verification.literals import readable
from retrieval.verification.polarity import RISE, Polarity
from retrieval.verification.quantities import find_quantities
from retrieval.verification.quantity import Quantity

_FROM = re.compile(r"(?:\b(?:from|de|du|des|desde|من|с|со|از)|[从由])\s?[$€£]?$")
_TO = re.compile(r"(?:\b(?:to|a|au|aux|hasta|الي|до|به)|[到至])\s?[$€£]?$")
_FROM_WITHIN = re.compile(r"\b(?:from|de|du|des|desde|من|с|со|از)\b")
_TURKISH_FROM = re.compile(r"\w(?:den|dan|ten|tan)\b")
_LONGEST = 60


def direction_problem(
    sentence: str, own: Polarity, quotes: Sequence[Polarity], *, language: str
) -> str | None:
    """What is wrong with the order of two figures, if something is.

    Where the sentence does not say whether something rose or fell, its quotes do.

    >>> from retrieval.verification.polarity import read_polarity
    >>> text = "The rate fell from 8.4% to 23%."
    >>> direction_problem(text, read_polarity(text, language="en"), [], language="en")
    'a fall from 0.084 to 0.23'
    """
    sides = own.sides.get(RISE, frozenset()) or {
        side for quote in quotes for side in quote.sides.get(RISE, frozenset())
    }
    if len(sides) != 1:
        return None
    rises = 0 in sides
    text = readable(sentence)
    for old, new in _changes(text, find_quantities(text, language=language)):
        if old.value != new.value and (new.value > old.value) != rises:
            return f"a {'rise' if rises else 'fall'} from {old.value:g} to {new.value:g}"
    return None


def _changes(text: str, quantities: Sequence[Quantity]) -> Iterator[tuple[Quantity, Quantity]]:
    """Pairs of figures of which the text says that one became the other."""
    for one, other in pairwise(one for one in quantities if not is_year(one)):
        between = text[one.end : other.start]
        if len(between) > _LONGEST or {kind for kind, _ in one.readings}.isdisjoint(
            kind for kind, _ in other.readings
        ):
            continue
        before = text[: one.start]
        if _FROM.search(before) and _TO.search(between):
            yield one, other
        elif _TO.search(before) and _FROM_WITHIN.search(between):
            yield other, one
        elif _TURKISH_FROM.search(text[one.start : other.start]):
            yield one, other
