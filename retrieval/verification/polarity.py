"""Whether a sentence denies what its quotes say, or says the opposite, told by words alone.

The words are those of news: rise and fall, open and close, accept and refuse, compass points,
and the like, in five to eight languages. Who did what to whom is beyond it.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from core.text import fold

RISE = 0
"""Place of rise and fall among the opposites; side 0 is the rise."""

_ARABIC_PREFIX = "(?:و|ف)?(?:س|ب|ل|ك)?(?:ال|ل)?"
_STILL = re.compile(r"\bلا [يت]زال\w*|\bما زال\w*|\bnot only\b|\bnon seulement\b|\bno solo\b")
"""Negators that negate nothing."""

_UNSPACED = frozenset({"zh", "ja"})
_TURKISH_NEGATION = re.compile(
    r"(?<!\w)\w{2,}(?:m[ae]d[iı]\w*|m[ae]z\w*|m[ae]y[ae]\w*|m[iıuü]yor\w*|m[ae]m[iı]s\w*"
    r"|m[ae]d[ae]n|m[ae]k?s[iı]z[iı]n|s[iı]z)(?!\w)"
)
_CONTRACTED = re.compile(r"n['’]t(?!\w)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Polarity:
    """What words of a text tell: a negator, a negative word, and sides of known opposites."""

    negators: int
    negative_words: int
    sides: Mapping[int, frozenset[int]]


def read_polarity(text: str, *, language: str) -> Polarity:
    """The polarity of a text in `language`; nothing is known of one without a table."""
    folded = _STILL.sub(" ", fold(text))
    sides: dict[int, frozenset[int]] = {
        i: frozenset(side for side, words in enumerate(pair) if words and words.search(folded))
        for i, pair in enumerate(_opposites(language))
    }
    negators = len(_pattern(language, "negators").findall(folded))
    if language == "tr":
        negators += len(_TURKISH_NEGATION.findall(folded))
    if language == "en":
        negators += len(_CONTRACTED.findall(folded))
    return Polarity(
        negators=negators,
        negative_words=len(_pattern(language, "negative words").findall(folded)),
        sides=sides,
    )


def is_negator(word: str, *, language: str) -> bool:
    """Whether a folded word negates what follows it, or in Turkish itself."""
    for table in ("negators", "nouns and adjectives"):
        if _pattern(language, table).fullmatch(word):
            return True
    if language == "tr":
        return bool(_TURKISH_NEGATION.fullmatch(word))
    return language == "en" and word.endswith("n t")


def has_denial(quotes: Sequence[Polarity]) -> bool:
    """Whether any of the texts has a negator or a negative word."""
    return any(one.negators + one.negative_words > 0 for one in quotes)


def opposite(sentence: Polarity, quotes: Sequence[Polarity]) -> str | None:
    """The names of two opposites, the sentence's first, if the quotes only tell the other."""
    for i, (first, second) in enumerate(_names()):
        told = sentence.sides.get(i, frozenset())
        held = frozenset().union(*(one.sides.get(i, frozenset()) for one in quotes))
        if len(told) == 1 and held and not told & held:
            names = (first, second) if 0 in told else (second, first)
            return f"{names[0]} for {names[1]}"
    return None


@cache
def _tables() -> dict[str, object]:
    text = (files("retrieval.verification") / "polarity_words.json").read_text(encoding="utf-8")
    tables: dict[str, object] = json.loads(text)
    return tables


@cache
def _pattern(language: str, name: str) -> re.Pattern[str]:
    kept = _tables()[name]
    assert isinstance(kept, dict)
    return _any_of(kept.get(language, []), language) or re.compile(r"(?!)")


@cache
def _opposites(language: str) -> list[tuple[re.Pattern[str] | None, re.Pattern[str] | None]]:
    pairs = []
    for kept in _pairs():
        first, second = kept.get(language, ([], []))
        pairs.append((_any_of(first, language), _any_of(second, language)))
    return pairs


def _names() -> list[list[str]]:
    return [kept["sides"] for kept in _pairs()]


def _pairs() -> list[dict[str, Any]]:
    kept = _tables()["opposites"]
    assert isinstance(kept, list)
    return kept


def _any_of(stems: Sequence[str], language: str) -> re.Pattern[str] | None:
    """A pattern of words that begin with one of the stems, or are one that ends with a dot."""
    if not stems:
        return None
    wholes = [re.escape(fold(stem[:-1])) for stem in stems if stem.endswith(".")]
    begins = [re.escape(fold(stem)) for stem in stems if not stem.endswith(".")]
    if language in _UNSPACED:
        return re.compile("|".join([*wholes, *begins]))
    prefix = _ARABIC_PREFIX if language in {"ar"} else ""
    endings = [f"(?:{'|'.join(wholes)})(?!\\w)"] if wholes else []
    endings += [f"(?:{'|'.join(begins)})\\w*"] if begins else []
    return re.compile(rf"(?<!\w){prefix}(?:{'|'.join(endings)})")
