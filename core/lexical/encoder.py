"""The lexical leg's encoder: text to sparse term vectors, the same for every store.

A term's weight in a passage is the saturated term frequency of BM25 (Robertson and
Zaragoza 2009, eq. 3.11) with a fixed average length; the store multiplies by IDF.
"""

import hashlib
from collections import Counter

from core.lexical.terms import query_terms, terms
from core.types import SparseVector

K1 = 1.2
B = 0.75
AVERAGE_TERMS = 90
"""Of our passages (120 to 220 tokens); fixed, so that vectors never go stale."""

_AVERAGE_TERMS = {"ja": 200, "ko": 130, "zh": 240}
"""Languages whose texts give many more terms for as many tokens."""

STOP_WORD_WEIGHT = 0.5
"""In a query, beside the 1 of other words: enough to find "The Who", too little to mislead."""


class LexicalEncoder:
    """Encodes passages and queries alike; stateless and thread-safe."""

    version = "bm25-words-2"

    def encode_passage(self, text: str, *, language: str) -> SparseVector:
        """Saturated term frequencies of `text`; empty only if it has no letter or digit."""
        counts = Counter(terms(text, language=language))
        length = sum(counts.values())
        norm = K1 * (1 - B + B * length / average_terms(language))
        return _vector({term: tf * (K1 + 1) / (tf + norm) for term, tf in counts.items()})

    def encode_query(self, text: str, *, language: str) -> SparseVector:
        """Weight 1 for each distinct term, less for stop words beside others."""
        content = dict.fromkeys(query_terms(text, language=language), 1.0)
        return _vector(dict.fromkeys(terms(text, language=language), STOP_WORD_WEIGHT) | content)

    def encode_numbers(self, text: str, *, language: str) -> SparseVector:
        """Weight 1 for each distinct number in a query: those terms are the same in every language.

        >>> LexicalEncoder().encode_numbers("في ٢٠٢٤", language="ar") == (
        ...     LexicalEncoder().encode_query("2024", language="en"))
        True
        """
        numbers = [term for term in query_terms(text, language=language) if term[0].isdigit()]
        return _vector(dict.fromkeys(numbers, 1.0))


def average_terms(language: str) -> int:
    """About how many terms a passage of ours has."""
    return _AVERAGE_TERMS.get(language, AVERAGE_TERMS)


def term_id(term: str) -> int:
    """A stable 32-bit id of `term`; collisions are rare enough to be harmless."""
    return int.from_bytes(hashlib.blake2b(term.encode("utf-8"), digest_size=4).digest(), "big")


def _vector(weights: dict[str, float]) -> SparseVector:
    by_id: dict[int, float] = {}
    for term, weight in weights.items():
        key = term_id(term)
        by_id[key] = by_id.get(key, 0.0) + weight
    ids = sorted(by_id)
    return SparseVector(indices=tuple(ids), values=tuple(by_id[key] for key in ids))
