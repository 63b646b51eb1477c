"""Spellings of a word that one language takes for the same."""

from core.lexical.persian import fold_persian_letters
from core.text import fold_accents, fold_spellings

PERSIAN_LETTERS = frozenset({"fa", "ur", "ps", "ku", "sd", "ug"})
"""Languages in whose words پ چ گ are letters of their own."""


def fold_form(word: str, *, language: str) -> str:
    """A normal `word`, unstemmed, with variants of letters as one and without accents.

    >>> fold_form("گروه", language="fa"), fold_form("أوروبا", language="ar")
    ('گروه', 'اوروبا')
    """
    if language in PERSIAN_LETTERS:
        return fold_accents(fold_persian_letters(word))
    return fold_accents(fold_spellings(word))
