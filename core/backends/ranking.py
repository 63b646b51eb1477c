"""The k best hits in an order that depends on nothing but scores and ids."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

MAX_TIED = 1_000
"""How many hits beyond k are looked at to settle ties; more equal scores keep engine order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A point that a search found; a higher score is better."""

    id: str
    score: float
    payload: Mapping[str, object]


def best_hits(fetch: Callable[[int], list[Hit]], k: int) -> list[Hit]:
    """The `k` best hits; best first, ties by id.

    Engines order ties by where a point happens to lie, so hits that tie with the last one
    are fetched until the tie is whole.

    Args:
        fetch: gives at most so many hits, best first.
        k: at least 1.
    """
    limit = k + 1
    hits = fetch(limit)
    while len(hits) == limit and hits[-1].score == hits[k - 1].score and limit < k + MAX_TIED:
        limit = min(2 * limit, k + MAX_TIED)
        hits = fetch(limit)
    return sorted(hits, key=lambda hit: (-hit.score, hit.id))[:k]
