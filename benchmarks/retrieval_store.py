"""A store that answers the same question once: rows of a table differ in what they do with it."""

from collections import OrderedDict
from collections.abc import AsyncIterator, Collection, Hashable, Sequence

from core.errors import StoreRejected
from core.ports import IndexStore
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
from retrieval.kept import Kept

KEPT_QUERIES = 16_000
"""Lists of some 200 matches, 33 kB each: ten for each of 1,500 questions, half a gigabyte.

With fewer than all rows ask for, the oldest are forgotten just before they are asked for again.
"""

KEPT_PASSAGES = 20_000

KEPT_TOKENS = 10_000
"""Codes of passages, some 20 kB each."""


class RememberingStore:
    """An IndexStore over another that nobody changes meanwhile."""

    def __init__(self, inner: IndexStore, *, capacity: int = KEPT_QUERIES) -> None:
        self._inner = inner
        self._capacity = capacity
        self._found: OrderedDict[Hashable, list[Match]] = OrderedDict()
        self._passages = Kept(inner.read_passages, capacity=KEPT_PASSAGES)
        self._tokens = Kept(inner.read_tokens, capacity=KEPT_TOKENS)
        self._samples: dict[tuple[str, int], SampledPassages] = {}
        self._status: IndexStatus | None = None

    async def search(self, queries: Sequence[VectorQuery]) -> list[list[Match]]:
        """See PassageStore."""
        keys = [_key(query) for query in queries]
        found = {key: self._found[key] for key in keys if key in self._found}
        missing = {key: query for key, query in zip(keys, queries, strict=True) if key not in found}
        if missing:
            fresh = await self._inner.search(list(missing.values()))
            found |= dict(zip(missing, fresh, strict=True))
        for key, matches in found.items():
            self._found[key] = matches
            self._found.move_to_end(key)
        while len(self._found) > self._capacity:
            self._found.popitem(last=False)
        return [found[key] for key in keys]

    async def read_passages(self, passage_ids: Collection[str]) -> dict[str, FoundPassage]:
        """See PassageStore."""
        return await self._passages.get(tuple(passage_ids))

    async def read_tokens(self, passage_ids: Collection[str]) -> dict[str, bytes]:
        """See PassageStore."""
        return await self._tokens.get(tuple(passage_ids))

    async def sample_passages(self, language: str, *, count: int) -> SampledPassages:
        """See PassageStore."""
        wanted = language, count
        if wanted not in self._samples:
            self._samples[wanted] = await self._inner.sample_passages(language, count=count)
        return self._samples[wanted]

    async def status(self) -> IndexStatus:
        """See ArticleStore."""
        if self._status is None:
            self._status = await self._inner.status()
        return self._status

    async def get_article(self, article_id: str) -> StoredArticle | None:
        """See ArticleStore."""
        return await self._inner.get_article(article_id)

    async def get_passages(self, article_id: str) -> list[Passage]:
        """See ArticleStore."""
        return await self._inner.get_passages(article_id)

    async def content_hashes(self, article_ids: Collection[str]) -> dict[str, str]:
        """See ArticleStore."""
        return await self._inner.content_hashes(article_ids)

    def iterate_articles(
        self, *, after: str | None = None, where: PassageFilter | None = None
    ) -> AsyncIterator[StoredArticle]:
        """See ArticleStore."""
        return self._inner.iterate_articles(after=after, where=where)

    async def replace_articles(self, articles: Sequence[EmbeddedArticle]) -> None:
        """Refused: what is remembered would be stale."""
        raise StoreRejected("write to the store below, and remember anew")

    async def delete_articles(self, article_ids: Collection[str]) -> None:
        """Refused: what is remembered would be stale."""
        raise StoreRejected("write to the store below, and remember anew")


def _key(query: VectorQuery) -> Hashable:
    vector = query.vector
    asked = vector if isinstance(vector, SparseVector) else vector.tobytes()
    return asked, query.where, query.k
