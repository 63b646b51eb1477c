"""Ways to make terms of texts and to weigh them, which the lexical benchmark compares."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import Stemmer

from benchmarks.lexical_before import first_terms, pairs
from benchmarks.lexical_scoring import Weighting
from core.lexical import query_terms, terms
from core.lexical.arabic import (
    arabic_stem,
    without_article,
    without_clitics,
    without_endings,
)
from core.lexical.encoder import K1, STOP_WORD_WEIGHT, B, average_terms
from core.lexical.segments import is_unspaced, segmented
from core.lexical.spelling import fold_form
from core.lexical.stop_words import is_stop_word
from core.text import normalise, words

FIRST = Weighting(k1=1.2, b=0.75, average=90)

CAPITALS = frozenset({"en", "es", "tr"})
"""Those of the languages measured that write names with capitals."""

Terms = Callable[[str, str], list[str]]
Weights = Callable[[str, str], Mapping[str, float]]
Split = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """How passages and queries of a language become terms; `languages` None is all."""

    name: str
    passage: Terms
    query: Weights
    weighting: Weighting
    languages: frozenset[str] | None = None

    def suits(self, language: str) -> bool:
        """Whether it says anything about `language`."""
        return self.languages is None or language in self.languages


def variants(language: str) -> list[Variant]:
    """Those for `language`; "Sanad" is the product's terms and weights."""
    product = Weighting(k1=K1, b=B, average=average_terms(language))
    sanad = Variant(name="Sanad", passage=_terms, query=_soft(STOP_WORD_WEIGHT), weighting=product)
    plain = replace(sanad, name="folded words alone", passage=_folded, query=_ones(_folded))
    found = [
        Variant(
            name="first encoder", passage=first_terms, query=_ones(first_terms), weighting=FIRST
        ),
        plain,
        sanad,
        replace(sanad, name="stop words as other words", query=_ones(_terms)),
        replace(sanad, name="stop words left out of queries", query=_hard),
        replace(
            sanad, name="stop words left out of both", passage=_without_stop_words, query=_hard
        ),
        replace(sanad, name="numbers weigh 1.5 times", query=_numbers),
        replace(sanad, name="capitalised words weigh 1.3 times", query=_names, languages=CAPITALS),
        replace(sanad, name="average of 90 terms", weighting=replace(product, average=90)),
        replace(sanad, name="true average", weighting=replace(product, average=None)),
        *[
            replace(sanad, name=f"k1 {k1}, b {b}", weighting=replace(product, k1=k1, b=b))
            for k1, b in ((0.9, 0.4), (0.9, 0.75), (1.6, 0.75), (1.2, 0.5), (1.2, 0.9))
        ],
        *(_of_words(sanad, name, stem, "ar") for name, stem in ARABIC.items()),
        *(_of_words(sanad, name, cut, "zh") for name, cut in CHINESE.items()),
        _of_words(sanad, "tr: Snowball", _turkish, "tr"),
    ]
    return [variant for variant in found if variant.suits(language)]


def _terms(text: str, language: str) -> list[str]:
    return terms(text, language=language)


def _folded(text: str, language: str) -> list[str]:
    return [fold_form(word, language=language) for word in words(normalise(text))]


def _without_stop_words(text: str, language: str) -> list[str]:
    content = set(query_terms(text, language=language))
    return [term for term in terms(text, language=language) if term in content]


def _ones(of: Terms) -> Weights:
    return lambda text, language: dict.fromkeys(of(text, language), 1.0)


def _soft(weight: float) -> Weights:
    def query(text: str, language: str) -> Mapping[str, float]:
        content = dict.fromkeys(query_terms(text, language=language), 1.0)
        return dict.fromkeys(terms(text, language=language), weight) | content

    return query


def _hard(text: str, language: str) -> Mapping[str, float]:
    return dict.fromkeys(query_terms(text, language=language), 1.0)


def _numbers(text: str, language: str) -> Mapping[str, float]:
    found = _soft(STOP_WORD_WEIGHT)(text, language)
    return {term: weight * (1.5 if term[0].isdigit() else 1) for term, weight in found.items()}


def _names(text: str, language: str) -> Mapping[str, float]:
    """A capital within the text marks a name; the first word has one anyway."""
    capitalised = " ".join(word for word in text.split()[1:] if word[0].isupper())
    names = set(terms(capitalised, language=language))
    found = _soft(STOP_WORD_WEIGHT)(text, language)
    return {term: weight * (1.3 if term in names else 1) for term, weight in found.items()}


def _of_words(
    base: Variant, name: str, split: Callable[[str], list[str]], language: str
) -> Variant:
    """`base` with other terms for the words of one language; numbers stay as they are."""
    kept = lru_cache(maxsize=None)(split)

    def word_terms(word: str) -> list[str]:
        return [word] if word[0].isdigit() else kept(word)

    def passage(text: str, _: str) -> list[str]:
        return [term for word in words(normalise(text)) for term in word_terms(word)]

    def query(text: str, _: str) -> Mapping[str, float]:
        found: dict[str, float] = {}
        for word in words(normalise(text)):
            is_stop = not is_unspaced(word) and is_stop_word(word, language=language)
            for term in word_terms(word):
                found[term] = max(found.get(term, 0.0), STOP_WORD_WEIGHT if is_stop else 1.0)
        return found

    return replace(base, name=name, passage=passage, query=query, languages=frozenset({language}))


def _arabic(stem: Callable[[str], str]) -> Split:
    return lambda word: [stem(fold_form(word, language="ar"))]


def _turkish(word: str) -> list[str]:
    return [fold_form(str(Stemmer.Stemmer("turkish", 0).stemWord(word)), language="tr")]


def _snowball(word: str) -> str:
    return str(Stemmer.Stemmer("arabic", 0).stemWord(word))


def _light10(word: str) -> str:
    """Larkey, Ballesteros and Connell 2007, the stemmer that they call light10."""
    if word.startswith("و") and len(word) >= 4:
        word = word[1:]
    for prefix in ("ال", "وال", "بال", "كال", "فال", "لل"):
        if word.startswith(prefix) and len(word) - len(prefix) >= 2:
            word = word[len(prefix) :]
            break
    for suffix in ("ها", "ان", "ات", "ون", "ين", "يه", "ية", "ه", "ة", "ي"):
        if word.endswith(suffix) and len(word) - len(suffix) >= 2:
            word = word[: -len(suffix)]
    return word


ARABIC: Mapping[str, Split] = {
    "ar: Snowball alone": _arabic(_snowball),
    "ar: light10": _arabic(_light10),
    "ar: article, clitics, Snowball": _arabic(lambda word: _snowball(without_clitics(word))),
    "ar: article, clitics, endings, Snowball": _arabic(
        lambda word: _snowball(without_endings(without_clitics(word)))
    ),
    "ar: article, endings, Snowball": _arabic(
        lambda word: _snowball(without_endings(without_article(word)))
    ),
    "ar: article, endings, clitics": _arabic(
        lambda word: without_clitics(without_endings(without_article(word)))
    ),
    "ar: article, endings, clitics, Snowball, as Sanad": _arabic(arabic_stem),
}


def _chinese(split: Split) -> Split:
    return lambda word: split(word) if is_unspaced(word) else [fold_form(word, language="zh")]


CHINESE: Mapping[str, Split] = {
    "zh: pairs": _chinese(pairs),
    "zh: words": _chinese(segmented),
    "zh: words and pairs": _chinese(
        lambda word: [*segmented(word), *(pairs(word) if len(word) > 1 else [])]
    ),
    "zh: characters and pairs": _chinese(
        lambda word: [*word, *(pairs(word) if len(word) > 1 else [])]
    ),
}
