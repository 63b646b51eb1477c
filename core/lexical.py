"""The lexical leg's encoder: text to sparse term vectors, the same for every store.

A term's weight in a passage is the saturated term frequency of BM25 (Robertson and
Zaragoza 2009, eq. 3.11) with a fixed average length; the store multiplies by IDF.
"""

import hashlib
import re
from collections import Counter
from functools import lru_cache

import Stemmer

from core.text import fold_accents, fold_letters, words
from core.types import SparseVector

K1 = 1.2
B = 0.75
AVERAGE_TERMS = 90
"""About the mean of our passages (120 to 220 tokens); fixed, so that vectors never go stale."""

_STEMMERS = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "eu": "basque",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}

_UNSPACED = re.compile(
    "["
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f"  # Myanmar
    "\u1780-\u17ff"  # Khmer
    "\u3040-\u30ff"  # kana
    "\u3400-\u4dbf"
    "\u4e00-\u9fff"  # Han
    "\uac00-\ud7af"  # Hangul: spaced, but its words carry particles
    "\uf900-\ufaff"
    "\U00020000-\U000323af"
    "]+"
)


class LexicalEncoder:
    """Encodes passages and queries alike; stateless and thread-safe."""

    version = "bm25-snowball-1"

    def encode_passage(self, text: str, *, language: str) -> SparseVector:
        """Saturated term frequencies of `text`; empty only if it has no letter or digit."""
        counts = Counter(terms(text, language=language))
        length = sum(counts.values())
        norm = K1 * (1 - B + B * length / AVERAGE_TERMS)
        return _vector({term: tf * (K1 + 1) / (tf + norm) for term, tf in counts.items()})

    def encode_query(self, text: str, *, language: str) -> SparseVector:
        """Weight 1 for each distinct term."""
        return _vector(dict.fromkeys(terms(text, language=language), 1.0))


def terms(text: str, *, language: str) -> list[str]:
    """Index terms of `text` in order: folded, stemmed by `language`, unspaced scripts in bigrams.

    >>> terms("والشراكة الاستراتيجية 2024", language="ar") == terms(
    ...     "الشراكه  الإستراتيجيّة ٢٠٢٤", language="ar")
    True
    """
    found: list[str] = []
    for word in words(fold_letters(text)):
        if not _UNSPACED.search(word):
            found.append(word if word[0].isdigit() else _stem(word, language))
            continue
        position = 0
        for run in _UNSPACED.finditer(word):
            if run.start() > position:
                found.append(word[position : run.start()])
            found.extend(_bigrams(run[0]))
            position = run.end()
        if position < len(word):
            found.append(word[position:])
    return found


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


def _bigrams(word: str) -> list[str]:
    """Overlapping pairs, as Lucene's CJKAnalyzer; a single character stands alone."""
    if len(word) == 1:
        return [word]
    return [word[i : i + 2] for i in range(len(word) - 1)]


_ARABIC_PREFIXES = ("وال", "فال", "بال", "كال", "لل", "ال")


@lru_cache(maxsize=100_000)
def _stem(word: str, language: str) -> str:
    """The stem of a folded word, without accents."""
    if language == "ar":
        word = _without_arabic_clitics(word)
    algorithm = _STEMMERS.get(language)
    if algorithm is not None:
        # A stemmer keeps state between calls, so each call has its own: they are cheap.
        word = str(Stemmer.Stemmer(algorithm, 0).stemWord(word))
    return fold_accents(word)


def _without_arabic_clitics(word: str) -> str:
    """Drop the article with a joined conjunction or preposition, if three letters remain."""
    for prefix in _ARABIC_PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) >= 3:
            return word[len(prefix) :]
    if word[0] == "و" and len(word) >= 5:
        return word[1:]
    return word
