"""A store in plain dictionaries: the double that ranks, for tests of everything above a store."""

import math
from collections import Counter
from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime

import numpy as np

from core.backends.validation import (
    check_articles,
    check_query,
    check_texts,
)
from core.errors import StoreUnavailable
from core.identity import IndexIdentity
from core.ids import article_point_id
from core.types import (
    Article,
    ArticleHeader,
    EmbeddedArticle,
    EmbeddedPassage,
    FoundPassage,
    IndexStatus,
    Match,
    Passage,
    PassageFilter,
    SparseVector,
    StoredArticle,
    VectorQuery,
    Vectors,
)
from core.vectors import SampledPassages


class MemoryStore:
    """An IndexStore that lives as long as the object and obeys the same contract."""

    def __init__(self, identity: IndexIdentity) -> None:
        self._identity = identity
        self._articles: dict[str, EmbeddedArticle] = {}
        self._live: MemoryStore | None = None
        self._closed = False

    @property
    def identity(self) -> IndexIdentity:
        """What the index was built with."""
        return self._identity

    def size_on_disk(self) -> int:
        """Nothing is on disk."""
        return 0

    def set_url(self, url: str) -> None:
        """Nothing to tell: no other process can see this store."""

    async def begin_generation(self, identity: IndexIdentity) -> "MemoryStore":
        """An empty store beside this one, to be filled and then promoted."""
        begun = MemoryStore(identity)
        begun._live = self
        return begun

    async def promote(self) -> None:
        """Make this generation the index; the store that began it serves it from here on.

        Raises:
            StoreUnavailable: this store was not begun by `begin_generation`, or is closed.
        """
        live = self._live
        if live is None:
            raise StoreUnavailable("only a generation that was begun and not closed is promoted")
        live._articles, live._identity = self._articles, self._identity
        self.close()

    def close(self) -> None:
        """Refuse everything from here on."""
        self._live = None
        self._closed = True

    async def replace_articles(self, articles: Sequence[EmbeddedArticle]) -> None:
        """See PassageStore."""
        self._require_open()
        check_articles(articles, dimension=self._identity.embedder.dimension)
        self._articles.update((item.stored.article.id, item) for item in articles)

    async def delete_articles(self, article_ids: Collection[str]) -> None:
        """See PassageStore."""
        self._require_open()
        check_texts(article_ids, owner="an article id")
        for article_id in article_ids:
            self._articles.pop(article_id, None)

    async def search(self, queries: Sequence[VectorQuery]) -> list[list[Match]]:
        """See PassageStore."""
        self._require_open()
        for query in queries:
            check_query(query, dimension=self._identity.embedder.dimension)
        return [
            self._search_lexical(query.vector, query)
            if isinstance(query.vector, SparseVector)
            else self._search_dense(query.vector, query)
            for query in queries
        ]

    async def read_passages(self, passage_ids: Collection[str]) -> dict[str, FoundPassage]:
        """See PassageStore."""
        self._require_open()
        wanted = set(passage_ids)
        return {
            item.passage.id: FoundPassage(
                passage=item.passage, header=ArticleHeader.of(embedded.stored.article)
            )
            for embedded in self._articles.values()
            for item in embedded.passages
            if item.passage.id in wanted
        }

    async def read_tokens(self, passage_ids: Collection[str]) -> dict[str, bytes]:
        """See PassageStore."""
        self._require_open()
        wanted = set(passage_ids)
        return {
            item.passage.id: item.tokens
            for embedded in self._articles.values()
            for item in embedded.passages
            if item.tokens and item.passage.id in wanted
        }

    async def sample_passages(self, language: str, *, count: int) -> SampledPassages:
        """See PassageStore."""
        self._require_open()
        items = [item for embedded in self._articles.values() for item in embedded.passages]
        own = sorted(
            (item for item in items if item.passage.language == language),
            key=lambda item: item.passage.id,
        )[:count]
        shape = (len(own), self._identity.embedder.dimension)
        return SampledPassages(
            ids=tuple(item.passage.id for item in own),
            vectors=np.array([item.dense for item in own], dtype=np.float32).reshape(shape),
        )

    async def get_article(self, article_id: str) -> StoredArticle | None:
        """See ArticleStore."""
        self._require_open()
        check_texts([article_id], owner="the article id")
        embedded = self._articles.get(article_id)
        return None if embedded is None else embedded.stored

    async def content_hashes(self, article_ids: Collection[str]) -> dict[str, str]:
        """See ArticleStore."""
        self._require_open()
        check_texts(article_ids, owner="an article id")
        return {
            article_id: self._articles[article_id].stored.content_hash
            for article_id in article_ids
            if article_id in self._articles
        }

    async def get_passages(self, article_id: str) -> list[Passage]:
        """See ArticleStore."""
        self._require_open()
        check_texts([article_id], owner="the article id")
        embedded = self._articles.get(article_id)
        passages = () if embedded is None else embedded.passages
        return sorted((item.passage for item in passages), key=lambda passage: passage.order)

    async def iterate_articles(
        self, *, after: str | None = None, where: PassageFilter | None = None
    ) -> AsyncIterator[StoredArticle]:
        """See ArticleStore."""
        self._require_open()
        if after is not None:
            check_texts([after], owner="the article id")
        first = "" if after is None else article_point_id(after)
        places = {article_point_id(article_id): article_id for article_id in self._articles}
        for place in sorted(place for place in places if place > first):
            embedded = self._articles.get(places[place])
            if embedded is not None and _is_wanted(embedded.stored.article, where):
                yield embedded.stored

    async def status(self) -> IndexStatus:
        """See ArticleStore."""
        self._require_open()
        items = [item for embedded in self._articles.values() for item in embedded.passages]
        return IndexStatus(
            articles=len(self._articles),
            passages=len(items),
            languages=dict(Counter(item.passage.language for item in items)),
        )

    def _search_dense(self, vector: Vectors, query: VectorQuery) -> list[Match]:
        unit = _unit(vector)
        return _best(
            [
                Match(item.passage.id, max(-1.0, min(1.0, float(unit @ _unit(item.dense)))))
                for item in self._found_by(query.where)
            ],
            query.k,
        )

    def _search_lexical(self, vector: SparseVector, query: VectorQuery) -> list[Match]:
        weights = self._weighted_by_idf(vector)
        found = []
        for item in self._found_by(query.where):
            terms = dict(zip(item.lexical.indices, item.lexical.values, strict=True))
            score = sum(weight * terms.get(term, 0.0) for term, weight in weights.items())
            if score > 0:
                found.append(Match(item.passage.id, score))
        return _best(found, query.k)

    def _found_by(self, where: PassageFilter) -> list[EmbeddedPassage]:
        return [
            item
            for embedded in self._articles.values()
            for item in embedded.passages
            if _matches(embedded.stored.article, item.passage.language, where)
        ]

    def _weighted_by_idf(self, vector: SparseVector) -> dict[int, float]:
        """Query weights times IDF, ln(1 + (N - n + 0.5) / (n + 0.5)).

        As Qdrant counts: N are the passages with any term, n those with this one, whatever the
        filter. This is the never negative variant of Lucene's BM25.
        """
        counts: Counter[int] = Counter()
        total = 0
        for embedded in self._articles.values():
            for item in embedded.passages:
                counts.update(item.lexical.indices)
                total += bool(item.lexical.indices)
        return {
            term: weight * math.log1p((total - counts[term] + 0.5) / (counts[term] + 0.5))
            for term, weight in zip(vector.indices, vector.values, strict=True)
        }

    def _require_open(self) -> None:
        if self._closed:
            raise StoreUnavailable("the index in memory is closed: open it again")


def _is_wanted(article: Article, where: PassageFilter | None) -> bool:
    return where is None or _matches(article, article.language, where)


def _matches(article: Article, language: str, where: PassageFilter) -> bool:
    return (
        (not where.languages or language in where.languages)
        and language not in where.except_languages
        and (not where.sources or article.source in where.sources)
        and (not where.sections or article.section in where.sections)
        and (not where.tags or not set(where.tags).isdisjoint(article.tags))
        and (not where.article_ids or article.id in where.article_ids)
        and article.id not in where.except_articles
        and _is_published_within(article.published_at, where)
        and (
            where.visible_at is None
            or article.embargoed_until is None
            or article.embargoed_until <= where.visible_at
        )
    )


def _is_published_within(published_at: datetime | None, where: PassageFilter) -> bool:
    if where.published_from is None and where.published_to is None:
        return True
    return (
        published_at is not None
        and (where.published_from is None or published_at >= where.published_from)
        and (where.published_to is None or published_at <= where.published_to)
    )


def _best(found: list[Match], k: int) -> list[Match]:
    return sorted(found, key=lambda match: (-match.score, match.passage_id))[:k]


def _unit(vector: Vectors) -> Vectors:
    return (vector / np.linalg.norm(vector)).astype(np.float32)
