"""The rows of every table: the product, what everybody does, and the product less one part."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from benchmarks.retrieval_baselines import Bm25, Bm25Search, NearestSearch, RrfSearch
from core.lexical import LexicalEncoder
from core.ports import IndexStore, TokenEmbedder
from eval.retrieval import Searches
from retrieval.archive import Archive
from retrieval.cohort import Cohort
from retrieval.parameters import DEFAULT_PARAMETERS, RankingParameters
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


def product(parts: Parts, parameters: RankingParameters = DEFAULT_PARAMETERS) -> Searcher:
    """The product's own searcher, with other parameters where they are given."""
    return Searcher(
        embedder=parts.embedder,
        store=parts.store,
        lexical=parts.lexical,
        codec=parts.cohort.codec,
        archive=Archive(parts.store, parts.cohort),
        now=lambda: parts.now,
        parameters=parameters,
    )


def less(**changed: float) -> Build:
    """The product with other parameters."""
    return partial(product, parameters=replace(DEFAULT_PARAMETERS, **changed))


VARIANTS: Mapping[str, Build] = {
    "without tokens": less(token_depth=0),
    "without words and tokens": lambda parts: OneMode(product(parts), SearchMode.DENSE),
    "without vectors": lambda parts: OneMode(product(parts), SearchMode.LEXICAL),
    "without a neutral point": less(lexical_neutral=0.0),
    "without numbers": less(numbers=0.0),
    "with one token weight": less(tokens=DEFAULT_PARAMETERS.meeting),
    "without centring": less(centring=0.0),
    "without scales": less(by_language=False),
}
"""The product less one part, a line each: see retrieval/parameters.py."""

BETWEEN_LANGUAGES = (
    "without a neutral point",
    "without numbers",
    "without centring",
    "without scales",
)
"""Variants of what lies between languages: not run where questions and index are of one."""

ROWS: Mapping[str, Build] = {
    PRODUCT: product,
    "bm25": lambda parts: Bm25Search(parts.bm25, parts.store),
    "dense": lambda parts: NearestSearch(parts.embedder, parts.store),
    "rrf": lambda parts: RrfSearch(parts.bm25, parts.embedder, parts.store),
    **VARIANTS,
}
