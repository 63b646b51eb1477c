"""Names of months and of days of the week, from the Unicode CLDR."""

from collections.abc import Mapping
from functools import cache

from babel import Locale, UnknownLocaleError

from core.text import fold

_VARIANTS = {"ar": ("ar", "ar_LB", "ar_DZ", "ar_MA", "ar_EG", "ar_SA")}
"""Months have names of their own in the Levant, in Algeria and Tunisia, and in Morocco."""

_UNSURE = frozenset({"may", "march", "mars", "mai", "اب", "مارس", "ماي", "اوت", "mart", "ocak"})
"""Folded names of months that are words of everyday, too: they need a number beside them."""


_LONG = 4


@cache
def month_names(language: str) -> Mapping[str, int]:
    """Folded names with the month, 1 to 12; those of English for a language without any.

    >>> month_names("ar")["حزيران"], month_names("ar")["يونيو"], month_names("fr")["aout"]
    (6, 6, 8)
    """
    names = {
        fold(name): month
        for locale in _locales(language)
        for form in ("format", "stand-alone")
        for month, name in locale.months[form]["wide"].items()
    }
    if language == "ru":
        # Cases change the last letter: октября, октябре.
        names |= {name[:-1]: month for name, month in names.items() if len(name) > _LONG}
    return names


@cache
def weekday_names(language: str) -> Mapping[str, int]:
    """Folded names with the day as `date.weekday` counts, 0 for Monday."""
    return {
        fold(name): day
        for locale in _locales(language)
        for form in ("format", "stand-alone")
        for day, name in locale.days[form]["wide"].items()
    }


def is_everyday_word(name: str) -> bool:
    """Whether a folded name of a month often is another word."""
    return name in _UNSURE


def _locales(language: str) -> list[Locale]:
    try:
        return [Locale.parse(name) for name in _VARIANTS.get(language, (language,))]
    except (UnknownLocaleError, ValueError):
        return [Locale.parse("en")]
