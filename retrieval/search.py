"""From a query to ranked passages: the one door that search and answers share."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from core.language import identify_language
from core.lexical import LexicalEncoder
from core.ports import IndexStore, TokenEmbedder
from core.types import PassageFilter, ScoredPassage, Vectors
from retrieval.cohort import Cohort
from retrieval.fusion import best_of_each_article, fuse, renumbered
from retrieval.query import GroupBy, SearchHit, SearchMode, SearchQuery, SearchResults
from retrieval.reading import Reading

LEG_DEPTH = 60
"""Passages drawn from each leg, and from the dense leg for each language."""

MAX_LANGUAGES = 12
"""Languages drawn from apart; the passages of rarer ones come with the common draw."""

LANGUAGES_MAX_AGE_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Ranked passages with what was learnt about the question on the way."""

    reading: Reading
    hits: tuple[SearchHit, ...]
    timing_ms: dict[str, float]


class Searcher:
    """Hybrid search with scores that are comparable between languages."""

    def __init__(
        self,
        *,
        embedder: TokenEmbedder,
        store: IndexStore,
        lexical: LexicalEncoder,
        cohort: Cohort,
        now: Callable[[], datetime],
    ) -> None:
        self._embedder = embedder
        self._store = store
        self._lexical = lexical
        self._cohort = cohort
        self._now = now
        self._languages: tuple[str, ...] = ()
        self._languages_at = float("-inf")

    async def search(self, query: SearchQuery) -> SearchResults:
        """Results for `query`; an empty tuple means that nothing passes the filters."""
        depth = max(LEG_DEPTH, query.offset + query.limit)
        if query.group_by is GroupBy.ARTICLE:
            depth *= 2
        ranking = await self.rank(query.text, where=query.where, mode=query.mode, depth=depth)
        hits = list(ranking.hits)
        if query.group_by is GroupBy.ARTICLE:
            hits = best_of_each_article(hits)
        page = hits[query.offset : query.offset + query.limit]
        return SearchResults(
            query_id=str(uuid4()),
            language=ranking.reading.language,
            hits=tuple(renumbered(page, first_rank=query.offset + 1)),
            notices=(),
            timing_ms=ranking.timing_ms,
        )

    async def rank(
        self,
        text: str,
        *,
        where: PassageFilter,
        mode: SearchMode = SearchMode.HYBRID,
        depth: int = LEG_DEPTH,
    ) -> Ranking:
        """Every passage that a leg returned, best first; embargoed articles never."""
        started = time.perf_counter()
        language = identify_language(text)
        question = (await self._embedder.embed_query_tokens([text]))[0]
        embedded = time.perf_counter()
        visible = replace(where, visible_at=self._now())
        dense: list[ScoredPassage] = []
        lexical: list[ScoredPassage] = []
        if mode is not SearchMode.LEXICAL:
            dense = await self._draw_dense(question.pooled, where=visible, depth=depth)
        if mode is not SearchMode.DENSE:
            terms = self._lexical.encode_query(text, language=language)
            lexical = await self._store.search_lexical(terms, where=visible, k=depth)
        scales = self._cohort.scales(question.pooled)
        hits = fuse(dense, lexical, scales=scales, language=language, mode=mode)
        found = time.perf_counter()
        return Ranking(
            reading=Reading(
                text=text,
                language=language,
                vectors=question,
                scales=scales,
                cohort=self._cohort,
            ),
            hits=tuple(hits),
            timing_ms={
                "embed": round((embedded - started) * 1e3, 2),
                "search": round((found - embedded) * 1e3, 2),
            },
        )

    async def _draw_dense(
        self, vector: Vectors, *, where: PassageFilter, depth: int
    ) -> list[ScoredPassage]:
        """The nearest overall and of each language: raw cosines favour the query's own."""
        drawn = await self._store.search_dense(vector, where=where, k=depth)
        languages = where.languages or await self._indexed_languages()
        if len(languages) > 1 and len(drawn) == depth:
            for language in languages[:MAX_LANGUAGES]:
                only = replace(where, languages=(language,))
                drawn += await self._store.search_dense(vector, where=only, k=depth)
        unique = {hit.passage.id: hit for hit in drawn}
        return sorted(unique.values(), key=lambda hit: (-hit.score, hit.passage.id))

    async def _indexed_languages(self) -> tuple[str, ...]:
        """Languages of the index, most passages first; a new one may be missing for a while.

        Its passages are found all the same, by the common draw.
        """
        now = time.monotonic()
        if now - self._languages_at > LANGUAGES_MAX_AGE_S:
            counts = (await self._store.status()).languages
            self._languages = tuple(sorted(counts, key=lambda name: (-counts[name], name)))
            self._languages_at = now
        return self._languages
