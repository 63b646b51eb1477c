"""Which results earlier pages of a search gave, kept so small that a cursor can carry it."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace

from retrieval.query import GroupBy, SearchHit

DIGEST_BYTES = 5
"""Of a thousand results shown, a new one is taken for one of them once in a billion."""


def digest_of(hit: SearchHit, group_by: GroupBy) -> int:
    """What stands for `hit` among results already shown: its article or its passage."""
    name = hit.header.id if group_by is GroupBy.ARTICLE else hit.passage.id
    digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=DIGEST_BYTES)
    return int.from_bytes(digest.digest(), "big")


def not_shown(
    hits: Iterable[SearchHit], shown: frozenset[int], group_by: GroupBy
) -> Iterator[SearchHit]:
    """Those of `hits` that are not among `shown`, ranked on behind them."""
    rank = len(shown)
    for hit in hits:
        if digest_of(hit, group_by) not in shown:
            rank += 1
            yield replace(hit, rank=rank)
