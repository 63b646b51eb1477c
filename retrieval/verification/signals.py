"""What is known of a sentence and its quotes before it is judged: signals, and plain faults."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.token_match import best_matches, weakest_match
from retrieval.verification.counted import exchange_margin, figures_with_context
from retrieval.verification.denial import negated_match
from retrieval.verification.direction import direction_problem
from retrieval.verification.names import ALIKE_PLACES, QuotedNames
from retrieval.verification.place_forms import places_without_capitals
from retrieval.verification.polarity import has_denial, opposite, read_polarity
from retrieval.verification.read_text import ReadText
from retrieval.verification.unmet import (
    CASELESS,
    WEAK_NAME,
    unmet_names,
    weak_words,
    without_capitals,
)
from retrieval.verification.words import word_matches

SIGNALS = (
    "mean_match",
    "weakest_tokens",
    "weakest_fifth",
    "weakest_run",
    "weakest_word",
    "weak_words",
    "words_held",
    "weakest_rare_word",
    "rare_without_capitals",
    "rarest_without_capitals",
    "rare_pair_without_capitals",
    "unheld_name",
    "opening_name",
    "opening_rare_name",
    "negated_by_quote",
    "clearly_negated_by_quote",
    "negative_word_alone",
    "figures_exchanged",
    "one_without_spaces",
    "same_language",
    "length",
    "length_of_quotes",
)
"""Names of the values of `Signals.values`, in order: what the weights apply to."""

TRANSLATED = 0.45
"""Match from which a name may be the translation of words of the quotes: nineteen of twenty
swapped names of the sample archive are below; what is above is left to the weights."""

DENIED = 0.35
"""Match from which a sentence speaks of what a quote negates."""

_NOISE, _PLAIN = 0.02, 0.1
"""Margins of exchanged figures below which they tell nothing, and above which no more."""

_UNSPACED = frozenset({"zh", "ja", "th"})

_CLEAR = 0.45
"""Match from which the sentence clearly speaks of what a quote negates."""

_RUN = 6
"""Tokens of a clause: an added one lies in a row."""

_UNLIKE = 0.3
"""TRANSLATED where the quotes' script has no sounds that are known."""

_WEAK = 0.4
_WEAKEST = 3
_MANY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """`values` (len(SIGNALS),) float32, and what by itself says that the sentence is not held."""

    values: NDArray[np.float32]
    problems: tuple[str, ...]


def read_signals(
    sentence: ReadText, quotes: Sequence[ReadText], *, titles: Sequence[tuple[str, str]]
) -> Signals:
    """The signals of a sentence beside at least one quote.

    Args:
        sentence: As it was read.
        quotes: As they were read.
        titles: Of the quotes' articles, each with its language: they may hold names.
    """
    matches = best_matches(sentence.tokens, [quote.tokens for quote in quotes]).max(axis=0)
    met = word_matches(sentence.words, matches)
    names = QuotedNames()
    for quote in quotes:
        names.add(quote.text, language=quote.language)
    for title, language in titles:
        names.add(title, language=language)
    unmet = unmet_names(sentence, names, met)
    weak = weak_words(sentence, quotes, names, met)
    negated = _negated(sentence, quotes)
    own = read_polarity(sentence.text, language=sentence.language)
    held = [read_polarity(quote.text, language=quote.language) for quote in quotes]
    problems = [
        f"name {one.text} is in no quote"
        for one in unmet
        if one.match < (TRANSLATED if names.can_be_compared else _UNLIKE) and not one.may_be_common
    ]
    if sentence.language in CASELESS:
        problems += [
            f"place {name} is in no quote"
            for name in places_without_capitals(sentence.text, language=sentence.language)
            if not names.hold_place(name, language=sentence.language)
            and not all(names.hold_word(word, alike=ALIKE_PLACES) for word in name.split())
        ]
    contrary = opposite(own, held)
    if contrary is not None:
        problems.append(f"the quotes tell the opposite: {contrary}")
    order = direction_problem(sentence.text, own, held, language=sentence.language)
    if order is not None:
        problems.append(f"figures told in the wrong order: {order}")
    if own.negators and negated < DENIED and not any(one.negative_words for one in held):
        problems.append("what the sentence negates is negated in no quote")
    says_no = own.negators + own.negative_words > 0
    values = {
        "mean_match": float(matches.mean()) if len(matches) else 0.0,
        "weakest_tokens": float(weakest_match(matches[None], count=_WEAKEST)[0]),
        "weakest_fifth": float(weakest_match(matches[None], count=max(1, len(matches) // 5))[0]),
        "weakest_run": _weakest_run(matches),
        "weakest_word": min((word.match for word in weak), default=1.0),
        "weak_words": min(sum(word.match < _WEAK for word in weak), _MANY) / _MANY,
        "words_held": 1 - len(weak) / max(len(sentence.words), 1),
        "weakest_rare_word": min((word.match for word in weak if word.is_rare), default=1.0),
        **without_capitals(sentence, weak),
        "unheld_name": max([0.0, *(1 - one.match for one in unmet if not one.may_be_common)]),
        "opening_name": min((one.match for one in unmet if one.may_be_common), default=1.0),
        "opening_rare_name": max([
            0.0,
            *(WEAK_NAME - one.match for one in unmet if one.may_be_common and one.is_rare),
        ]),
        "negated_by_quote": 0.0 if says_no else max(negated, 0.0),
        "clearly_negated_by_quote": 0.0 if says_no else max(negated - _CLEAR, 0.0),
        "negative_word_alone": float(own.negative_words > 0 and not has_denial(held)),
        "figures_exchanged": float(np.clip(-_exchange(sentence, quotes) - _NOISE, 0.0, _PLAIN)),
        "one_without_spaces": float(_is_unlike_in_spaces(sentence, quotes)),
        "same_language": float(any(quote.language == sentence.language for quote in quotes)),
        "length": float(np.log1p(len(matches))),
        "length_of_quotes": float(np.log1p(sum(len(quote.tokens) for quote in quotes))),
    }
    return Signals(
        values=np.array([values[name] for name in SIGNALS], dtype=np.float32),
        problems=tuple(problems),
    )


def _weakest_run(matches: NDArray[np.float32]) -> float:
    """The lowest mean of _RUN neighbouring tokens, or of all if there are fewer."""
    if not len(matches):
        return 0.0
    length = min(_RUN, len(matches))
    return float(np.convolve(matches, np.full(length, 1 / length), mode="valid").min())


def _exchange(sentence: ReadText, quotes: Sequence[ReadText]) -> float:
    own = figures_with_context(sentence.text, sentence.words, language=sentence.language)
    if len(own) < 2:
        return 1.0
    return max(
        exchange_margin(
            own,
            sentence.tokens,
            figures_with_context(quote.text, quote.words, language=quote.language),
            quote.tokens,
        )
        for quote in quotes
    )


def _negated(sentence: ReadText, quotes: Sequence[ReadText]) -> float:
    """How well the sentence meets what the quotes negate, at best."""
    return max(
        negated_match(
            quote.words,
            word_matches(quote.words, best_matches(quote.tokens, [sentence.tokens]).max(axis=0)),
            language=quote.language,
        )
        for quote in quotes
    )


def _is_unlike_in_spaces(sentence: ReadText, quotes: Sequence[ReadText]) -> bool:
    """Whether either side is in a script without spaces: its tokens meet others less well."""
    return any((sentence.language in _UNSPACED) != (one.language in _UNSPACED) for one in quotes)
