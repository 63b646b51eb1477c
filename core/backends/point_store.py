"""The store ports over any engine that keeps points: one order of writing, one of ranking."""

from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from typing import Generic, TypeVar

import numpy as np

from core.backends import filters, payload
from core.backends.filters import AnyOf, Condition
from core.backends.point_engine import Point, PointEngine, Record
from core.backends.ranking import PointQuery, best_matches
from core.backends.validation import (
    check_articles,
    check_query,
    check_texts,
)
from core.backends.worker import Worker
from core.ids import article_point_id
from core.types import (
    EmbeddedArticle,
    FoundPassage,
    IndexStatus,
    Match,
    Passage,
    PassageFilter,
    SparseVector,
    StoredArticle,
    VectorQuery,
)
from core.vectors import SampledPassages

ID_BATCH = 256
"""Points asked for by id in one call."""

SCROLL_BATCH = 32
"""Articles read in one call: bodies may be megabytes long."""

T = TypeVar("T")


E = TypeVar("E", bound=PointEngine)


class PointStore(Generic[E]):
    """PassageStore and ArticleStore over a PointEngine.

    A replacement marks the articles as pending, writes their passages, drops the stale ones,
    and only then writes the articles themselves, which lifts the mark. A process that dies on
    the way leaves an article that `content_hashes` does not give, so that the next run redoes
    it; until then a search may show both its old and its new passages.
    """

    def __init__(self, engine: E, *, dimension: int, concurrency: int) -> None:
        self._engine = engine
        self._dimension = dimension
        self._worker = Worker(concurrency=concurrency)

    async def replace_articles(self, articles: Sequence[EmbeddedArticle]) -> None:
        """See PassageStore."""
        if articles:
            await self._worker.run(self._replace, tuple(articles))

    async def delete_articles(self, article_ids: Collection[str]) -> None:
        """See PassageStore."""
        check_texts(article_ids, owner="an article id")
        if article_ids:
            await self._worker.run(self._delete, tuple(article_ids))

    async def search(self, queries: Sequence[VectorQuery]) -> list[list[Match]]:
        """See PassageStore."""
        for query in queries:
            check_query(query, dimension=self._dimension)
        asked = [query for query in queries if not _is_empty(query)]
        points = [
            PointQuery(
                vector=query.vector, where=filters.passages_within(query.where), limit=query.k
            )
            for query in asked
        ]
        found = iter(await self._worker.run(best_matches, self._engine.search, points))
        return [[] if _is_empty(query) else _within_range(query, next(found)) for query in queries]

    async def read_passages(self, passage_ids: Collection[str]) -> dict[str, FoundPassage]:
        """See PassageStore."""
        records = await self._worker.run(self._records, tuple(passage_ids), payload.PASSAGE_KEYS)
        return {
            record.id: payload.found_passage_of(record.id, record.payload) for record in records
        }

    async def read_tokens(self, passage_ids: Collection[str]) -> dict[str, bytes]:
        """See PassageStore."""
        keys = (payload.TOKEN_CODES,)
        records = await self._worker.run(self._records, tuple(passage_ids), keys)
        codes = {record.id: payload.token_codes_of(record.id, record.payload) for record in records}
        return {key: value for key, value in codes.items() if value}

    async def sample_passages(self, language: str, *, count: int) -> SampledPassages:
        """See PassageStore."""
        check_texts([language], owner="the language")
        return await self._worker.run(self._sample, language, count)

    async def get_article(self, article_id: str) -> StoredArticle | None:
        """See ArticleStore."""
        check_texts([article_id], owner="the article id")
        records = await self._worker.run(
            lambda: self._engine.retrieve([article_point_id(article_id)], keys=None)
        )
        return _stored(records[0]) if records else None

    async def content_hashes(self, article_ids: Collection[str]) -> dict[str, str]:
        """See ArticleStore."""
        check_texts(article_ids, owner="an article id")
        return await self._worker.run(self._content_hashes, tuple(article_ids))

    async def get_passages(self, article_id: str) -> list[Passage]:
        """See ArticleStore."""
        check_texts([article_id], owner="the article id")
        return await self._worker.run(self._passages_of, article_id)

    async def iterate_articles(
        self, *, after: str | None = None, where: PassageFilter | None = None
    ) -> AsyncIterator[StoredArticle]:
        """See ArticleStore.

        Page by page: an article written or deleted meanwhile may be missed, one that stays is
        given exactly once.
        """
        if after is not None:
            check_texts([after], owner="the article id")
        wanted = filters.articles_within(where or PassageFilter())
        first = None if after is None else article_point_id(after)
        start = first
        while True:
            records, start = await self._worker.run(self._article_page, wanted, start)
            for record in records:
                if record.id != first:
                    yield _stored(record)
            if start is None:
                return

    async def status(self) -> IndexStatus:
        """See ArticleStore."""
        return await self._worker.run(self._status)

    def _replace(self, articles: Sequence[EmbeddedArticle]) -> None:
        check_articles(articles, dimension=self._dimension)
        article_ids = [embedded.stored.article.id for embedded in articles]
        passages = [
            Point(
                id=item.passage.id,
                payload=payload.passage_payload(item, embedded.stored.article),
                dense=item.dense,
                lexical=item.lexical,
            )
            for embedded in articles
            for item in embedded.passages
        ]
        marks = [
            Point(
                id=article_point_id(embedded.stored.article.id),
                payload=payload.article_payload(embedded.stored),
            )
            for embedded in articles
        ]
        fresh = [point.id for point in passages]
        self._engine.merge_payload({payload.PENDING: True}, filters.marks_of(article_ids))
        self._engine.upsert(passages)
        self._engine.delete(filters.stale_passages(article_ids, fresh=fresh))
        # The mark must not become durable before what it vouches for.
        self._engine.flush()
        self._engine.upsert(marks)
        self._engine.flush()

    def _delete(self, article_ids: Sequence[str]) -> None:
        self._engine.delete(filters.all_of_articles(article_ids))
        self._engine.flush()

    def _content_hashes(self, article_ids: Sequence[str]) -> dict[str, str]:
        point_ids = [article_point_id(article_id) for article_id in article_ids]
        wanted = (payload.ARTICLE_ID, payload.CONTENT_HASH, payload.PENDING)
        pairs = (
            payload.complete_hash_of(record.id, record.payload)
            for batch in _slices(point_ids, ID_BATCH)
            for record in self._engine.retrieve(batch, keys=wanted)
        )
        return dict(pair for pair in pairs if pair is not None)

    def _records(self, ids: Sequence[str], keys: Sequence[str]) -> list[Record]:
        return [
            record
            for batch in _slices(ids, ID_BATCH)
            for record in self._engine.retrieve(batch, keys=keys)
        ]

    def _sample(self, language: str, count: int) -> SampledPassages:
        where = (filters.PASSAGES, AnyOf(key=payload.LANGUAGE, values=(language,)))
        found = self._engine.sample(where, limit=count)
        vectors = np.array([vector for _, vector in found], dtype=np.float32)
        return SampledPassages(
            ids=tuple(key for key, _ in found), vectors=vectors.reshape(-1, self._dimension)
        )

    def _passages_of(self, article_id: str) -> list[Passage]:
        where = filters.passages_of(article_id)
        found: list[Passage] = []
        start: str | None = None
        while True:
            records, start = self._engine.scroll(where, start=start, limit=ID_BATCH)
            found.extend(payload.passage_of(record.id, record.payload) for record in records)
            if start is None:
                return sorted(found, key=lambda passage: (passage.order, passage.id))

    def _article_page(
        self, wanted: Sequence[Condition], start: str | None
    ) -> tuple[list[Record], str | None]:
        return self._engine.scroll(wanted, start=start, limit=SCROLL_BATCH)

    def _status(self) -> IndexStatus:
        return IndexStatus(
            articles=self._engine.count((filters.ARTICLES,)),
            passages=self._engine.count((filters.PASSAGES,)),
            languages=self._engine.count_by(payload.LANGUAGE, (filters.PASSAGES,)),
        )


def _is_empty(query: VectorQuery) -> bool:
    return isinstance(query.vector, SparseVector) and not query.vector.indices


def _within_range(query: VectorQuery, matches: list[Match]) -> list[Match]:
    """Cosines within [-1, 1], which rounding may leave; dot products above 0."""
    if isinstance(query.vector, SparseVector):
        return [match for match in matches if match.score > 0]
    if matches and (matches[0].score > 1 or matches[-1].score < -1):
        return [Match(match.passage_id, max(-1.0, min(1.0, match.score))) for match in matches]
    return matches


def _stored(record: Record) -> StoredArticle:
    return payload.stored_article_of(record.id, record.payload)


def _slices(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
