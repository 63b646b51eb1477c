"""Where the words of a query stand in a passage, for results to be shown with emphasis."""

import re
import unicodedata
from functools import lru_cache

from core.lexical import query_terms, terms
from core.lexical.segments import is_han, pairs
from core.text import normalise, words
from retrieval.sentences import Span

_MIN_TERM_CHARS = 2
"""One letter alone is an article or a conjunction in most languages."""

_CHUNK = re.compile(r"[^\s。、；：！？「」《》]+")
"""Runs that no word goes beyond; not the wide comma, which may stand in a number."""

_LONGEST_KEPT = 60
"""Characters of a run that is kept for the next passage that holds it."""


def highlights(query: str, text: str, *, language: str) -> tuple[Span, ...]:
    """Spans of `text`, in order and apart, whose terms in `language` the query holds as well.

    Words match as the lexical leg matches them: whatever their spelling, marks and endings, and
    not for a stop word of the query.

    >>> text = "وقّع البلدان «الشراكة»."
    >>> [text[s.start : s.end] for s in highlights("شراكة بلد", text, language="ar")]
    ['البلدان', 'الشراكة']
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
    found = frozenset(query_terms(query, language=language))
    longer = {term for term in found if len(term) >= _MIN_TERM_CHARS}
    # However a Han name is cut into words, its pairs are the same.
    found_pairs = (pair for word in words(normalise(query)) for pair in pairs(word))
    longer.update(pair for pair in found_pairs if len(pair) > 1 and is_han(pair))
    return frozenset(longer) or found


@lru_cache(maxsize=50_000)
def _placed_terms(chunk: str, language: str) -> tuple[tuple[str, int, int, bool], ...]:
    """Each term in `chunk`, its start and end, and whether it joins one that it touches."""
    folded, places = _folded_with_places(chunk)
    found = []
    position = 0
    for word in words(folded):
        position = folded.index(word, position)
        for start, end, term in _terms_in(word, language=language):
            first, last = places[position + start], places[position + end - 1]
            # Inside a word of an unspaced script, touching spans are one.
            found.append((term, first, _after_marks(chunk, last + 1), start > 0))
        position += len(word)
    return tuple(found)


def _terms_in(word: str, *, language: str) -> list[tuple[int, int, str]]:
    """Start and end in `word` of each of its terms, in order of place."""
    found = terms(word, language=language)
    if len(found) == 1:
        return [(0, len(word), found[0])]
    # Several terms: an unspaced script or a date, in which they stand as they are.
    parts = {*found, *filter(is_han, pairs(word))}
    return sorted(
        (match.start(), match.start() + len(part), part)
        for part in parts
        for match in re.finditer(f"(?={re.escape(part)})", word)
    )


def _after_marks(text: str, end: int) -> int:
    """`end` moved behind the vowel signs and accents of the letter in front of it."""
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return end


def _folded_with_places(text: str) -> tuple[str, list[int]]:
    """`text` normalised letter by letter, and for each character of it the place in `text`."""
    folded: list[str] = []
    places: list[int] = []
    place = 0
    while place < len(text):
        end = _after_marks(text, place + 1)  # an accent of its own is part of its letter
        letter = _normal_letter(text[place:end])
        folded.append(letter)
        places.extend([place] * len(letter))
        place = end
    return "".join(folded), places


@lru_cache(maxsize=10_000)
def _normal_letter(letter: str) -> str:
    return normalise(letter)
