"""The unit that a figure counts, told by a word or a sign beside it, in many languages."""

import json
import re
from functools import cache, lru_cache
from importlib.resources import files

from core.text import fold


@cache
def _units() -> dict[str, str]:
    text = (files("retrieval.verification") / "unit_words.json").read_text(encoding="utf-8")
    return {fold(word): unit for unit, words in json.loads(text).items() for word in words}


_DUAL_ENDINGS = ("تين", "تان", "ين", "ان")


def dual_unit(word: str) -> str | None:
    """The unit of which an Arabic word tells two by its ending."""
    bare = _PREFIX.sub("", word)
    for ending in _DUAL_ENDINGS:
        stem = bare.removesuffix(ending)
        if stem != bare and (unit := _units().get(stem) or _units().get(stem + "ه")):
            return unit
    return None


_SHORTEST_STEM = 4
_SHORTEST_BARE = 3
_CURRENCIES = frozenset([
    "dollar",
    "euro",
    "dinar",
    "riyal",
    "dirham",
    "rouble",
    "yuan",
    "yen",
    "franc",
    "peso",
    "rupee",
    "bitcoin",
]) | {"pound or lira"}
_AFTER_WORDS = 3
_PREFIX = re.compile("^(?:و?ال|ب|ل|لل)")


def unit_beside(before: str, after: str) -> str | None:
    """The first known unit within the words behind a figure, or the sign before it."""
    sign = before.rstrip()[-1:]
    if sign and sign in _units():
        return _units()[sign]
    clause = re.split(r"[.,;:()،؛。，；（）]|\d", after, maxsplit=1)[0]
    for place, word in enumerate(re.findall(r"[^\W\d_]+|[$€£¥°₽₺]", clause)[:_AFTER_WORDS]):
        unit = _unit_of(word)
        # "14.2 million Omani rials": between a figure and its currency stands whose it is.
        if unit is not None and (place == 0 or unit in _CURRENCIES):
            return unit
    return None


@lru_cache(maxsize=20_000)
def _unit_of(word: str) -> str | None:
    units = _units()
    if "\u4e00" <= word[0] <= "\u9fff":
        return next((units[word[:n]] for n in (3, 2, 1) if word[:n] in units), None)
    bare = _PREFIX.sub("", word)
    for form in (word, bare, bare.removesuffix("ا"), word.removesuffix("s"), bare[:-2]):
        if form in units and (form == word or len(form) >= _SHORTEST_BARE):
            return units[form]
    stems = [stem for stem in units if len(stem) >= _SHORTEST_STEM and bare.startswith(stem)]
    return units[max(stems, key=len)] if stems else None
