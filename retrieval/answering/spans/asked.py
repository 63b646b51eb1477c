"""Which kind of short answer a question asks for, told by its question words."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from core.lexical.segments import is_unspaced, segmented
from core.lexical.stop_words import is_stop_word
from core.text import fold, fold_letters


class Asked(StrEnum):
    """What would answer a question; OPEN is no short answer at all."""

    NUMBER = "number"
    TIME = "time"
    PERSON = "person"
    PLACE = "place"
    OTHER = "other"
    OPEN = "open"


_WHICH = "which"
"""Question words that leave it to their noun: "which city", "ما هو العدد"."""

_AT_START = "^"
"""Marks a word that asks only where the question begins: elsewhere it joins or relates."""

_ATTACHED = re.compile("^(?:[وفبلك]?ال|لل)")
_CONJUNCTION = "(?:[وف])?"
_MEASURE = re.compile("^[一种]?[个座家条种位名项所支]?")

_LONG_NOUN, _LONG_ENDING, _SHORT_ENDING = 5, 6, 2
"""How many characters may follow a noun of at least so many, and a shorter one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """The question words of a language: patterns of them, and nouns by what they ask for."""

    language: str
    pattern: re.Pattern[str]
    kinds: Mapping[str, str]
    skipped: Sequence[str]
    nouns: Sequence[tuple[str, Asked]]
    spaced: bool
    measures: Mapping[str, Sequence[str]]

    def measure(self, folded: str) -> str | None:
        """Which measure the question names: "money" for a price, "percent" for a share."""
        words = re.findall(r"\w+", folded)
        for name, stems in self.measures.items():
            for stem in stems:
                forms = (_is_form(_ATTACHED.sub("", word), of=stem) for word in words)
                if any(forms) if self.spaced else stem in folded:
                    return name
        return None

    def kind_of_noun(self, rest: str) -> Asked:
        """What the noun at the beginning of `rest`, after a question word, asks for."""
        if not self.spaced:
            return self._starting(_MEASURE.sub("", rest))
        for word in re.findall(r"\w+", rest):
            bare = _ATTACHED.sub("", word)
            kind = self._starting(bare)
            passed = any(_is_form(bare, of=name) for name in self.skipped)
            if kind is not Asked.OTHER or not (passed or self._is_function_word(word)):
                return kind
        return Asked.OTHER

    def _starting(self, word: str) -> Asked:
        inside = not self.spaced
        return next(
            (
                kind
                for noun, kind in self.nouns
                if (word.startswith(noun) if inside else _is_form(word, of=noun))
            ),
            Asked.OTHER,
        )

    def _is_function_word(self, word: str) -> bool:
        return len(word) == 1 or is_stop_word(word, language=self.language)


def what_is_asked(question: str, *, language: str) -> Asked:
    """The kind of answer that the first question word of `question` asks for.

    OPEN where a sentence answers ("why", "how", yes or no), where no question word is found, and
    in languages whose question words are not known.

    >>> what_is_asked("في أي مدينة وُقّعت المعاهدة؟", language="ar").value
    'place'
    >>> what_is_asked("What was the price of oil?", language="en").value
    'number'
    >>> what_is_asked("为什么停工?", language="zh").value
    'open'
    """
    known = _known().get(language)
    if known is None:
        return Asked.OPEN
    folded = fold_letters(question)
    found = known.pattern.search(folded)
    if found is None:
        return Asked.OPEN
    kind = known.kinds[found["opening"] or found["word"]]
    return known.kind_of_noun(folded[found.end() :]) if kind == _WHICH else Asked(kind)


def measure_asked(question: str, *, language: str) -> str | None:
    """Whether `question` asks for an amount of "money" or a "percent"; None for neither.

    >>> measure_asked("كم كلّفت الجسور؟", language="ar")
    'money'
    """
    known = _known().get(language)
    return known.measure(fold_letters(question)) if known else None


@cache
def class_nouns() -> frozenset[str]:
    """Nouns that say what is asked for, folded, of all languages: "city" is no city."""
    every = (noun for known in _known().values() for noun, _ in known.nouns)
    return frozenset(map(fold, every))


def is_class_noun(folded: str) -> bool:
    """Whether a folded word only says what might be asked for, as "city" or "المدينة"."""
    return folded in class_nouns() or _ATTACHED.sub("", folded) in class_nouns()


def question_words(question: str, *, language: str) -> frozenset[str]:
    """The first question word or phrase of `question`, by its folded words; empty without any.

    >>> sorted(question_words("How many cranes?", language="en"))
    ['how', 'many']
    """
    known = _known().get(language)
    found = known.pattern.search(fold_letters(question)) if known else None
    if found is None:
        return frozenset()
    phrase = fold(found["opening"] or found["word"])
    return frozenset(segmented(phrase) if is_unspaced(phrase) else phrase.split())


def _is_form(word: str, *, of: str) -> bool:
    """Whether `word` is the noun `of` with at most an ending."""
    ending = _LONG_ENDING if len(of) >= _LONG_NOUN else _SHORT_ENDING
    return word.startswith(of) and len(word) - len(of) <= ending


@cache
def _known() -> dict[str, _Words]:
    text = (files(__package__) / "asked_words.json").read_text(encoding="utf-8")
    return {
        language: _prepared(
            language,
            words=lists["words"],
            skipped=lists["skipped"],
            nouns=lists["nouns"],
            measures=lists["measures"],
        )
        for language, lists in json.loads(text).items()
    }


def _prepared(
    language: str,
    *,
    words: Mapping[str, Sequence[str]],
    skipped: Sequence[str],
    nouns: Mapping[str, Sequence[str]],
    measures: Mapping[str, Sequence[str]],
) -> _Words:
    kinds = {fold_letters(word): kind for kind, some in words.items() for word in some}
    spaced = not any(is_unspaced(word) for word in kinds)
    edge, end = (r"(?<!\w)" + _CONJUNCTION, r"(?!\w)") if spaced else ("", "")
    opening = _any_of(word[1:] for word in kinds if word.startswith(_AT_START))
    anywhere = _any_of(word for word in kinds if not word.startswith(_AT_START))
    pattern = rf"^\W*{_CONJUNCTION}(?P<opening>{opening}){end}|{edge}(?P<word>{anywhere}){end}"
    of_noun = [(fold_letters(noun), Asked(kind)) for kind, some in nouns.items() for noun in some]
    return _Words(
        language=language,
        pattern=re.compile(pattern),
        kinds={word.removeprefix(_AT_START): kind for word, kind in kinds.items()},
        skipped=[fold_letters(word) for word in skipped],
        nouns=sorted(of_noun, key=lambda one: -len(one[0])),
        spaced=spaced,
        measures={name: [fold_letters(stem) for stem in some] for name, some in measures.items()},
    )


def _any_of(words: Iterable[str]) -> str:
    """A pattern of them, the longest first; of nothing, if there are none."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) or "(?!)"
