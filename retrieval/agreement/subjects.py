"""Whether two texts may speak of the same thing: the names in them, in any script."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from core.lexical.arabic import without_article
from core.text import fold, words
from retrieval.agreement.counted import meanings
from retrieval.verification.name_words import is_common_word, name_words
from retrieval.verification.names import QuotedNames

_SHORTEST = 3
"""Letters of a name's word that counts: particles are shorter."""


@dataclass(frozen=True)
class Around:
    """A passage below its title, in which names are looked up."""

    text: str
    language: str

    @cached_property
    def names(self) -> QuotedNames:
        """Its words, as they sound; made when first asked for."""
        quoted = QuotedNames()
        quoted.add(self.text, language=self.language)
        return quoted


@dataclass(frozen=True)
class Subject:
    """What a sentence is about, as far as names tell; `around` is what was read with it."""

    text: str
    around: "Around"
    language: str

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Words of names: with a capital, or in Arabic behind a word such as "city"."""
        return tuple(dict.fromkeys(_names(self.text, self.language)))

    def may_be(self, other: "Subject") -> bool:
        """Whether no name speaks against it.

        Both have some, and either none in common, or each one that the other lacks.
        """
        if not self.names or not other.names:
            return True
        met = [self.knows_one([name]) for name in other.names]
        missed = [not other.knows_one([name]) for name in self.names]
        return not (not any(met) and all(missed)) and not (any(missed) and not all(met))

    def knows_one(self, names: Iterable[str]) -> bool:
        """Whether one of `names` stands in it or around it, in any script."""
        return any(self.around.names.hold_word(name) for name in names)


def _names(text: str, language: str) -> Iterator[str]:
    if language == "ar":
        yield from _behind_heads(words(fold(text)))
        return
    for word in name_words(text, language=language):
        # What opens a sentence has its capital from there.
        if (
            not word.is_first
            and len(word.text) >= _SHORTEST
            and not is_common_word(word, language=language)
        ):
            yield word.text


def _behind_heads(found: list[str]) -> Iterator[str]:
    for head, name in zip(found, found[1:], strict=False):
        bare = without_article(name)
        if meanings(head, "heads") and _may_be_name(name) and len(bare) >= _SHORTEST:
            yield bare


def _may_be_name(word: str) -> bool:
    # The Bank of the Coast, but not the port of the city of …
    is_head = bool(meanings(word, "heads")) and not word.startswith("ال")
    return not (word[0].isdigit() or is_head or meanings(word, "adjectives"))
