"""Families of articles: those whose found passages are copies, or near copies, of one another.

Texts are compared by their shingles, runs of words (Broder 1997, "On the resemblance and
containment of documents"): by containment, since of two copies the found passages need not be
the same ones. A translation is no copy here: what translates it told it anew.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property

from core.lexical.segments import is_unspaced, segmented
from core.text import fold, words
from core.types import ArticleHeader
from retrieval.query import SearchHit

SHINGLE = 5
"""Words of a shingle: long enough that two reporters hardly write the same."""

COPIED = 0.35
"""Share of the shingles of the shorter text from which it is a copy. Two articles that quote the
same statement share a tenth or two; a reprint with a line changed in each paragraph a half."""

COPIED_SENTENCE = 0.7
"""The same for a sentence or two alone: fewer than A_PARAGRAPH shingles."""

A_PARAGRAPH = 20

LEAST_SHINGLES = 4
"""Of fewer, nothing is told: short sentences are alike by chance."""

Shingles = frozenset[tuple[str, ...]]


class Families:
    """The families of the articles of some hits, by what was found of them."""

    def __init__(self, hits: Sequence[SearchHit]) -> None:
        self._texts: dict[str, list[str]] = {}
        for hit in hits:
            self._texts.setdefault(hit.header.id, []).append(hit.passage.text)

    @cached_property
    def _family(self) -> dict[str, str]:
        """Read when first asked for: most answers have nothing that says the same."""
        return _joined({
            key: frozenset(one for text in parts for one in shingles(text))
            for key, parts in self._texts.items()
        })

    def are_copies(self, one: str, other: str) -> bool:
        """Whether two articles, by their ids, are of one family."""
        return self._family.get(one, one) == self._family.get(other, other)

    def count_sources(self, headers: Collection[ArticleHeader]) -> int:
        """How many of the articles are independent: copies and one outlet's articles count once."""
        if len(headers) == 1:
            return 1
        names = {header.id: _outlet(header) for header in headers}
        groups: list[set[str]] = []
        for header in headers:
            own = {self._family.get(header.id, header.id), *names[header.id]}
            joined = [group for group in groups if group & own]
            groups = [group for group in groups if not group & own]
            groups.append(own.union(*joined))
        return len(groups)


def shingles(text: str) -> Shingles:
    """Runs of SHINGLE words of folded text, in scripts without spaces of words that ICU finds."""
    found = [part for word in words(fold(text)) for part in _parts(word)]
    return frozenset(zip(*(found[start:] for start in range(SHINGLE)), strict=False))


def copies_sentence(one: str, other: str) -> bool:
    """Whether one of two sentences repeats most of the other word by word."""
    return _is_copied(shingles(one), shingles(other))


def _parts(word: str) -> Iterator[str]:
    if is_unspaced(word):
        yield from segmented(word)
    else:
        yield word


def _is_copied(one: Shingles, other: Shingles) -> bool:
    shorter = min(len(one), len(other))
    if shorter < LEAST_SHINGLES:
        return False
    return len(one & other) / shorter >= (COPIED_SENTENCE if shorter < A_PARAGRAPH else COPIED)


def _joined(found: Mapping[str, Shingles]) -> dict[str, str]:
    """The family of each article: the id of the first that it is joined to by copies."""
    family = {key: key for key in found}
    keys = list(found)
    for i, one in enumerate(keys):
        for other in keys[i + 1 :]:
            if family[one] != family[other] and _is_copied(found[one], found[other]):
                joined = family[other]
                family = {key: family[one] if own == joined else own for key, own in family.items()}
    return family


def _outlet(header: ArticleHeader) -> set[str]:
    return set() if header.source is None else {"outlet:" + fold(header.source)}
