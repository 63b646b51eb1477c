"""A question as short answers are sought for it: its kind, and which of its words tell what."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.lexical import terms
from core.lexical.stop_words import is_stop_word
from core.ports import TokenLocator
from core.text import normalise
from core.types import Vectors
from retrieval.answering.spans.asked import Asked, measure_asked, question_words, what_is_asked
from retrieval.answering.spans.units import split_units, token_slices
from retrieval.reading import Reading


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Wanted:
    """What a short answer should be and stand near to.

    Attributes:
        kind: What is asked for.
        language: Of the question.
        whole: (tokens, dim) centred, unit norm: all tokens of the question.
        telling: Those of its words that are no function words.
        asking: Those of its question words.
        head: Those of the first telling word after them: "city" of "which city".
        terms: Index terms of its telling words.
        figures: Its figures, folded.
        measure: "money" or "percent", if it asks for an amount or a share.
    """

    kind: Asked
    language: str
    whole: Vectors
    telling: Vectors
    asking: Vectors
    head: Vectors
    terms: frozenset[str]
    figures: frozenset[str]
    measure: str | None


def read_wanted(reading: Reading, locator: TokenLocator) -> Wanted:
    """What `reading` asks for; `locator` reads as its embedder does."""
    text, language = reading.text, reading.language
    tokens = reading.question_tokens()
    units = split_units(text)
    asks = question_words(text, language=language)
    asking = [unit.folded in asks for unit in units]
    telling = [
        not asks_ and not is_stop_word(normalise(text[unit.start : unit.end]), language=language)
        for unit, asks_ in zip(units, asking, strict=True)
    ]
    first = next((i for i, one in enumerate(asking) if one), len(units))
    head = [i == _next(telling, first) for i in range(len(units))]
    slices = token_slices(units, text, tokens=len(tokens), locator=locator)
    of_asking = _chosen(tokens, slices, asking)
    return Wanted(
        kind=what_is_asked(text, language=language),
        language=language,
        whole=tokens,
        telling=_chosen(tokens, slices, telling),
        asking=of_asking,
        head=_chosen(tokens, slices, head) if any(head) else of_asking,
        terms=frozenset(
            term
            for unit, tells in zip(units, telling, strict=True)
            if tells
            for term in terms(text[unit.start : unit.end], language=language)
        ),
        figures=frozenset(unit.folded for unit in units if unit.is_figure),
        measure=measure_asked(text, language=language),
    )


def _next(flags: Sequence[bool], place: int) -> int | None:
    return next((i for i in range(place, len(flags)) if flags[i]), None)


def _chosen(tokens: Vectors, slices: Sequence[slice], flags: Sequence[bool]) -> Vectors:
    """The tokens of the units that are flagged; all, if none is."""
    chosen: NDArray[np.bool_] = np.zeros(len(tokens), dtype=np.bool_)
    for one, flag in zip(slices, flags, strict=True):
        chosen[one] |= flag
    return tokens[chosen] if chosen.any() else tokens
