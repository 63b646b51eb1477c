"""The newest articles are read once for many requests, and never shown when they are gone."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import anyio
import pytest

from api.demo.edition import MAX_AGE_S, MAX_ITEMS, MIN_AGE_S, WALK_SHARE, Newsstand, still_true
from core.backends.memory_store import MemoryStore
from core.types import Article, StoredArticle
from tests.api.doubles import IDENTITY, HashedWords, ParagraphWriter
from tests.api.news import ARABIC, ARTICLES, ENGLISH, NOW

pytestmark = pytest.mark.anyio


class CountedStore(MemoryStore):
    """Counts how often all articles were read, and takes `walk_s` of its clock for it."""

    walks = 0
    walk_s = 0.0
    time = 100.0

    async def iterate_articles(self) -> AsyncIterator[StoredArticle]:
        self.walks += 1
        self.time += self.walk_s
        async for stored in super().iterate_articles():
            await anyio.lowlevel.checkpoint()
            yield stored


@pytest.fixture
async def store() -> CountedStore:
    store = CountedStore(IDENTITY)
    await write(store, *ARTICLES)
    return store


async def write(store: MemoryStore, *articles: Article) -> None:
    writer = ParagraphWriter(store, HashedWords())
    for article in articles:
        await writer.put(article)


def stand_of(store: CountedStore) -> Newsstand:
    return Newsstand(now=lambda: NOW, clock=lambda: store.time)


async def test_articles_are_newest_first_and_those_without_a_date_last(store: CountedStore) -> None:
    edition = await stand_of(store).edition(store)
    dates = [item.published_at for item in edition.items]
    known = [date for date in dates if date is not None]
    assert known == sorted(known, reverse=True)
    assert dates == known + [None] * (len(ARTICLES) - len(known))


async def test_the_index_is_read_once_for_many_requests(store: CountedStore) -> None:
    stand = stand_of(store)
    async with anyio.create_task_group() as tasks:
        for _ in range(20):
            tasks.start_soon(stand.edition, store)
    await stand.edition(store)
    assert store.walks == 1


async def test_a_change_is_seen_after_a_few_seconds(store: CountedStore) -> None:
    stand = stand_of(store)
    await stand.edition(store)
    await write(store, replace(ENGLISH, id="new", title="Fresh"))
    assert "Fresh" not in [item.title for item in (await stand.edition(store)).items]
    store.time += MIN_AGE_S
    assert "Fresh" in [item.title for item in (await stand.edition(store)).items]


async def test_without_a_change_it_is_read_again_after_a_minute(store: CountedStore) -> None:
    stand = stand_of(store)
    await stand.edition(store)
    store.time += MAX_AGE_S - 1
    await stand.edition(store)
    assert store.walks == 1
    store.time += 1
    await stand.edition(store)
    assert store.walks == 2


async def test_a_long_walk_is_repeated_seldom(store: CountedStore) -> None:
    store.walk_s = 30.0
    stand = stand_of(store)
    await stand.edition(store)
    await write(store, replace(ENGLISH, id="new"))
    store.time += WALK_SHARE * store.walk_s - 1
    await stand.edition(store)
    assert store.walks == 1
    store.time += 1
    await stand.edition(store)
    assert store.walks == 2


async def test_what_was_withdrawn_or_changed_since_is_left_out(store: CountedStore) -> None:
    edition = await stand_of(store).edition(store)
    await store.delete_articles([ARABIC.id])
    await write(store, replace(ENGLISH, title="Changed"))
    shown = {item.id for item in await still_true(store, edition.items)}
    assert shown == {article.id for article in ARTICLES} - {ARABIC.id, ENGLISH.id}


async def test_only_the_newest_are_kept_of_a_large_archive() -> None:
    store = CountedStore(IDENTITY)
    day = datetime(2000, 1, 1, tzinfo=UTC)
    count = MAX_ITEMS + 5
    await write(
        store,
        *(
            replace(ENGLISH, id=str(n), body="A.", published_at=day + timedelta(days=n))
            for n in range(count)
        ),
    )
    items = (await stand_of(store).edition(store)).items
    assert [item.id for item in items] == [str(n) for n in reversed(range(5, count))]
