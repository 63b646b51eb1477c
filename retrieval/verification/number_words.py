"""The words of numbers, fractions and scales of a language, and how they add up to a value."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

from core.text import fold

Value = TypeVar("Value", int, float)

_THOUSAND = 1_000
_HUNDRED = 100
_TENS_FROM = 20
_FRENCH_BASES = (60, 80)
"""Tens on which ten to nineteen are counted: soixante-dix, quatre-vingt-dix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberWords:
    """Folded words of one language with their values.

    `values` are added, `scales` multiply what stands before them, `duals` are two of a scale,
    `shares` are parts of a whole, `before_scales` are so only before a scale, `multiples` stand
    for a whole number by themselves, `divisors` are followed by how many of the parts.
    """

    language: str
    values: Mapping[str, int]
    scales: Mapping[str, int]
    duals: Mapping[str, int]
    shares: Mapping[str, float]
    before_scales: Mapping[str, float]
    multiples: Mapping[str, int]
    divisors: Mapping[str, int]
    joints: frozenset[str]

    def knows(self, word: str) -> bool:
        """Whether `word` may be part of a number."""
        return word in self.values or word in self.scales or word in self.duals


@cache
def number_words(language: str) -> NumberWords | None:
    """The words of `language`; None for one that only figures are read of."""
    kept = _tables().get(language)
    if kept is None:
        return None
    return NumberWords(
        language=language,
        values=_folded(kept["values"]),
        scales=_folded(kept["scales"]),
        duals=_folded(kept.get("duals", {})),
        shares=_folded(kept["shares"]),
        before_scales=_folded(kept.get("before_scales", {})),
        multiples=_folded(kept["doubling"]),
        divisors=_folded(kept.get("divisors", {})),
        joints=frozenset(map(fold, kept["joints"])),
    )


@cache
def _tables() -> dict[str, Any]:
    text = (files("retrieval.verification") / "number_words.json").read_text(encoding="utf-8")
    tables: dict[str, Any] = json.loads(text)
    return tables


def _folded(table: Mapping[str, Value]) -> dict[str, Value]:
    return {fold(word): value for word, value in table.items()}


class Sum:
    """A number as its words are read, one after the other.

    >>> sum = Sum(number_words("en"))
    >>> [sum.take(word) for word in ("two", "hundred", "five", "thousand", "six")], sum.value
    ([True, True, True, True, True], 205006)
    """

    def __init__(self, table: NumberWords) -> None:
        self._table = table
        self._total = 0
        self._part = 0
        self._smallest_scale = 0
        self._words = 0
        self._last_is_scale = False

    @property
    def value(self) -> int:
        """What the words taken so far add up to."""
        return self._total + self._part

    def take(self, word: str, *, joined: bool = True) -> bool:
        """Add `word`; False, and nothing changes, if it cannot follow.

        `joined` tells that it stands directly behind the last or after a word such as "and".
        """
        is_scale = word in self._table.scales
        if self._words and not joined:
            return False
        taken = self._take_scale(word) if is_scale else self._take_value(word)
        if taken:
            self._words += 1
            self._last_is_scale = is_scale
        return taken

    def _take_scale(self, word: str) -> bool:
        if not self._words and word in self._table.duals:
            self._total += self._table.duals[word]
            return True
        scale = self._table.scales[word]
        if scale < _THOUSAND:
            return self._take_hundred(scale)
        if self._smallest_scale and scale >= self._smallest_scale and self._part:
            return False
        if self._last_is_scale and not self._part and scale > self._smallest_scale:
            # "mil millones": one scale multiplies the next.
            self._total *= scale
        else:
            self._total += max(self._part, 1) * scale
        self._part = 0
        self._smallest_scale = scale
        return True

    def _take_hundred(self, scale: int) -> bool:
        if self._part >= _HUNDRED:
            return False
        if self._part > 0 and self._part < _TENS_FROM:
            self._part *= scale
        elif self._part:
            return False
        else:
            self._part = scale
        return True

    def _take_value(self, word: str) -> bool:
        if word in self._table.duals:
            return self._take_dual(word)
        value = self._table.values.get(word)
        if value is None:
            return False
        below = self._part % _HUNDRED
        if value >= _HUNDRED:
            fits = self._part == 0
        elif self._table.language == "fr" and below == 4 and value == _TENS_FROM:  # quatre-vingt
            self._part += 4 * _TENS_FROM - below
            return True
        elif below == 0:
            fits = True
        else:
            fits = self._fits_below(below, value)
        if fits:
            self._part += value
        return fits

    def _take_dual(self, word: str) -> bool:
        if self._part or (self._smallest_scale and self._table.duals[word] > self._smallest_scale):
            return False
        self._total += self._table.duals[word]
        self._smallest_scale = self._table.duals[word] // 2
        return True

    def _fits_below(self, below: int, value: int) -> bool:
        """Whether a value under a hundred may follow one under a hundred."""
        if self._table.language == "fr" and below in _FRENCH_BASES and value < _TENS_FROM:
            return True
        if self._table.language == "ar" and below < 10:
            # Units stand before ten and before tens: ثلاثة عشر, ثلاث وعشرون.
            return value >= 10
        if below == 10:
            # on yedi, dix-sept
            return value < 10 and self._table.language in {"tr", "fr"}
        return below >= _TENS_FROM and below % 10 == 0 and value < 10


def spelled(words: Sequence[str], *, language: str) -> int | None:
    """The value of words that are one number and nothing else, folded; None if they are not.

    >>> spelled(fold("مليونان وثلاثمئة ألف").split(), language="ar")
    2300000
    """
    table = number_words(language)
    if table is None:
        return None
    total = Sum(table)
    for word in words:
        if word in table.joints:
            continue
        known = word if table.knows(word) else without_joint(word, language=language)
        if not total.take(known):
            return None
    return total.value


_PREFIXES = ("وال", "بال", "فال", "كال", "ولل", "ال", "لل", "و", "ب", "ل", "ف", "ك")


def without_joint(word: str, *, language: str) -> str:
    """An Arabic number word without what is written together with it; others as they are."""
    if language != "ar":
        return word
    table = number_words(language)
    for prefix in _PREFIXES:
        bare = word.removeprefix(prefix)
        if bare != word and table is not None:
            for form in (bare, bare.removesuffix("ا")):
                if table.knows(form) or form in table.shares:
                    return form
    bare = word.removesuffix("ا")
    return bare if table is not None and (table.knows(bare) or bare in table.shares) else word
