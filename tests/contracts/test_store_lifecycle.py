"""Stores in use by several at once, replaced by a new generation, and closed."""

from collections.abc import Awaitable, Callable

import anyio
import numpy as np
import pytest

from core.backends.storage import OpenIndex
from core.errors import StoreRejected, StoreUnavailable
from core.types import (
    PassageFilter,
)
from tests.contracts.legs import ANY, ids_of, search_dense, search_lexical, visible_ids
from tests.contracts.store_archive import (
    ARCHIVE,
    brief,
    embedded,
    identity_of,
    random_unit,
    terms,
    unit,
)

pytestmark = pytest.mark.anyio


async def test_searches_and_writes_at_the_same_time_do_not_disturb_each_other(
    store: OpenIndex,
) -> None:
    await store.replace_articles([
        embedded(brief(f"a{number}"), dense=[random_unit(number)]) for number in range(50)
    ])
    where = PassageFilter(article_ids=tuple(f"a{number}" for number in range(50)))

    async def nearest(seed: int) -> list[str]:
        return ids_of(await search_dense(store, random_unit(seed), where=where, k=5))

    expected = [await nearest(seed) for seed in range(20)]

    async def search(seed: int) -> None:
        assert await nearest(seed) == expected[seed]

    async def write(number: int) -> None:
        await store.replace_articles([embedded(brief(f"new{number}"))])

    async with anyio.create_task_group() as tasks:
        for number in range(20):
            tasks.start_soon(search, number)
            tasks.start_soon(write, number)
    assert (await store.status()).articles == 70


async def test_a_new_generation_takes_the_place_of_the_index_at_once(store: OpenIndex) -> None:
    await store.replace_articles([embedded(brief("old"))])
    rebuilt = identity_of(model="another", dimension=4)
    begun = await store.begin_generation(rebuilt)
    assert begun.identity == rebuilt
    quarter = np.full(4, 0.5, dtype=np.float32)
    await begun.replace_articles([embedded(brief("new"), dense=[quarter])])
    assert await visible_ids(store, ANY) == {"old"}
    await begun.promote()
    begun.close()
    assert store.identity == rebuilt
    assert ids_of(await search_dense(store, quarter, where=ANY, k=5)) == ["new"]
    assert [item.article.id async for item in store.iterate_articles()] == ["new"]
    with pytest.raises(StoreRejected, match="shape"):
        await search_dense(store, unit(1), where=ANY, k=5)


async def test_a_generation_that_is_closed_unpromoted_leaves_the_index_alone(
    store: OpenIndex,
) -> None:
    await store.replace_articles([embedded(brief("old"))])
    begun = await store.begin_generation(identity_of(model="another"))
    await begun.replace_articles([embedded(brief("new"))])
    begun.close()
    assert store.identity == identity_of()
    assert await visible_ids(store, ANY) == {"old"}
    with pytest.raises(StoreUnavailable, match="begun"):
        await begun.promote()


async def test_saying_where_it_is_served_is_no_fault(store: OpenIndex) -> None:
    begun = await store.begin_generation(identity_of())
    for opened in (store, begun):
        opened.set_url("http://127.0.0.1:8000")
        assert (opened.size_on_disk() or 0) >= 0
    begun.close()


async def test_the_index_itself_cannot_be_promoted(store: OpenIndex) -> None:
    with pytest.raises(StoreUnavailable, match="begun"):
        await store.promote()


async def test_a_closed_store_is_a_fault_and_never_an_empty_answer(store: OpenIndex) -> None:
    await store.replace_articles(ARCHIVE)
    store.close()
    store.close()
    calls: list[Callable[[], Awaitable[object]]] = [
        lambda: search_dense(store, unit(1), where=ANY, k=5),
        lambda: search_lexical(store, terms(1), where=ANY, k=5),
        lambda: store.get_article("ar-1"),
        lambda: store.get_passages("ar-1"),
        lambda: store.content_hashes(["ar-1"]),
        lambda: store.status(),
        lambda: store.replace_articles(ARCHIVE),
        lambda: store.delete_articles(["ar-1"]),
    ]
    for call in calls:
        with pytest.raises(StoreUnavailable, match="closed"):
            await call()
    with pytest.raises(StoreUnavailable, match="closed"):
        _ = [article async for article in store.iterate_articles()]
