"""The rows of every table: the product, what everybody does, and the product less one part."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import cast

from benchmarks.retrieval_baselines import Bm25, Bm25Search, NearestSearch, RrfSearch
from core.lexical import LexicalEncoder
from core.ports import IndexStore, TokenEmbedder
from core.types import Vectors
from eval.retrieval import Searches
from retrieval.cohort import Cohort, CohortScales
from retrieval.fusion import LEXICAL_NEUTRAL
from retrieval.query import SearchMode, SearchQuery, SearchResults
from retrieval.search import Searcher

PRODUCT = "sanad"
BASELINES = ("bm25", "dense", "rrf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What every row is built from; `bm25` holds the same texts as the index."""

    embedder: TokenEmbedder
    store: IndexStore
    lexical: LexicalEncoder
    cohort: Cohort
    bm25: Bm25
    now: datetime


Build = Callable[[Parts], Searches]


class OneMode:
    """The searcher with one leg only."""

    def __init__(self, searcher: Searcher, mode: SearchMode) -> None:
        self._searcher = searcher
        self._mode = mode

    async def search(self, query: SearchQuery) -> SearchResults:
        """See Searches."""
        return await self._searcher.search(replace(query, mode=self._mode))


class OneScale:
    """The cohort without its knowledge of languages: one scale, the average, for all of them."""

    def __init__(self, inner: Cohort) -> None:
        self._inner = inner

    def scales(self, query: Vectors) -> CohortScales:
        """The same mean and deviation for every language."""
        average = self._inner.scales(query)
        # A language without a cohort is told by the average: its scale from two of its values.
        zero, one = (average.normalise(cosine, language="") for cosine in (0.0, 1.0))
        deviation = 1 / (one - zero)
        return CohortScales({"": (-zero * deviation, deviation)})


def product(parts: Parts, *, lexical_neutral: float = LEXICAL_NEUTRAL) -> Searcher:
    """The product's own searcher, with other parameters where they are given."""
    return Searcher(
        embedder=parts.embedder,
        store=parts.store,
        lexical=parts.lexical,
        cohort=parts.cohort,
        now=lambda: parts.now,
        lexical_neutral=lexical_neutral,
    )


def _one_scale(parts: Parts) -> Searcher:
    return product(replace(parts, cohort=cast(Cohort, OneScale(parts.cohort))))


VARIANTS: Mapping[str, Build] = {
    "without words": lambda parts: OneMode(product(parts), SearchMode.DENSE),
    "without vectors": lambda parts: OneMode(product(parts), SearchMode.LEXICAL),
    "one scale for all languages": _one_scale,
    "without a neutral point": partial(product, lexical_neutral=0.0),
}
"""The product less one part, a line each: see retrieval/fusion.py and retrieval/cohort.py."""

ROWS: Mapping[str, Build] = {
    PRODUCT: product,
    "bm25": lambda parts: Bm25Search(parts.bm25, parts.store),
    "dense": lambda parts: NearestSearch(parts.embedder, parts.store),
    "rrf": lambda parts: RrfSearch(parts.bm25, parts.embedder, parts.store),
    **VARIANTS,
}
