"""The words of a question with their places, and which of them carry what it is about."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from core.lexical.segments import is_unspaced, segmented
from core.lexical.stop_words import is_stop_word
from core.text import normalise

_MARKS = "\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0dff"
_LETTER = rf"[^\W_][{_MARKS}]*"
_WORD = re.compile(rf"(?:{_LETTER})+(?:[.,٫٬'’\u200c-](?:{_LETTER})+)*")
_ELISION = re.compile(r"(?:[cdjlmnst]|qu|jusqu|lorsqu)['’](?=\w)", re.IGNORECASE)
_INVERSION = re.compile(r"(?<=\w)-(?:t-)?(?:ils?|elles?|on|ce|nous|vous|tu|je)$", re.IGNORECASE)
"""French: "a-t-il" is a verb and its subject."""

YEAR = re.compile(r"(?<!\d)[12١٢۱۲]\d{3}(?!\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word as written, `text[start:end]`, and in normal form.

    `is_content` tells words of what the question is about from function words; `is_name` those
    with a capital letter that is not the first of the text.
    """

    written: str
    normal: str
    start: int
    end: int
    is_content: bool
    is_name: bool

    @property
    def is_figure(self) -> bool:
        """Whether it begins with a digit: "2024", "2023'te"."""
        return self.normal[:1].isdigit()


def words_of(text: str, *, language: str, functions: frozenset[str]) -> list[Word]:
    """Words of `text` in order; `functions` are no content, like the stop words of `language`."""
    found: list[Word] = []
    for run in _WORD.finditer(text):
        for written, start in _pieces(run[0], run.start(), language):
            normal = normalise(written)
            is_function = _is_function(normal, language, functions)
            found.append(
                Word(
                    written=written,
                    normal=normal,
                    start=start,
                    end=start + len(written),
                    is_content=bool(normal) and not is_function,
                    is_name=written[:1].isupper() and not is_function and bool(found),
                )
            )
    return found


def joined(words: Sequence[Word]) -> str:
    """`words` as they are written, with a space between those that do not touch."""
    text = ""
    for at, word in enumerate(words):
        touches = at > 0 and words[at - 1].end == word.start
        text += word.written if touches or not text else f" {word.written}"
    return text


def _is_function(normal: str, language: str, functions: frozenset[str]) -> bool:
    if not normal or normal.endswith(("'", "’")):
        return True
    if normal in functions or is_stop_word(normal, language=language):
        return True
    # ICU takes some pairs of function words for one word.
    return is_unspaced(normal) and all(
        character in functions or is_stop_word(character, language=language) for character in normal
    )


def _pieces(run: str, start: int, language: str) -> list[tuple[str, int]]:
    cuts = [0, len(run)]
    if is_unspaced(run):
        cuts = [0, *accumulate(map(len, segmented(run)))]
    elif language == "fr":
        elision, inversion = _ELISION.match(run), _INVERSION.search(run)
        cuts[1:1] = [] if elision is None else [elision.end()]
        cuts[-1:-1] = [] if inversion is None else [inversion.start()]
    return [(run[cut:end], start + cut) for cut, end in pairwise(cuts) if cut < end]
