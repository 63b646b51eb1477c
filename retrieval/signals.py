"""Cheap signals that a sentence answers a question, beside the similarity of meaning."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache

from core.lexical import terms
from core.text import fold, words

_MIN_TERM_CHARS = 2

_ASKS_NUMBER = re.compile(
    r"\b(how many|how much|how long|how old|how far|what percentage|what share|combien"
    r"|cuánt[oa]s?|cuanto|qué porcentaje|kaç|ne kadar|yüzde|сколько|какой процент)\b"
    r"|\bكم\b|\bبكم\b|\bما عدد\b|\bما نسبة\b|\bما قيمة\b|\bچند\b|\bچقدر\b|多少|几|百分之",
    re.IGNORECASE,
)
_ASKS_TIME = re.compile(
    r"\b(when|what year|which year|what date|what day|quand|quelle année|quelle date|cuándo"
    r"|qué año|qué fecha|en que fecha|ne zaman|hangi yıl|hangi tarihte|когда|в каком году)\b"
    r"|\bمتى\b|\bفي أي عام\b|\bفي أي سنة\b|\bأي تاريخ\b|\bکی\b|\bچه زمانی\b|\bچه سالی\b"
    r"|什么时候|何时|哪一年|哪年|哪天",
    re.IGNORECASE,
)


def expects_figure(question: str) -> bool:
    """Whether `question` asks for a number or a time, in eight languages.

    >>> expects_figure("كم عدد الجنود؟"), expects_figure("Who signed it?")
    (True, False)
    """
    return bool(_ASKS_NUMBER.search(question) or _ASKS_TIME.search(question))


def figures(text: str) -> set[str]:
    """Numbers of `text` in ASCII digits without separators.

    >>> sorted(figures("١٤ ألف جندي في 2024، 1,200"))
    ['1200', '14', '2024']
    """
    return {re.sub("[.,٫٬]", "", word) for word in _folded_words(text) if word[0].isdigit()}


def term_coverage(
    question: str, held: Sequence[AbstractSet[str]], *, languages: Sequence[str]
) -> list[float]:
    """For each text the share in [0, 1] of the question's terms that it holds.

    `held` are the texts' own terms, each in its language. Terms weigh by their rarity among the
    texts (IDF over this list), so that function words count little; 0 across scripts.
    """
    frequency = Counter(term for found in held for term in found)
    wanted = {
        language: {
            term: math.log(1 + len(held) / (1 + frequency[term]))
            for term in terms(question, language=language)
            if len(term) >= _MIN_TERM_CHARS
        }
        for language in set(languages)
    }
    totals = {language: sum(weights.values()) for language, weights in wanted.items()}
    return [
        sum(weight for term, weight in wanted[language].items() if term in found) / totals[language]
        if totals[language]
        else 0.0
        for found, language in zip(held, languages, strict=True)
    ]


def term_overlap(one: str, other: str) -> float:
    """Share in [0, 1] of common words among those of the shorter text."""
    left, right = _folded_words(one), _folded_words(other)
    smaller = min(len(left), len(right))
    return len(left & right) / smaller if smaller else 0.0


@lru_cache(maxsize=500)
def _folded_words(text: str) -> frozenset[str]:
    return frozenset(words(fold(text)))
