"""Where the words of a query stand in a passage, for results to be shown with emphasis."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from core.lexical import terms
from core.text import fold_letters, words
from retrieval.sentences import Span

_MIN_TERM_CHARS = 2
"""One letter alone is an article or a conjunction in most languages."""

_CHUNK = re.compile(r"[^\s。、；：！？「」《》]+")
"""Runs that no word goes beyond; not the wide comma, which may stand in a number."""

_LONGEST_KEPT = 60
"""Characters of a run that is kept for the next passage that holds it."""


def highlights(query: str, text: str, *, language: str) -> tuple[Span, ...]:
    """Spans of `text`, in order and apart, whose terms in `language` the query holds as well.

    Words match as the lexical leg matches them: whatever their spelling, marks and endings.

    >>> text = "وقّع البلدان «الشراكة»."
    >>> [text[s.start : s.end] for s in highlights("شراكة بلد", text, language="ar")]
    ['الشراكة']
    """
    wanted = _wanted_terms(query, language)
    found: list[Span] = []
    for chunk in _CHUNK.finditer(text):
        placed = _placed_terms if len(chunk[0]) <= _LONGEST_KEPT else _placed_terms.__wrapped__
        offset = chunk.start()
        for term, start, end, joins in placed(chunk[0], language):
            if term not in wanted:
                continue
            span = Span(start=offset + start, end=offset + end)
            if found and span.start < found[-1].end + joins:
                span = Span(start=found[-1].start, end=max(found.pop().end, span.end))
            found.append(span)
    return tuple(found)


@lru_cache(maxsize=1_000)
def _wanted_terms(query: str, language: str) -> frozenset[str]:
    found = frozenset(terms(query, language=language))
    return frozenset(term for term in found if len(term) >= _MIN_TERM_CHARS) or found


@lru_cache(maxsize=50_000)
def _placed_terms(chunk: str, language: str) -> tuple[tuple[str, int, int, bool], ...]:
    """Each term in `chunk`, its start and end, and whether it joins one that it touches."""
    folded, places = _folded_with_places(chunk)
    found = []
    position = 0
    for word in words(folded):
        position = folded.index(word, position)
        for term, start, end in _terms_in(word, language=language):
            first, last = places[position + start], places[position + end - 1]
            # Inside a word of an unspaced script, touching spans are one.
            found.append((term, first, _after_marks(chunk, last + 1), start > 0))
        position += len(word)
    return tuple(found)


def _terms_in(word: str, *, language: str) -> Iterator[tuple[str, int, int]]:
    """Each term of `word` with its start and end in it."""
    found = terms(word, language=language)
    if len(found) == 1:
        yield found[0], 0, len(word)
        return
    position = 0  # several terms: an unspaced script, whose terms stand in it as they are
    for term in found:
        start = word.find(term, position)
        if start >= 0:
            position = start + 1
            yield term, start, start + len(term)


def _after_marks(text: str, end: int) -> int:
    """`end` moved behind the vowel signs and accents of the letter in front of it."""
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return end


def _folded_with_places(text: str) -> tuple[str, list[int]]:
    """`text` folded letter by letter, and for each folded character its place in `text`."""
    folded: list[str] = []
    places: list[int] = []
    place = 0
    while place < len(text):
        end = _after_marks(text, place + 1)  # an accent of its own is part of its letter
        letter = _fold_letter(text[place:end])
        folded.append(letter)
        places.extend([place] * len(letter))
        place = end
    return "".join(folded), places


@lru_cache(maxsize=10_000)
def _fold_letter(letter: str) -> str:
    return fold_letters(letter)
