"""What tells a follow-up question in each language: openers, pronouns, what is left out."""

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from core.text import normalise

FILE = "cues.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cues:
    """Of one language; patterns are matched in the question as it is written, without case.

    Attributes:
        lead: "And …", before the question itself.
        about: "What about …": the rest takes a place in the earlier question.
        after: The same, at the end.
        asks: Question words.
        who: Those that ask for a person: the answer then holds what "he" means.
        closed: Marks a question for yes or no.
        place: Prepositions before places and times.
        pronouns: Mean something said before, unless two content words come first.
        weak: The same, unless one content word comes first.
        final: At the end they always mean something said before.
        fillers: Say nothing of what a question is about, though no function words: "many", "year".
        follows: Other signs of a follow-up; in Arabic, pronouns that are part of a word.
        stands: Signs that a question is none, whatever else it holds.
        bare: Content words, none a name, up to which a question says too little by itself: 1
            where a verb needs no subject.
    """

    lead: re.Pattern[str]
    about: re.Pattern[str]
    after: re.Pattern[str]
    asks: frozenset[str]
    who: frozenset[str]
    closed: re.Pattern[str]
    place: frozenset[str]
    pronouns: frozenset[str]
    weak: frozenset[str]
    final: frozenset[str]
    fillers: frozenset[str]
    follows: re.Pattern[str]
    stands: re.Pattern[str]
    bare: int

    @property
    def functions(self) -> frozenset[str]:
        """Words that say nothing of what a question is about."""
        return self.asks | self.pronouns | self.weak | self.final | self.place | self.fillers


def cues_of(language: str) -> Cues | None:
    """Those of `language`; None if it has none."""
    return _all_cues().get(language)


@cache
def _all_cues() -> dict[str, Cues]:
    text = (files(__package__) / FILE).read_text(encoding="utf-8")
    return {language: _cues(given) for language, given in json.loads(text).items()}


def _cues(given: dict[str, str | int]) -> Cues:
    def pattern(name: str, *, begins: bool = False, ends: bool = False) -> re.Pattern[str]:
        said = str(given[name])
        if not said:
            return _NEVER
        return re.compile(
            f"{'^' if begins else ''}(?:{said}){'[ ？?؟]*$' if ends else ''}", re.IGNORECASE
        )

    def words(name: str) -> frozenset[str]:
        return frozenset(map(normalise, str(given[name]).split()))

    return Cues(
        lead=pattern("lead", begins=True),
        about=pattern("about", begins=True),
        after=pattern("after", ends=True),
        asks=words("asks"),
        who=words("who"),
        closed=pattern("closed"),
        place=words("place"),
        pronouns=words("pronouns"),
        weak=words("weak"),
        final=words("final"),
        fillers=words("fillers"),
        follows=pattern("follows"),
        stands=pattern("stands"),
        bare=int(given["bare"]),
    )


_NEVER = re.compile(r"(?!)")
