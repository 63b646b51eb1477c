"""Copies a shard of the embedded engine in order of point ids, so that a half copy can be told."""

from collections.abc import Iterator
from uuid import UUID

import qdrant_edge as edge

from core.backends.edge_points import EdgePoints

PAGE = 500
"""Points read and written at a time."""

PointId = int | UUID | str
"""As the engine has it; ours are all UUIDs."""


class ShardCopy:
    """`target` on its way to hold what `source` holds: always the points of the lowest ids."""

    def __init__(self, source: EdgePoints, target: EdgePoints) -> None:
        self._source = source
        self._target = target
        self._next: PointId | None = None
        self._copied = 0
        self._finished = False

    @property
    def finished(self) -> bool:
        """Whether the last point is copied."""
        return self._finished

    @property
    def copied(self) -> int:
        """Points that the target is known to hold as the source does."""
        return self._copied

    def compare(self) -> bool:
        """Whether the target holds the first points of the source and nothing else.

        Ids, payloads and vectors are compared. If they are the same, `extend` goes on after them.
        """
        originals, self._copied = _records(self._source), 0
        for record in _records(self._target):
            original = next(originals, None)
            if original is None or _content(original) != _content(record):
                return False
            self._copied += 1
        following = next(originals, None)
        self._finished = following is None
        self._next = None if following is None else following.id
        return True

    def extend(self, count: int) -> None:
        """Copy about `count` points more, whole pages; durable on return."""
        goal = self._copied + count
        while self._copied < goal and not self._finished:
            records, self._next = _page(self._source, self._next)
            with self._target.opened() as shard:
                points = [edge.Point(each.id, each.vector or {}, each.payload) for each in records]
                shard.update(edge.UpdateOperation.upsert_points(points))
            self._copied += len(records)
            self._finished = self._next is None
        self._target.flush()


def _records(points: EdgePoints) -> Iterator[edge.Record]:
    """Every point by id."""
    start: PointId | None = None
    while True:
        records, start = _page(points, start)
        yield from records
        if start is None:
            return


def _page(points: EdgePoints, start: PointId | None) -> tuple[list[edge.Record], PointId | None]:
    request = edge.ScrollRequest(offset=start, limit=PAGE, with_payload=True, with_vector=True)
    with points.opened() as shard:
        records, following = shard.scroll(request)
    return records, following


def _content(record: edge.Record) -> tuple[object, ...]:
    vectors = record.vector if isinstance(record.vector, dict) else {}
    return record.id, record.payload, {name: _values(vector) for name, vector in vectors.items()}


def _values(vector: object) -> object:
    """Sparse vectors of the engine do not compare by value."""
    if isinstance(vector, edge.SparseVector):
        return vector.indices, vector.values
    return vector
