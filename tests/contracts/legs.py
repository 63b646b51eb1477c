"""Searches of one leg with the passages read, as tests want them."""

from dataclasses import dataclass

from core.ports import PassageStore
from core.types import (
    ArticleHeader,
    Passage,
    PassageFilter,
    SparseVector,
    VectorQuery,
    Vectors,
)


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
