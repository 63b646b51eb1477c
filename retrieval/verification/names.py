"""Which names of a sentence stand in its quotes, across scripts and spellings."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from core.lexical.arabic import without_article, without_clitics
from core.scripts import script_of
from core.text import fold, words
from retrieval.verification.name_words import NameRun
from retrieval.verification.place_forms import spoken_forms
from retrieval.verification.places import place_codes, zh_places
from retrieval.verification.sounds import likeness, may_be_alike, sounds

ALIKE = 0.7
"""Likeness of sounds from which two words are spellings of one name; benchmarks/verification.py
measures it: it keeps nearly all names and lets through a few in a thousand others."""

ALIKE_PLACES = 0.92
"""The same for names of places that are known: their translations are known as well."""

_LEAST_COMMON = 4
"""Letters that two forms of a name in one script must share at least."""

_SILENT = ("x", "s", "t", "d", "z")
"""Letters that French leaves unspoken at the end: Delacroix."""

_ENDING = 3
"""Letters in which they may differ at the end."""


@dataclass(slots=True)
class QuotedNames:
    """What the names of a sentence are looked up in: words, sounds and places of the quotes."""

    folded: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)

    def add(self, text: str, *, language: str) -> None:
        """Take in a quote or a title in `language`."""
        found = words(fold(text))
        self.folded.update(found)
        for word in found:
            self.told.update(sounds(form) for form in _forms(word))
        self.told.update(sounds(_bare(one)) + sounds(_bare(two)) for one, two in pairwise(found))
        self.told.discard("")
        spoken = zh_places(text) if language == "zh" else spoken_forms(found, language)
        for form in spoken:
            self.places |= place_codes(form, language=language)

    def hold_word(self, word: str, *, alike: float = ALIKE) -> bool:
        """Whether a name's word is one of the quotes', in its script or as it sounds."""
        folded = fold(word)
        if folded in self.folded or any(_same_name(folded, other) for other in self.folded):
            return True
        told = {sounds(form) for form in _forms(folded)}
        if folded.endswith(_SILENT) and len(folded) > _LEAST_COMMON:
            told.add(sounds(folded[:-1]))
        told.discard("")
        return any(self._is_told(own, alike) for own in told)

    def _is_told(self, own: str, alike: float) -> bool:
        return any(
            may_be_alike(own, other, alike=alike) and likeness(own, other) >= alike
            for other in self.told
        )

    def hold_run(self, run: NameRun, *, language: str) -> bool:
        """Whether the quotes hold the name."""
        if self.hold_place(run.text, language=language):
            return True
        alike = ALIKE_PLACES if run.is_place else ALIKE
        return all(self.hold_word(word.text, alike=alike) for word in run.words)

    @property
    def can_be_compared(self) -> bool:
        """Whether the quotes have words that sound in a way that is known here."""
        return bool(self.told)

    def hold_place(self, name: str, *, language: str) -> bool:
        """Whether a name of a country or city in `language` is of one that the quotes name."""
        return any(
            self.places & place_codes(form, language=language)
            for form in spoken_forms(words(fold(name)), language)
        )


def _forms(word: str) -> tuple[str, ...]:
    """A folded word with and without what Arabic writes together with it."""
    if not word or script_of(word[0]) != "ARABIC":
        return (word,)
    return tuple({word, _bare(word), without_clitics(word), *_without_one(word)})


def _without_one(word: str) -> Iterator[str]:
    for letter in ("و", "ب", "ل", "ف", "ك"):
        if word.startswith(letter) and len(word) > 3:
            yield word[1:]
            yield without_article(word[1:])


def _bare(word: str) -> str:
    return without_article(word)


def _same_name(one: str, other: str) -> bool:
    """Whether two folded words of one script differ by an ending at most."""
    shorter = min(len(one), len(other))
    if shorter < _LEAST_COMMON or abs(len(one) - len(other)) > _ENDING:
        return False
    common = next((i for i in range(shorter) if one[i] != other[i]), shorter)
    return common >= max(_LEAST_COMMON, max(len(one), len(other)) - _ENDING)
