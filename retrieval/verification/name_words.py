"""The capitalised words of a sentence, and which of them are names."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from core.lexical.stop_words import is_stop_word
from core.text import fold
from retrieval.verification.calendar_words import month_names, weekday_names
from retrieval.verification.number_words import number_words
from retrieval.verification.place_forms import is_place
from retrieval.verification.places import LONGEST

_ALL_CAPITALISED = frozenset({"de", "lb"})
"""Languages that capitalise every noun: a capital tells nothing there."""

_PARTICLES = frozenset(
    re.split(
        " ",
        "abd abdel abdul abdal al el as ash ad an ar at az es ed en er et ul ibn bin bint ben ould"
        " veled abu umm of the"
        " de del della di da do du des la le les los las van von und and y e ve ile",
    )
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_LEAST_STEM = 4
_NAME_ENDINGS = frozenset({
    *("s", "de", "da", "te", "ta", "den", "dan", "ten", "tan", "e", "a", "ye", "ya"),
    *("in", "ın", "un", "ün", "nin", "nın", "nun", "nün", "i", "ı", "u", "ü", "yi", "yı"),
})
"""What stands behind the apostrophe of a name in English and Turkish."""

_ELISION = 2
"""Letters that French leaves of a word before a vowel: l', d', qu'."""

_ROMAN = re.compile("[IVXLC]+e?")


@dataclass(frozen=True, slots=True, kw_only=True)
class NameWord:
    """A capitalised word of a sentence: `sentence[start:end]`.

    `is_first` tells that it opens the sentence, `before_title` that what follows makes it a name
    all the same: a capitalised common word ("Nawaris Bay") or the ending of one ("Bali's").
    """

    text: str
    start: int
    end: int
    is_first: bool
    before_title: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NameRun:
    """Words that are one name, and whether it is that of a country or city that is known."""

    text: str
    words: tuple[NameWord, ...]
    is_place: bool

    @property
    def may_be_common(self) -> bool:
        """Whether its capital may only open the sentence."""
        return self.words[0].is_first and not self.is_place and not self.words[0].before_title


def name_words(sentence: str, *, language: str) -> list[NameWord]:
    """The capitalised words of a sentence, in order, but particles; none without capitals.

    >>> [one.text for one in name_words("President Kim met Wang Yi.", language="en")]
    ['President', 'Kim', 'Wang', 'Yi']
    """
    if language in _ALL_CAPITALISED:
        return []
    found = []
    is_first = True
    for match in _WORD.finditer(sentence):
        # Turkish endings follow an apostrophe; in French, the name does: Ankara'nın, l'Irak.
        parts = re.split("['’]", match[0])
        name = parts[-1] if len(parts[0]) <= _ELISION else parts[0]
        if name[0].isupper() and fold(name) not in _PARTICLES and not _ROMAN.fullmatch(name):
            start = match.end() - len(name) if name == parts[-1] else match.start()
            found.append(NameWord(text=name, start=start, end=match.end(), is_first=is_first))
            if is_first and len(parts) > 1 and name == parts[0] and parts[1] in _NAME_ENDINGS:
                found[-1] = replace(found[-1], before_title=True)
        is_first = False
    if len(found) > 1 and found[0].is_first and found[1].start == found[0].end + 1:
        is_titled = _is_title(fold(found[1].text), language)
        is_common = is_common_word(found[0], language=language)
        if is_titled and not is_common:
            found[0] = replace(found[0], before_title=True)
    return found


def name_runs(sentence: str, *, language: str) -> list[NameRun]:
    """The names of a sentence: known places of several words as one, other words each by itself."""
    found = name_words(sentence, language=language)
    runs: list[NameRun] = []
    i = 0
    while i < len(found):
        run = _run(sentence, found[i : i + 1], language)
        for j in range(min(i + LONGEST, len(found)), i + 1, -1):
            longer = _run(sentence, found[i:j], language)
            if longer.is_place and len(longer.text.split()) <= LONGEST:
                run = longer
                break
        runs.append(run)
        i += len(run.words)
    return runs


def _run(sentence: str, found: Sequence[NameWord], language: str) -> NameRun:
    text = sentence[found[0].start : found[-1].start + len(found[-1].text)]
    if len(found) == 1:
        text = found[0].text
    return NameRun(text=text, words=tuple(found), is_place=is_place(text, language))


def is_name(run: NameRun, *, language: str) -> bool:
    """Whether a run is a name that the quotes must hold, and no title or common word."""
    return run.is_place or not all(is_common_word(word, language=language) for word in run.words)


def is_common_word(word: NameWord, *, language: str) -> bool:
    """Whether a capitalised word is no name: a title, an office, a month, a word that opens."""
    folded = fold(word.text)
    if _is_title(folded, language) or folded in month_names(language):
        return True
    if folded in weekday_names(language):
        return True
    table = number_words(language)
    is_number = table is not None and (table.knows(folded) or folded in table.shares)
    return is_number or (word.is_first and is_stop_word(folded, language=language))


def _is_title(folded: str, language: str) -> bool:
    """Whether a folded word is a title or a common part of names, with endings where it has any."""
    known = _title_words(language)
    if folded in known or language not in {"ru", "tr"}:
        return folded in known
    return any(folded[:cut] in known for cut in range(_LEAST_STEM, len(folded)))


@cache
def _title_words(language: str) -> frozenset[str]:
    text = (files("retrieval.verification") / "title_words.json").read_text(encoding="utf-8")
    return frozenset(fold(json.loads(text).get(language, "")).split())
