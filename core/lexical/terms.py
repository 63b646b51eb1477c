"""From text to the terms that the index of words holds, the same for passages and queries."""

import re
from functools import lru_cache

import Stemmer

from core.lexical.arabic import arabic_stem
from core.lexical.hebrew import hebrew_terms
from core.lexical.persian import persian_stem
from core.lexical.segments import is_unspaced, unspaced_terms
from core.lexical.spelling import PERSIAN_LETTERS, fold_form
from core.lexical.stop_words import is_stop_word, stop_words
from core.text import normalise, words

_STEMMERS = {
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "ne": "nepali",
    "nl": "dutch",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "yi": "yiddish",
}
"""Snowball's algorithm for a language."""

_TURKISH_LETTERS = 5
"""Of a Turkish word: its endings follow its root. Can et al. 2008, "Information retrieval on
Turkish texts", found the first five letters as good as a lemmatiser; here, they rank better than
Snowball's stemmer, which also takes "KADIN" and "kadın" for two words.
"""

_LONGEST_KEPT = 40
"""Characters of a word whose terms are kept: a run of Chinese hardly comes twice."""

_SEPARATOR = re.compile("[.,٫٬]")
_THOUSANDS = re.compile("[0-9]{1,3}(?:[.,٬][0-9]{3})+")


def terms(text: str, *, language: str) -> list[str]:
    """Index terms of `text` in order: none if and only if its normal form has no word.

    Words are folded and stemmed by `language`; scripts without spaces give words and pairs.

    >>> terms("والشراكة الاستراتيجية 2024", language="ar") == terms(
    ...     "الشراكه  الإستراتيجيّة ٢٠٢٤", language="ar")
    True
    >>> terms("1,200", language="en") == terms("١٬٢٠٠", language="ar") == ["1200"]
    True
    """
    found: list[str] = []
    for word in words(normalise(text)):
        found.extend(_word_terms(word, language))
    return found


def query_terms(text: str, *, language: str) -> list[str]:
    """Distinct terms of a query in order, without its stop words unless there is nothing else.

    >>> query_terms("What is the capital?", language="en"), query_terms("what", language="en")
    (['capit'], ['what'])
    >>> query_terms("总统多少岁", language="zh")
    ['总统', '总', '统', '岁']
    """
    found: list[str] = []
    for word in words(normalise(text)):
        if is_unspaced(word):
            found.extend(unspaced_terms(word, without=stop_words(language)))
        elif not is_stop_word(word, language=language):
            found.extend(_word_terms(word, language))
    return list(dict.fromkeys(found or terms(text, language=language)))


def _word_terms(word: str, language: str) -> tuple[str, ...]:
    if len(word) > _LONGEST_KEPT:
        return _analysed(word, language)
    return _kept(word, language)


def _analysed(word: str, language: str) -> tuple[str, ...]:
    if word[0].isdigit():
        return _number_terms(word)
    if is_unspaced(word):
        return tuple(unspaced_terms(word))
    if language == "ar":
        return (arabic_stem(fold_form(word, language=language)),)
    if language == "he":
        return hebrew_terms(word)
    if language in PERSIAN_LETTERS:
        form = fold_form(word, language=language)
        return (persian_stem(form) if language == "fa" else form,)
    if language == "tr":
        return (fold_form(word, language=language)[:_TURKISH_LETTERS],)
    algorithm = _STEMMERS.get(language)
    if algorithm is not None:
        # A stemmer keeps state between calls, so each call has its own: they are cheap.
        word = str(Stemmer.Stemmer(algorithm, 0).stemWord(word)) or word
    return (fold_form(word, language=language),)


_kept = lru_cache(maxsize=100_000)(_analysed)


def _number_terms(word: str) -> tuple[str, ...]:
    """One way to write a number; the parts of a date.

    >>> _number_terms("1.200.000"), _number_terms("3,5"), _number_terms("24.06.2024")
    (('1200000',), ('3.5',), ('24', '06', '2024'))
    """
    if _THOUSANDS.fullmatch(word):
        return (_SEPARATOR.sub("", word),)
    parts = _SEPARATOR.split(word)
    return (".".join(parts),) if len(parts) <= 2 else tuple(parts)
