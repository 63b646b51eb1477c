"""The k best matches in an order that depends on nothing but scores and ids."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from core.backends.filters import Condition
from core.types import Match, SparseVector, Vectors

MAX_TIED = 1_000
"""How many matches beyond k are looked at to settle ties; more equal scores keep engine order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PointQuery:
    """At most `limit` points for `vector`, which tells by its type which leg is meant."""

    vector: Vectors | SparseVector
    where: tuple[Condition, ...]
    limit: int


Search = Callable[[Sequence[PointQuery]], list[list[Match]]]
"""Asks an engine; one list a query, in order, each best first."""


def best_matches(search: Search, queries: Sequence[PointQuery]) -> list[list[Match]]:
    """One list a query: its `limit` best matches; best first, ties by id.

    Engines order ties by where a point happens to lie, so matches that tie with the last one
    are fetched until the tie is whole. Everything is asked at once, ties one by one.
    """
    if not queries:
        return []
    found = search([replace(query, limit=query.limit + 1) for query in queries])
    return [_settled(search, query, matches) for query, matches in zip(queries, found, strict=True)]


def _settled(search: Search, query: PointQuery, matches: list[Match]) -> list[Match]:
    k = query.limit
    limit = k + 1
    while (
        len(matches) == limit and matches[-1].score == matches[k - 1].score and limit < k + MAX_TIED
    ):
        limit = min(2 * limit, k + MAX_TIED)
        [matches] = search([replace(query, limit=limit)])
    return sorted(matches, key=lambda match: (-match.score, match.passage_id))[:k]
