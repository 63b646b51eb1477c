"""Where the words of a query stand in a passage, for results to be shown with emphasis."""

import unicodedata
from collections.abc import Collection, Iterator
from functools import lru_cache

from core.lexical import terms
from core.text import fold_letters, words
from retrieval.sentences import Span

_MIN_TERM_CHARS = 2
"""One letter alone is an article or a conjunction in most languages."""


def highlights(query: str, text: str, *, language: str) -> tuple[Span, ...]:
    """Spans of `text`, in order and apart, whose terms in `language` the query holds as well.

    Words match as the lexical leg matches them: whatever their spelling, marks and endings.

    >>> text = "وقّع البلدان «الشراكة»."
    >>> [text[s.start : s.end] for s in highlights("شراكة بلد", text, language="ar")]
    ['الشراكة']
    """
    wanted = {
        term for term in terms(query, language=language) if len(term) >= _MIN_TERM_CHARS
    } or set(terms(query, language=language))
    folded, places = _folded_with_places(text)
    found: list[Span] = []
    position = 0
    for word in words(folded):
        position = folded.index(word, position)
        for start, end in _matches(word, language=language, wanted=wanted):
            first, last = places[position + start], places[position + end - 1]
            span = Span(start=first, end=_after_marks(text, last + 1))
            joins = start > 0  # inside a word of an unspaced script, touching spans are one
            if found and span.start < found[-1].end + joins:
                span = Span(start=found[-1].start, end=max(found.pop().end, span.end))
            found.append(span)
        position += len(word)
    return tuple(found)


def _matches(word: str, *, language: str, wanted: Collection[str]) -> Iterator[tuple[int, int]]:
    """Start and end in `word` of each term that is wanted."""
    found = _terms_of_word(word, language)
    if len(found) == 1:
        if found[0] in wanted:
            yield 0, len(word)
        return
    position = 0  # several terms: an unspaced script, whose terms stand in it as they are
    for term in found:
        start = word.find(term, position)
        if start >= 0:
            position = start + 1
            if term in wanted:
                yield start, start + len(term)


def _after_marks(text: str, end: int) -> int:
    """`end` moved behind the vowel signs and accents of the letter in front of it."""
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return end


@lru_cache(maxsize=50_000)
def _terms_of_word(word: str, language: str) -> tuple[str, ...]:
    return tuple(terms(word, language=language))


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
