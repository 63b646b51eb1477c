"""Searches of one leg with the passages read, as tests want them."""

from dataclasses import dataclass

from core.backends.storage import OpenIndex
from core.ports import PassageStore
from core.types import (
    ArticleHeader,
    Passage,
    PassageFilter,
    SparseVector,
    VectorQuery,
    Vectors,
)
from tests.contracts.store_archive import terms, unit

ANY = PassageFilter()
EMPTY = SparseVector(indices=(), values=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A match with what the store keeps of it."""

    passage: Passage
    header: ArticleHeader
    score: float


async def search_dense(
    store: PassageStore, vector: Vectors, *, where: PassageFilter, k: int
) -> list[Found]:
    return await _search(store, VectorQuery(vector=vector, where=where, k=k))


async def search_lexical(
    store: PassageStore, vector: SparseVector, *, where: PassageFilter, k: int
) -> list[Found]:
    return await _search(store, VectorQuery(vector=vector, where=where, k=k))


async def _search(store: PassageStore, query: VectorQuery) -> list[Found]:
    [matches] = await store.search([query])
    read = await store.read_passages([match.passage_id for match in matches])
    assert len(read) == len(matches)
    return [
        Found(
            passage=read[match.passage_id].passage,
            header=read[match.passage_id].header,
            score=match.score,
        )
        for match in matches
    ]


def ids_of(found: list[Found]) -> list[str]:
    return [item.passage.article_id for item in found]


async def visible_ids(store: OpenIndex, where: PassageFilter) -> set[str]:
    """Articles that both legs find under `where`; the legs must agree."""
    dense = await search_dense(store, unit(1), where=where, k=100)
    lexical = await search_lexical(store, terms(1), where=where, k=100)
    assert set(ids_of(dense)) == set(ids_of(lexical))
    return set(ids_of(dense))
