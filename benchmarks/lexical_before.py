"""The encoder of words as it was first, `bm25-snowball-1`: what later ones are compared with."""

import re
from functools import lru_cache

import Stemmer

from core.text import fold_accents, fold_letters, words

_STEMMERS = {
    "ar": "arabic",
    "en": "english",
    "es": "spanish",
    "tr": "turkish",
}
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
    "\uf900-\ufaff\U00020000-\U000323af]+"
)
_ARABIC_PREFIXES = ("وال", "فال", "بال", "كال", "لل", "ال")


def first_terms(text: str, language: str) -> list[str]:
    """Folded and stemmed words, and pairs of characters of scripts without spaces."""
    found: list[str] = []
    for word in words(fold_letters(text)):
        if not _UNSPACED.search(word):
            found.append(word if word[0].isdigit() else _stem(word, language))
            continue
        position = 0
        for run in _UNSPACED.finditer(word):
            if run.start() > position:
                found.append(word[position : run.start()])
            found.extend(pairs(run[0]))
            position = run.end()
        if position < len(word):
            found.append(word[position:])
    return found


def pairs(text: str) -> list[str]:
    """Overlapping pairs of characters; one alone is itself."""
    if len(text) == 1:
        return [text]
    return [text[i : i + 2] for i in range(len(text) - 1)]


@lru_cache(maxsize=100_000)
def _stem(word: str, language: str) -> str:
    if language == "ar":
        word = _without_arabic_clitics(word)
    algorithm = _STEMMERS.get(language)
    if algorithm is not None:
        word = str(Stemmer.Stemmer(algorithm, 0).stemWord(word))
    return fold_accents(word)


def _without_arabic_clitics(word: str) -> str:
    for prefix in _ARABIC_PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) >= 3:
            return word[len(prefix) :]
    if word[0] == "و" and len(word) >= 5:
        return word[1:]
    return word
