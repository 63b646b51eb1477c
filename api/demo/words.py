"""The words of the demo site itself, and how it writes dates, in the language of a page."""

import json
from datetime import datetime
from importlib.resources import files

from babel import Locale
from babel.dates import format_date

FALLBACK = "en"
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "ps", "sd", "ug", "yi", "dv", "ckb"})


def direction_of(language: str) -> str:
    """The value of `dir` for text in `language`; `auto` where it is unknown."""
    if language == "und":
        return "auto"
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


class Words:
    """All sentences; reads them and what is known of their languages when it is made."""

    def __init__(self) -> None:
        text = files("api.demo").joinpath("words.json").read_text(encoding="utf-8")
        sentences: dict[str, dict[str, str]] = json.loads(text)
        self._speeches = {
            language: Speech(
                language,
                {key: said.get(language, said[FALLBACK]) for key, said in sentences.items()},
            )
            for language in sentences["newest"]
        }

    def in_language(self, language: str) -> "Speech":
        """What is said in `language`, English where it is not written."""
        return self._speeches.get(language, self._speeches[FALLBACK])


class Speech:
    """Sentences of one language: `say` holds them by key."""

    def __init__(self, language: str, said: dict[str, str]) -> None:
        self.language = language
        self.direction = direction_of(language)
        self.say = said
        self._locale = Locale.parse(language)
        self._languages: dict[str, str] = dict(self._locale.languages)

    def date(self, moment: datetime) -> str:
        """A day, as "19 January 2026"."""
        return format_date(moment, "long", locale=self._locale)

    def language_name(self, language: str) -> str:
        """A language's name in this one; its code where it has none."""
        return self._languages.get(language, language)
