"""What everybody does, as search doors: BM25, the nearest vectors, and both by their ranks."""

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import bm25s
import numpy as np

from core.ports import PassageStore, TokenEmbedder
from core.types import FoundPassage, Match, PassageFilter, VectorQuery
from retrieval.query import Contribution, Explanation, SearchHit, SearchQuery, SearchResults

DEPTH = 300
"""Passages drawn for 100 articles, some of which have several."""

RRF_K = 60
"""Cormack, Clarke and Buettcher 2009, "Reciprocal Rank Fusion outperforms Condorcet and
individual Rank Learning Methods", section 3."""


class Bm25:
    """BM25 by bm25s over passages, everything as the library has it by default.

    Words are runs of two or more letters and digits in lower case, English stop words are left
    out, k1 = 1.5, b = 0.75, the IDF of Lucene. Chinese, which has no spaces, is cut at its signs.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        """An index of `texts` by passage id; at least one."""
        self._ids = list(texts)
        self._index = bm25s.BM25()
        words = bm25s.tokenize(list(texts.values()), show_progress=False)
        self._index.index(words, show_progress=False)

    def matches(self, query: str) -> list[Match]:
        """At most DEPTH passages that share a word with `query`, best first, ties by id."""
        words = bm25s.tokenize(query, return_ids=False, show_progress=False)[0]
        if not words:
            return []
        scores = self._index.get_scores(words)
        found = np.flatnonzero(scores)
        if len(found) > DEPTH:
            # All that score as the last one does, so that ties are broken by id and not by place.
            last = np.partition(scores[found], -DEPTH)[-DEPTH]
            found = found[scores[found] >= last]
        matches = [Match(self._ids[place], float(scores[place])) for place in found.tolist()]
        return sorted(matches, key=lambda match: (-match.score, match.passage_id))[:DEPTH]


class Bm25Search:
    """Articles by their best passage under BM25."""

    def __init__(self, index: Bm25, store: PassageStore) -> None:
        self._index = index
        self._store = store

    async def search(self, query: SearchQuery) -> SearchResults:
        """See Searches."""
        found = _Legs(lexical=self._index.matches(query.text))
        return await _results(query, found.lexical, found, self._store)


class NearestSearch:
    """Articles by their nearest passage: raw cosines over the whole index."""

    def __init__(self, embedder: TokenEmbedder, store: PassageStore) -> None:
        self._embedder = embedder
        self._store = store

    async def search(self, query: SearchQuery) -> SearchResults:
        """See Searches."""
        found = _Legs(dense=await nearest(query.text, self._embedder, self._store))
        return await _results(query, found.dense, found, self._store)


class RrfSearch:
    """Articles by their best passage under the reciprocal ranks of BM25 and the nearest vectors."""

    def __init__(self, index: Bm25, embedder: TokenEmbedder, store: PassageStore) -> None:
        self._index = index
        self._embedder = embedder
        self._store = store

    async def search(self, query: SearchQuery) -> SearchResults:
        """See Searches."""
        dense = await nearest(query.text, self._embedder, self._store)
        lexical = self._index.matches(query.text)
        found = _Legs(dense=dense, lexical=lexical, by_rank=True)
        return await _results(query, fuse([dense, lexical]), found, self._store)


async def nearest(text: str, embedder: TokenEmbedder, store: PassageStore) -> list[Match]:
    """The DEPTH passages nearest to `text`, by cosine."""
    question = (await embedder.embed_query_tokens([text]))[0]
    asked = VectorQuery(vector=question.pooled, where=PassageFilter(), k=DEPTH)
    return (await store.search([asked]))[0]


def fuse(lists: Sequence[Sequence[Match]]) -> list[Match]:
    """Every passage of `lists` by the sum of 1 / (RRF_K + rank), ties by id.

    >>> fuse([[Match("a", 9.0), Match("b", 8.0)], [Match("b", 0.1)]])[0].passage_id
    'b'
    """
    scores: defaultdict[str, float] = defaultdict(float)
    for matches in lists:
        for rank, match in enumerate(matches, 1):
            scores[match.passage_id] += 1 / (RRF_K + rank)
    fused = [Match(key, score) for key, score in scores.items()]
    return sorted(fused, key=lambda match: (-match.score, match.passage_id))


class _Legs:
    """What each leg found, for the explanation of a result: parts by score, or `by_rank`."""

    def __init__(
        self,
        *,
        dense: Sequence[Match] = (),
        lexical: Sequence[Match] = (),
        by_rank: bool = False,
    ) -> None:
        self.dense = dense
        self.lexical = lexical
        self._by_rank = by_rank
        self._dense = {match.passage_id: (match.score, n) for n, match in enumerate(dense, 1)}
        self._lexical = {match.passage_id: (match.score, n) for n, match in enumerate(lexical, 1)}

    def explain(self, passage_id: str, *, rank: int) -> Explanation:
        dense_score, dense_rank = self._dense.get(passage_id, (None, None))
        lexical_score, lexical_rank = self._lexical.get(passage_id, (None, None))
        return Explanation(
            dense_score=dense_score,
            dense_rank=dense_rank,
            lexical_score=lexical_score,
            lexical_rank=lexical_rank,
            dense_normalised=dense_score or 0.0,
            lexical_normalised=lexical_score or 0.0,
            lexical_weight=1.0,
            question_language="",
            fused_rank=rank,
            contributions=tuple(self._contributions(passage_id)),
        )

    def _contributions(self, passage_id: str) -> Iterator[Contribution]:
        for name, leg in (("dense", self._dense), ("lexical", self._lexical)):
            if passage_id in leg:
                score, rank = leg[passage_id]
                value = 1 / (RRF_K + rank) if self._by_rank else score
                yield Contribution(name=name, value=value, weight=1.0, note=f"place {rank}")


async def _results(
    query: SearchQuery, ranked: Sequence[Match], legs: _Legs, store: PassageStore
) -> SearchResults:
    started = time.perf_counter()
    found = await store.read_passages([match.passage_id for match in ranked])
    return SearchResults(
        query_id="",
        language="",
        hits=tuple(_hits(ranked, found, legs)[: query.limit]),
        notices=(),
        timing_ms={"search": round((time.perf_counter() - started) * 1e3, 2)},
    )


def _hits(
    ranked: Sequence[Match], found: Mapping[str, FoundPassage], legs: _Legs
) -> list[SearchHit]:
    """The first passage of each article, in the order given."""
    hits: dict[str, SearchHit] = {}
    for rank, match in enumerate(ranked, 1):
        passage = found[match.passage_id]
        if passage.header.id in hits:
            continue
        hits[passage.header.id] = SearchHit(
            rank=len(hits) + 1,
            score=match.score,
            passage=passage.passage,
            header=passage.header,
            explain=partial(legs.explain, match.passage_id, rank=rank),
        )
    return list(hits.values())
