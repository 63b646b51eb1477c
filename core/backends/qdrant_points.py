"""A Qdrant collection as a PointEngine: on a server, or in process for tests."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
from qdrant_client import QdrantClient, models

from core.backends.filters import AnyOf, Condition, NoneOf, NotAmong, NotLater, Within
from core.backends.payload import Payload
from core.backends.point_engine import DENSE, LEXICAL, Point, Record, dense_vector
from core.backends.qdrant_calls import QdrantCalls
from core.backends.ranking import PointQuery
from core.types import Match, SparseVector, Vectors

UPSERT_POINTS = 256
UPSERT_CHARS = 2_000_000
"""Most points and most characters of text in one request: the server's default limit is 32 MB,
and a character can take four bytes."""

MAX_FACETS = 10_000


class QdrantPoints:
    """One collection, named itself and never by its alias.

    An alias may come to name an index that another model built; a removed collection is an
    error, never an empty result. See PointEngine for the calls.
    """

    def __init__(self, client: QdrantClient, collection: str, calls: QdrantCalls) -> None:
        self.client = client
        self.collection = collection
        self.calls = calls

    def upsert(self, points: Sequence[Point]) -> None:
        """See PointEngine."""
        for batch in _requests(points):
            structs = [_struct(point) for point in batch]
            self.calls(partial(self.client.upsert, self.collection, points=structs, wait=True))

    def merge_payload(self, values: Payload, where: Sequence[Condition]) -> None:
        """See PointEngine."""
        self.calls(
            lambda: self.client.set_payload(
                self.collection, payload=values, points=_filter(where), wait=True
            )
        )

    def delete(self, where: Sequence[Condition]) -> None:
        """See PointEngine."""
        selector = models.FilterSelector(filter=_filter(where))
        self.calls(lambda: self.client.delete(self.collection, points_selector=selector, wait=True))

    def flush(self) -> None:
        """Nothing is left to do: every write waits until the server has applied it."""

    def search(self, queries: Sequence[PointQuery]) -> list[list[Match]]:
        """See PointEngine; dense searches are approximate once the server has built its graph."""
        requests = [_request(query) for query in queries]
        responses = self.calls(
            lambda: self.client.query_batch_points(self.collection, requests=requests)
        )
        return [
            [Match(str(point.id), point.score) for point in response.points]
            for response in responses
        ]

    def retrieve(self, ids: Sequence[str], *, keys: Sequence[str] | None) -> list[Record]:
        """See PointEngine."""
        found = self.calls(
            lambda: self.client.retrieve(
                self.collection, ids=list(ids), with_payload=True if keys is None else list(keys)
            )
        )
        return [_record(point) for point in found]

    def scroll(
        self, where: Sequence[Condition], *, start: str | None, limit: int
    ) -> tuple[list[Record], str | None]:
        """See PointEngine."""
        found, following = self.calls(
            lambda: self.client.scroll(
                self.collection,
                scroll_filter=_filter(where),
                offset=start,
                limit=limit,
                with_payload=True,
            )
        )
        return [_record(point) for point in found], None if following is None else str(following)

    def sample(self, where: Sequence[Condition], *, limit: int) -> list[tuple[str, Vectors]]:
        """See PointEngine."""
        found, _ = self.calls(
            lambda: self.client.scroll(
                self.collection,
                scroll_filter=_filter(where),
                limit=limit,
                with_payload=False,
                with_vectors=[DENSE],
            )
        )
        return [(str(point.id), dense_vector(point.id, point.vector)) for point in found]

    def count(self, where: Sequence[Condition]) -> int:
        """See PointEngine."""
        result = self.calls(
            lambda: self.client.count(self.collection, count_filter=_filter(where), exact=True)
        )
        return result.count

    def count_by(self, key: str, where: Sequence[Condition]) -> dict[str, int]:
        """See PointEngine."""
        response = self.calls(
            lambda: self.client.facet(
                self.collection, key=key, facet_filter=_filter(where), limit=MAX_FACETS, exact=True
            )
        )
        return {str(hit.value): hit.count for hit in response.hits}


def _struct(point: Point) -> models.PointStruct:
    vectors: dict[str, Any] = {}
    if point.dense is not None:
        vectors[DENSE] = _floats(point.dense)
    if point.lexical is not None and point.lexical.indices:
        vectors[LEXICAL] = _sparse(point.lexical)
    return models.PointStruct(id=point.id, vector=vectors, payload=point.payload)


def _request(query: PointQuery) -> models.QueryRequest:
    is_sparse = isinstance(query.vector, SparseVector)
    return models.QueryRequest(
        query=_sparse(query.vector)
        if isinstance(query.vector, SparseVector)
        else _floats(query.vector),
        using=LEXICAL if is_sparse else DENSE,
        filter=_filter(query.where),
        limit=query.limit,
        with_payload=False,
    )


def _sparse(vector: SparseVector) -> models.SparseVector:
    return models.SparseVector(indices=list(vector.indices), values=list(vector.values))


def _floats(vector: Vectors) -> list[float]:
    values: list[float] = vector.astype(np.float32).tolist()
    return values


def _record(point: models.Record) -> Record:
    return Record(id=str(point.id), payload=point.payload or {})


def _requests(points: Sequence[Point]) -> Iterator[list[Point]]:
    """`points` in order, cut so that no request is larger than a server takes."""
    batch: list[Point] = []
    chars = 0
    for point in points:
        size = sum(len(value) for value in point.payload.values() if isinstance(value, str))
        if batch and (len(batch) == UPSERT_POINTS or chars + size > UPSERT_CHARS):
            yield batch
            batch, chars = [], 0
        batch.append(point)
        chars += size
    if batch:
        yield batch


def _filter(where: Sequence[Condition]) -> models.Filter:
    must: list[models.Condition] = []
    must_not: list[models.Condition] = []
    for condition in where:
        match condition:
            case AnyOf(key=key, values=values):
                must.append(models.FieldCondition(key=key, match=models.MatchAny(any=list(values))))
            case NoneOf(key=key, values=values):
                excluded = models.MatchAny(any=list(values))
                must_not.append(models.FieldCondition(key=key, match=excluded))
            case Within(key=key, earliest=earliest, latest=latest):
                window = models.DatetimeRange(gte=earliest, lte=latest)
                must.append(models.FieldCondition(key=key, range=window))
            case NotLater(key=key, at=at):
                later = models.DatetimeRange(gt=at)
                must_not.append(models.FieldCondition(key=key, range=later))
            case NotAmong(ids=ids):
                must_not.append(models.HasIdCondition(has_id=list(ids)))
    return models.Filter(must=must or None, must_not=must_not or None)
