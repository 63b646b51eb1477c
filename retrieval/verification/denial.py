"""Whether what a sentence negates is what its quotes negate, word by word.

A sentence may say "not" where a quote says it of something else. So for each word that a quote
negates, it is looked up how well the sentence's own words meet it.
"""

from collections.abc import Sequence

from core.lexical.stop_words import is_stop_word
from core.text import fold, words
from retrieval.verification.polarity import is_negator
from retrieval.verification.words import Word

_SCOPE = 2
"""Words behind a negator that it may negate, stop words left out."""

_WORDS_AFTER = 3


def negated_match(quote: Sequence[Word], matches: Sequence[float], *, language: str) -> float:
    """How well a sentence meets what a quote negates, at best; -1 where it negates nothing.

    `matches` tells for each word of the quote how well the sentence meets it.
    """
    met = [-1.0]
    for i, word in enumerate(quote):
        folded = " ".join(words(fold(word.text)))
        if not is_negator(folded, language=language):
            continue
        # Turkish negates within the verb.
        after = [i] if language == "tr" else _negated(quote, i, language)
        met += [matches[j] for j in after]
    return max(met)


def _negated(quote: Sequence[Word], i: int, language: str) -> list[int]:
    after = range(i + 1, min(i + 1 + _WORDS_AFTER, len(quote)))
    told = [j for j in after if not is_stop_word(fold(quote[j].text), language=language)]
    return told[:_SCOPE]
