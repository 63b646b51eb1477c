"""A remembering store answers as the store below it, and asks that once."""

from collections.abc import Sequence

import numpy as np
import pytest

from benchmarks.retrieval_store import RememberingStore
from core.backends.memory_store import MemoryStore
from core.errors import StoreRejected
from core.identity import IndexIdentity
from core.types import Match, PassageFilter, SparseVector, VectorQuery
from tests.retrieval.small_archive import PORT, TREATY, Archive, article

pytestmark = pytest.mark.anyio


class Counting(MemoryStore):
    """Counts the queries it is asked."""

    asked = 0

    async def search(self, queries: Sequence[VectorQuery]) -> list[list[Match]]:
        self.asked += len(queries)
        return await super().search(queries)


@pytest.fixture
async def store(identity: IndexIdentity) -> Counting:
    archive = Archive(identity)
    archive.store = Counting(identity)
    await archive.add([article("treaty", TREATY, "ar"), article("port", PORT, "en")])
    return archive.store


def dense(value: float, *, k: int = 5, language: str | None = None) -> VectorQuery:
    vector = np.zeros(256, np.float32)
    vector[0], vector[1] = value, np.sqrt(1 - value**2)
    where = PassageFilter(languages=(language,) if language else ())
    return VectorQuery(vector=vector, where=where, k=k)


def sparse(*indices: int) -> VectorQuery:
    vector = SparseVector(indices=indices, values=(1.0,) * len(indices))
    return VectorQuery(vector=vector, where=PassageFilter(), k=5)


async def test_queries_that_differ_in_anything_are_asked_each_and_only_once(
    store: Counting,
) -> None:
    remembering = RememberingStore(store)
    queries = [
        dense(0.6),
        dense(0.8),
        dense(0.6, k=1),
        dense(0.6, language="ar"),
        sparse(1),
        sparse(2),
    ]
    first = await remembering.search(queries)
    again = await remembering.search([*queries[::-1], queries[0]])

    assert store.asked == len(queries)
    assert again == [*first[::-1], first[0]]
    assert first == await store.search(queries)


async def test_what_is_forgotten_is_asked_again(store: Counting) -> None:
    remembering = RememberingStore(store, capacity=1)
    expected = await store.search([dense(0.6), dense(0.8)])
    store.asked = 0
    for _ in range(2):
        assert await remembering.search([dense(0.6), dense(0.8)]) == expected
    # The second of the first call is still known in the next one.
    assert store.asked == 3


async def test_passages_and_counts_are_those_of_the_store(store: Counting) -> None:
    remembering = RememberingStore(store)
    ids = [match.passage_id for match in (await store.search([dense(0.6)]))[0]]
    assert await remembering.read_passages(ids) == await store.read_passages(ids)
    assert await remembering.status() == await store.status()
    assert await remembering.get_passages("port") == await store.get_passages("port")


async def test_it_refuses_to_be_written_to(store: Counting) -> None:
    with pytest.raises(StoreRejected, match="store below"):
        await RememberingStore(store).delete_articles(["port"])
