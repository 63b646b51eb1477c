"""Names and words of a sentence that stand in no quote as they are."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.lexical import terms
from core.lexical.stop_words import is_stop_word
from core.text import normalise, words
from retrieval.verification.name_words import is_name, name_runs
from retrieval.verification.names import QuotedNames
from retrieval.verification.read_text import ReadText
from retrieval.verification.words import Word

CASELESS = frozenset({"ar", "fa", "ur", "he", "zh", "ja", "ko", "th", "hi"})
"""Languages without capitals."""

_LOOKED_UP = 0.55
"""Match under which a word is looked up by its sound, too."""

_SHORT_NAME = 2
"""Letters of a word of a name that tells nothing by itself: Yi, Un."""

WEAK_NAME = 0.45


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmetName:
    """A name that no quote holds, with the match of its word.

    `may_be_common` tells that it opens the sentence, `is_rare` that the model has it in pieces.
    """

    text: str
    match: float
    may_be_common: bool
    is_rare: bool


def unmet_names(sentence: ReadText, names: QuotedNames, met: Sequence[float]) -> list[UnmetName]:
    """The names of a sentence that no quote holds; `met` tells the match of each of its words."""
    unmet = []
    for run in name_runs(sentence.text, language=sentence.language):
        if len(run.text) <= _SHORT_NAME or not is_name(run, language=sentence.language):
            continue
        if names.hold_run(run, language=sentence.language):
            continue
        place = _word_at(sentence.words, run.words[0].start)
        unmet.append(
            UnmetName(
                text=run.text,
                match=1.0 if place is None else met[place],
                may_be_common=run.may_be_common,
                is_rare=place is not None
                and sentence.words[place].last - sentence.words[place].first > 1,
            )
        )
    return unmet


def _word_at(words_of: Sequence[Word], place: int) -> int | None:
    return next((i for i, word in enumerate(words_of) if place < word.end), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeakWord:
    """A word that is in no quote as it is: its place, its match, and of how many tokens it is."""

    place: int
    match: float
    tokens: int

    @property
    def is_rare(self) -> bool:
        """Whether the model knows it in pieces only, as it does most names."""
        return self.tokens > 1


def weak_words(
    sentence: ReadText, quotes: Sequence[ReadText], names: QuotedNames, met: Sequence[float]
) -> list[WeakWord]:
    """The words of a sentence that stand in no quote as they are or sound."""
    held = {
        term
        for quote in quotes
        if quote.language == sentence.language
        for term in terms(quote.text, language=quote.language)
    }
    weak = []
    for place, (word, match) in enumerate(zip(sentence.words, met, strict=True)):
        folded = words(normalise(word.text))
        if not folded or folded[0][0].isdigit():
            continue
        if all(is_stop_word(one, language=sentence.language) for one in folded):
            continue
        if held and held.issuperset(terms(word.text, language=sentence.language)):
            continue
        if match < _LOOKED_UP and all(names.hold_word(one) for one in folded):
            continue
        weak.append(WeakWord(place=place, match=match, tokens=word.last - word.first))
    return weak


def without_capitals(sentence: ReadText, weak: Sequence[WeakWord]) -> dict[str, float]:
    """Where names have no capitals: how badly rare words are met, which names mostly are."""
    if sentence.language not in CASELESS:
        weak = []
    rare = {word.place: WEAK_NAME - word.match for word in weak if word.is_rare}
    return {
        "rare_without_capitals": max([0.0, *rare.values()]),
        "rarest_without_capitals": max([
            0.0,
            *(WEAK_NAME - word.match for word in weak if word.tokens > 2),
        ]),
        "rare_pair_without_capitals": max([
            0.0,
            *(min(rare[i], rare[i + 1]) for i in rare if i + 1 in rare),
        ]),
    }
