"""What a figure counts, told by the words of its clause: the dead, the injured, a turnout."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from core.lexical.segments import is_unspaced
from core.lexical.stop_words import is_stop_word
from core.text import fold

WORDS_AFTER = 8
WORDS_BEFORE = 10
"""Words of a clause in which what is counted is looked for."""

GROUP_WORDS = 3
"""Words beside a figure in which a group is told: nine of them children, a margin of six."""

_BORDER = re.compile(r"[.,;:()،؛。，；：（）!?؟«»\"\n]|(?<!\d)(?!(?:1[5-9]|20)\d\d(?!\d))\d")
"""Where a clause ends: at a stop, a bracket, or another figure, but not at a year."""

_TURN = re.compile(
    r"\b(?:after|when|while|as|because|بعد|حين|عندما|اثر|بسبب|فيما|بينما|apres|lorsque|quand|tras"
    r"|cuando|mientras|sonra)\b"
)
"""Words from which on a clause tells of something else."""

_WORD = re.compile(r"[^\W\d_]+")
_ARABIC_PREFIX = re.compile("^[وف]?(?:بال|وال|كال|ال|لل|[بلك])?(?=...)")
OF_WORDS = 3
"""Words that tell what something measured is of."""

_LEAST_LETTERS = 3
_SAME_LETTERS = 4
_COUNTED = ("things", "measures", "persons", "groups")
_OF_UNIT = {"hectare": "area", "decare": "area", "megawatt": "capacity"}
"""Units of which nothing else is told."""

_BEFORE = 1
_PERSONS = 5
"""By how many words a word before the figure, or one of persons, seems farther away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What a figure counts: its kind, None if no known word tells it, and the groups of it.

    `of` are the words behind that of the kind, which tell whose pay or what price it is.
    """

    kind: str | None
    groups: frozenset[str]
    of: tuple[str, ...] = ()

    def differs(self, other: "Counted") -> bool:
        """Whether both are known to count different things."""
        kinds = {self.kind, other.kind} - {None}
        return len(kinds) > 1 or self.groups != other.groups

    def is_of_another(self, other: "Counted") -> bool:
        """Whether both are told of something, and what is told first is not the same."""
        if not self.of or not other.of:
            return False
        return not (_is_among(self.of[0], other.of) or _is_among(other.of[0], self.of))


def counted_by(text: str, start: int, end: int, *, unit: str | None, language: str) -> Counted:
    """What the figure `text[start:end]` of folded text counts; with a unit, what it measures.

    >>> counted_by("12 people drowned, all of them children", 0, 2, unit=None, language="en").kind
    'dead'
    """
    after = _words(_TURN.split(_BORDER.split(text[end:], maxsplit=1)[0], maxsplit=1)[0])
    borders = (border.end() for border in _BORDER.finditer(text, 0, start))
    before = _words(text[max(borders, default=0) : start])[::-1]
    tables = ("measures",) if unit is not None else ("things", "measures", "persons")
    told = [
        (place + (_PERSONS if table == "persons" else 0) + farther, kind, words, place)
        for table in tables
        for farther, words in ((0, after[:WORDS_AFTER]), (_BEFORE, before[:WORDS_BEFORE]))
        for place, word in enumerate(words)
        for kind in meanings(word, table)
    ]
    groups = {group for word in after[:GROUP_WORDS] for group in meanings(word, "groups")}
    groups |= {group for word in before[:GROUP_WORDS] for group in meanings(word, "led_by")}
    _, kind, words, place = min(
        told,
        default=(0, _OF_UNIT.get(unit or ""), after if unit is None else [], -1),
        key=lambda one: one[0],
    )
    behind = words[place + 1 :] if words is after else words[:place][::-1]
    return Counted(
        kind=kind,
        groups=frozenset(groups),
        of=tuple(word for word in behind if _tells(word, language))[:OF_WORDS],
    )


def _tells(word: str, language: str) -> bool:
    """Whether a word tells of what; "final" and "provisional" are of the figure itself."""
    return (
        len(word) >= _LEAST_LETTERS
        and not is_stop_word(word, language=language)
        and not meanings(word, "adjectives")
    )


def _is_among(word: str, words: Sequence[str]) -> bool:
    """Whether one of `words` begins as `word` does: its endings may differ."""
    begins = _ARABIC_PREFIX.sub("", word)[:_SAME_LETTERS]
    return any(_ARABIC_PREFIX.sub("", one).startswith(begins) for one in words)


def told_apart(text: str) -> str:
    """`text`, as long as before, with words told apart that folding makes one.

    >>> told_apart("kaç kişi öldü, ne oldu?")
    'kaç kişi ölen, ne oldu?'
    """
    return text.replace("öldü", "ölen")


def kinds_asked(question: str) -> frozenset[str]:
    """All kinds and groups that a question names."""
    return frozenset(
        kind
        for word in _words(fold(told_apart(question)))
        for table in _COUNTED
        for kind in meanings(word, table)
    )


def asks_measure(question: str) -> bool:
    """Whether a question names what has a unit or a share: a cost, a turnout."""
    return any(meanings(word, "measures") for word in _words(fold(question)))


@lru_cache(maxsize=20_000)
def meanings(word: str, table: str) -> Sequence[str]:
    """What a folded word tells to be counted, of that table of counted_words.json."""
    bare = _ARABIC_PREFIX.sub("", word)
    exact, stems = _tables()[table]
    forms = {word, bare, bare.removesuffix("ا"), bare.removesuffix("ه")}
    found = {exact[form] for form in forms if form in exact}
    if not found:
        begins = (form[:end] for form in forms for end in range(1, len(form) + 1))
        found = {stems[begin] for begin in begins if begin in stems}
    if not found and is_unspaced(word):
        found = {meaning for stem, meaning in stems.items() if stem in word}
    return sorted(found)


def _words(clause: str) -> list[str]:
    return _WORD.findall(clause)


@cache
def _tables() -> dict[str, tuple[Mapping[str, str], Mapping[str, str]]]:
    """By table: meanings by word, and by the beginning of a word."""
    text = (files("retrieval.agreement") / "counted_words.json").read_text(encoding="utf-8")
    return {
        name: (dict(_entries(table, stems=False)), dict(_entries(table, stems=True)))
        for name, table in json.loads(text).items()
        if name != "about"
    }


def _entries(table: Mapping[str, list[str]], *, stems: bool) -> Iterator[tuple[str, str]]:
    for meaning, forms in table.items():
        for form in forms:
            if form.endswith("*") == stems:
                yield form.removesuffix("*"), meaning
