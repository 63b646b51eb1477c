"""Whether the figures of a sentence count what they count in the quotes, or were exchanged."""

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from core.lexical.stop_words import is_stop_word
from core.text import fold
from core.types import Vectors
from retrieval.verification.dates import is_year, read_calendar
from retrieval.verification.literals import readable
from retrieval.verification.quantities import find_quantities
from retrieval.verification.quantity import Quantity
from retrieval.verification.words import Word

_WORDS_BEFORE = 2
_WORDS_AFTER = 2

Figure = tuple[Quantity, NDArray[np.intp]]
"""A figure and the places of the tokens around it, which tell what it counts."""


def figures_with_context(text: str, words: Sequence[Word], *, language: str) -> list[Figure]:
    """The figures of a text but dates, each with the tokens of the words around it."""
    folded = readable(text)
    quantities = find_quantities(folded, language=language)
    spans = list(_places(words, folded))
    is_figure = [any(q.start < end and start < q.end for q in quantities) for start, end in spans]
    dated = [
        span
        for told in read_calendar(folded, quantities, language=language).dates
        for span in told.spans
    ]
    found = []
    for quantity in quantities:
        own = [
            i
            for i, (start, end) in enumerate(spans)
            if quantity.start < end and start < quantity.end
        ]
        is_date = any(start < quantity.end and quantity.start < end for start, end in dated)
        if not own or is_date or is_year(quantity):
            continue
        around = [
            *range(max(0, own[0] - _WORDS_BEFORE), own[0]),
            *range(own[-1] + 1, min(len(words), own[-1] + 1 + _WORDS_AFTER)),
        ]
        told = [
            token
            for i in around
            if not is_figure[i] and not is_stop_word(fold(words[i].text), language=language)
            for token in range(words[i].first, words[i].last)
        ]
        found.append((quantity, np.array(told, dtype=np.intp)))
    return found


def exchange_margin(
    sentence: Sequence[Figure], tokens: Vectors, quote: Sequence[Figure], quote_tokens: Vectors
) -> float:
    """How much better two figures are met as they stand than exchanged, at worst; 1 if none can be.

    Below 0, the words around two figures are met better by those around the other's.
    """
    pairs = []
    for quantity, around in sentence:
        same = [other for other in quote if quantity.readings & other[0].readings]
        if len(same) == 1 and len(around) and len(same[0][1]):
            pairs.append((around, same[0][1], quantity.value))
    margins = [1.0]
    for (one, one_met, value), (two, two_met, other) in combinations(pairs, 2):
        if value == other or np.array_equal(one_met, two_met):
            continue
        stands = _met(tokens[one], quote_tokens[one_met]) + _met(tokens[two], quote_tokens[two_met])
        swapped = _met(tokens[one], quote_tokens[two_met]) + _met(
            tokens[two], quote_tokens[one_met]
        )
        margins.append((stands - swapped) / 2)
    return min(margins)


def _met(one: Vectors, other: Vectors) -> float:
    cosines = one @ other.T
    return float(cosines.max(axis=1).mean() + cosines.max(axis=0).mean()) / 2


def _places(words: Sequence[Word], folded: str) -> Iterator[tuple[int, int]]:
    """Where each word stands in the folded text."""
    position = 0
    for word in words:
        told = readable(word.text)
        start = folded.find(told, position)
        if start < 0:
            yield position, position
            continue
        position = start + len(told)
        yield start, position
