"""A question folded for matching, with the way back from every character to the original."""

import re
import unicodedata
from dataclasses import dataclass

from core.text import fold_spellings

MASK = "\x00"
"""Stands for a character that no expression may touch."""

_QUOTED = re.compile('[“„][^“”„]*”|«[^«»]*»|"[^"]*"|「[^「」]*」|《[^《》]*》')


@dataclass(frozen=True, slots=True)
class Folded:
    """`text`, and for each of its characters the offset in the original; then its length."""

    text: str
    origins: tuple[int, ...]

    def without(self, start: int, end: int) -> "Folded":
        """Masked from `start` to `end`."""
        masked = self.text[:start] + MASK * (end - start) + self.text[end:]
        return Folded(masked, self.origins)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]`, not empty, stands in the original, with marks that follow."""
        return self.origins[start], max(self.origins[end], self.origins[end - 1] + 1)


def fold_question(question: str) -> Folded:
    """`question` in lower case, without accents, vowel marks and invisible characters.

    Letters that newsrooms mix are one, digits ASCII. What stands in quotation marks is masked, it
    names a title or repeats somebody's words, unless the whole question stands in them.

    >>> fold_question("في آذَار ٢٠١٨").text, fold_question("İki AĞUSTOS").text
    ('في اذار 2018', 'iki agustos')
    """
    characters, origins = [], []
    for offset, character in enumerate(question):
        for one in fold_character(character):
            characters.append(one)
            origins.append(offset)
    folded = Folded("".join(characters), (*origins, len(question)))
    for quoted in _QUOTED.finditer(folded.text):
        if len(quoted.group()) < len(folded.text.strip()) - 1:
            folded = folded.without(quoted.start(), quoted.end())
    return folded


def fold_expression(text: str) -> str:
    """An expression of our own folded as questions are."""
    return "".join(map(fold_character, text))


class _Characters(dict[str, str]):
    """Folded forms, learnt as characters come."""

    def __missing__(self, character: str) -> str:
        self[character] = folded = _folded(character)
        return folded


def fold_character(character: str) -> str:
    """What remains of one character: one or several, or "" of a mark."""
    return _CHARACTERS[character]


def _folded(character: str) -> str:
    if character in "’‘ʼ`´":
        return "'"
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    kept = [
        one
        for one in unicodedata.normalize("NFKD", character).casefold()
        if unicodedata.category(one) not in {"Mn", "Cf"} and one != "\u0640"  # tatweel
    ]
    return " " if kept and "".join(kept).isspace() else fold_spellings("".join(kept))


_CHARACTERS = _Characters()
