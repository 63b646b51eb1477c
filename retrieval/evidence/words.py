"""Signals from the words of a sentence: terms, figures, names, form and place."""

import math
import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from core.lexical import terms
from core.text import fold, words
from retrieval.evidence.candidates import Candidate
from retrieval.reading import Reading
from retrieval.signals import expects_figure, figures, term_coverage

SHORT_CHARS = 40
LONG_CHARS = 240

_QUOTED = re.compile('["«»“”„「」]')
_TRIGRAM = 3


def word_columns(reading: Reading, candidates: Sequence[Candidate]) -> dict[str, list[float]]:
    """Columns (n,) by name."""
    texts = [candidate.text for candidate in candidates]
    languages = [candidate.hit.passage.language for candidate in candidates]
    # What is asked about often stands in the sentence before the one that answers.
    windows = [[i, *_neighbours(candidates, i)] for i in range(len(candidates))]
    held = [
        frozenset(terms(text, language=language))
        for text, language in zip(texts, languages, strict=True)
    ]
    given = [figures(text) for text in texts]
    return {
        "terms": term_coverage(reading.text, held, languages=languages),
        "window_terms": term_coverage(reading.text, _joined(held, windows), languages=languages),
        "trigrams": _trigram_coverage(reading.text, texts),
        **_figure_columns(reading.text, given, _joined(given, windows)),
        "short": [float(len(text) < SHORT_CHARS) for text in texts],
        "long": [float(len(text) > LONG_CHARS) for text in texts],
        "is_question": [float(text.rstrip().endswith(("?", "؟", "？"))) for text in texts],
        "has_quotation": [float(_QUOTED.search(text) is not None) for text in texts],
        "first": [float(candidate.order == 0) for candidate in candidates],
        "place": [math.log1p(candidate.order) for candidate in candidates],
        "passage_rank": [math.log(candidate.hit.rank) for candidate in candidates],
    }


def _joined(
    sets: Sequence[AbstractSet[str]], windows: Sequence[Sequence[int]]
) -> list[frozenset[str]]:
    """What stands in each text and in those around it."""
    return [frozenset().union(*(sets[i] for i in window)) for window in windows]


def _figure_columns(
    question: str, given: Sequence[AbstractSet[str]], around: Sequence[AbstractSet[str]]
) -> dict[str, list[float]]:
    wanted = figures(question)
    asked = expects_figure(question)
    return {
        "figures_missing": [len(wanted - some) / len(wanted) if wanted else 0.0 for some in around],
        "figure_wanted_not_given": [float(asked and not some - wanted) for some in given],
        "figure_wanted_given": [float(asked and bool(some - wanted)) for some in given],
        "figure_unasked": [float(not asked and bool(some - wanted)) for some in given],
    }


def _trigram_coverage(question: str, texts: Sequence[str]) -> list[float]:
    """Share in [0, 1] of the question's letter trigrams that each text holds, accents folded."""
    wanted = _trigrams(question)
    return [len(wanted & _trigrams(text)) / len(wanted) if wanted else 0.0 for text in texts]


def _trigrams(text: str) -> set[str]:
    found = set()
    for word in words(fold(text)):
        padded = f" {word} "
        found |= {padded[i : i + _TRIGRAM] for i in range(len(padded) - _TRIGRAM + 1)}
    return found


def _neighbours(candidates: Sequence[Candidate], i: int) -> list[int]:
    """Positions of the sentences just before and after, in the same passage."""
    own = candidates[i].hit.passage.id
    return [
        j
        for j in (i - 1, i + 1)
        if 0 <= j < len(candidates) and candidates[j].hit.passage.id == own
    ]
