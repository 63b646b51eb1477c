"""The newest articles of the index, kept between requests: a walk through all is dear."""

import heapq
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import anyio

from core.display import neutralise, shortened
from core.ports import ArticleStore
from core.types import Article, ArticleStatus, StoredArticle

MAX_ITEMS = 2_000
"""Newest articles that lists are made of; older ones are found by asking, and by their links."""

EXCERPT_CHARS = 220
MIN_AGE_S = 5.0
MAX_AGE_S = 60.0
WALK_SHARE = 20
"""A walk is repeated only after this many times as long as it took: at most a twentieth of time."""

_BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An article as lists show it; `hash` tells whether the index still has it so."""

    id: str
    hash: str
    title: str
    excerpt: str
    language: str
    source: str | None
    section: str | None
    published_at: datetime | None

    @classmethod
    def of(cls, stored: StoredArticle) -> "Item":
        """The item of a stored article."""
        article = stored.article
        opening = article.body[: 2 * EXCERPT_CHARS].split("\n\n")[0]
        return cls(
            id=article.id,
            hash=stored.content_hash,
            title=article.title,
            excerpt=shortened(" ".join(neutralise(opening).split()), limit=EXCERPT_CHARS),
            language=article.language,
            source=article.source,
            section=article.section,
            published_at=article.published_at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """What lists are made of: `items` newest first, those without a date last."""

    items: tuple[Item, ...] = ()
    counts: tuple[int, int] = (0, 0)
    """Articles and passages of the index when it was read."""

    def languages(self) -> list[str]:
        """Languages of the items, the most frequent first."""
        return [name for name, _ in Counter(item.language for item in self.items).most_common()]


def is_public(article: Article, *, now: datetime) -> bool:
    """Whether readers may see it."""
    is_free = article.embargoed_until is None or article.embargoed_until <= now
    return article.status is ArticleStatus.USABLE and is_free


class Newsstand:
    """Gives the current edition; reads the index anew when it has changed or after a while."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._now = now
        self._clock = clock
        self._edition: Edition | None = None
        self._read_at = 0.0
        self._walk_s = 0.0
        self._turn = anyio.Lock()

    async def edition(self, articles: ArticleStore) -> Edition:
        """The newest articles as of a few seconds ago; while one request reads, others do not."""
        status = await articles.status()
        counts = (status.articles, status.passages)
        if self._edition is not None and (not self._is_due(counts) or self._turn.locked()):
            return self._edition
        async with self._turn:
            if self._edition is None or self._is_due(counts):
                started = self._clock()
                self._edition = Edition(items=await self._newest(articles), counts=counts)
                self._read_at = self._clock()
                self._walk_s = self._read_at - started
        return self._edition

    def _is_due(self, counts: tuple[int, int]) -> bool:
        age = self._clock() - self._read_at
        if self._edition is None or age < max(MIN_AGE_S, WALK_SHARE * self._walk_s):
            return self._edition is None
        return age >= MAX_AGE_S or counts != self._edition.counts

    async def _newest(self, articles: ArticleStore) -> tuple[Item, ...]:
        now = self._now()
        heap: list[tuple[datetime, str, Item]] = []
        async for stored in articles.iterate_articles():
            if not is_public(stored.article, now=now):
                continue
            date = stored.article.published_at or _BEGINNING
            if len(heap) == MAX_ITEMS and (date, stored.article.id) <= heap[0][:2]:
                continue
            entry = (date, stored.article.id, Item.of(stored))
            if len(heap) < MAX_ITEMS:
                heapq.heappush(heap, entry)
            else:
                heapq.heapreplace(heap, entry)
        return tuple(item for _, _, item in sorted(heap, key=lambda one: one[:2], reverse=True))


async def still_true(articles: ArticleStore, items: Iterable[Item]) -> list[Item]:
    """Those of `items` that the index holds unchanged: a withdrawn headline is not shown again."""
    listed = list(items)
    hashes = await articles.content_hashes(_ids(listed))
    return [item for item in listed if hashes.get(item.id) == item.hash]


def _ids(items: Iterable[Item]) -> Collection[str]:
    return [item.id for item in items]
