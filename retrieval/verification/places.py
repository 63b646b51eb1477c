"""Names of countries, regions and larger cities in many languages, from the Unicode CLDR."""

import json
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files

from babel import Locale, UnknownLocaleError

from core.text import fold, words

LONGEST = 5
"""Words of a name."""

_LONG = 4
_ARTICLE = re.compile("^(?:le|la|les|el|los|the) ")
"""Of Le Caire, La Mecque: a reader of names takes it for a small word."""


@lru_cache(maxsize=20_000)
def place_codes(name: str, *, language: str) -> frozenset[str]:
    """The countries and cities that a folded name in `language` may stand for, as codes.

    >>> place_codes("المانيا", language="ar") & place_codes("germany", language="en")
    frozenset({'DE'})
    """
    return _codes(language).get(name, frozenset())


def zh_places(text: str) -> list[str]:
    """Names of two characters and more that a Chinese text holds, the longest first."""
    known = sorted((name for name in _codes("zh") if len(name) > 1), key=len, reverse=True)
    found = []
    for name in known:
        if name in text:
            found.append(name)
            text = text.replace(name, "\n")
    return found


@cache
def _codes(language: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for name, code in _named(language):
        folded = " ".join(words(fold(name)))
        found.setdefault(folded, set()).add(code)
        found.setdefault(_ARTICLE.sub("", folded), set()).add(code)
        if language == "ru" and len(folded) > _LONG:
            # Cases change the last letter; a reader of Russian text takes it off, too.
            found.setdefault(folded[:-1], set()).add(code)
    return {name: frozenset(codes) for name, codes in found.items() if name}


def _named(language: str) -> Iterator[tuple[str, str]]:
    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        locale = Locale.parse("en")
    for code, name in locale.territories.items():
        yield name, code
        if "(" in name:
            yield name.partition("(")[0], code
        yield from ((word, code) for word in _adjectives(name, language))
    for zone in _zones():
        city = locale.time_zones.get(zone, {}).get("city")
        yield city or zone.rpartition("/")[2].replace("_", " "), zone
    for code, names in _more().items():
        for name in names.get(language, ()):
            yield name, code


def _adjectives(name: str, language: str) -> Iterator[str]:
    """Of a country, as far as a rule gives them: Indonesian, إندونيسي."""
    if " " in name:
        return
    if language == "en" and name.endswith("a"):
        yield f"{name}n"
    elif language == "ar":
        bare = name.removeprefix("ال")
        yield bare.removesuffix("ا").removesuffix("ي").removesuffix("ة") + "ي"


@cache
def _zones() -> list[str]:
    """Time zones, which are named by cities; a language leaves out those that it names alike."""
    zones = map(str, Locale.parse("ar").time_zones)
    return [zone for zone in zones if zone.count("/") == 1]


@cache
def _more() -> dict[str, dict[str, list[str]]]:
    text = (files("retrieval.verification") / "place_words.json").read_text(encoding="utf-8")
    more: dict[str, dict[str, list[str]]] = json.loads(text)
    return more
