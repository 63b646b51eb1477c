"""Qdrant's embedded engine as a PointEngine: one shard in one folder."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import numpy as np
import qdrant_edge as edge

from core.backends import edge_graph, payload
from core.backends.data_folder import MIN_FREE_BYTES, require_room
from core.backends.edge_filters import edge_filter
from core.backends.edge_graph import Graph
from core.backends.filters import PASSAGES, Condition
from core.backends.payload import Payload
from core.backends.point_engine import DENSE, LEXICAL, Point, Record, dense_vector
from core.backends.ranking import PointQuery
from core.errors import BackendError, StoreRejected, StoreUnavailable
from core.types import Match, SparseVector, Vectors

MAX_FACETS = 10_000


class EdgePoints:
    """A shard, open until `close`; see PointEngine for the calls."""

    def __init__(self, shard: edge.EdgeShard, folder: Path) -> None:
        self._shard: edge.EdgeShard | None = shard
        self._folder = folder

    @classmethod
    def create(cls, folder: Path, *, dimension: int) -> "EdgePoints":
        """A shard in the empty `folder`, with its payload indexes, durable on return.

        Raises:
            StoreUnavailable: the disk is full or cannot be written.
        """
        require_room(folder, needed_bytes=MIN_FREE_BYTES)
        config = _config(dimension, graph=None)
        with _translated(folder):
            points = cls(edge.EdgeShard.create(str(folder), config), folder)
            for key in payload.KEYWORD_KEYS:
                points._index(key, edge.PayloadSchemaType.Keyword)
            for key in payload.DATETIME_KEYS:
                points._index(key, edge.PayloadSchemaType.Datetime)
        points.flush()
        return points

    @classmethod
    def load(
        cls, folder: Path, *, dimension: int | None = None, graph: Graph | None = None
    ) -> "EdgePoints":
        """The shard kept in `folder`; what a killed process had logged is replayed.

        Args:
            folder: where the shard lies.
            dimension: of the dense vectors; needed with `graph`.
            graph: what `build_graph` is to build from here on; None leaves the shard as it is.

        Raises:
            StoreUnavailable: the engine cannot load it.
        """
        config = None if dimension is None else _config(dimension, graph=graph)
        try:
            with _translated(folder):
                return cls(edge.EdgeShard.load(str(folder), config), folder)
        except BackendError as exc:
            raise StoreUnavailable(
                f"the index in {folder} cannot be loaded ({exc.__cause__}): if its disk is full, "
                "free some space; if it is damaged, restore it or move it away and index again"
            ) from exc

    def hand_over(self) -> "EdgePoints":
        """The same shard under a new owner; this object is closed."""
        with self.opened() as shard:
            self._shard = None
        return EdgePoints(shard, self._folder)

    def close(self) -> None:
        """Release the shard; calling it again does nothing."""
        if self._shard is not None:
            shard, self._shard = self._shard, None
            with _translated(self._folder):
                shard.close()

    def upsert(self, points: Sequence[Point]) -> None:
        """See PointEngine."""
        if points:
            self._update(edge.UpdateOperation.upsert_points([_edge_point(p) for p in points]))

    def merge_payload(self, values: Payload, where: Sequence[Condition]) -> None:
        """See PointEngine."""
        self._update(edge.UpdateOperation.set_payload_by_filter(edge_filter(where), values))

    def delete(self, where: Sequence[Condition]) -> None:
        """See PointEngine."""
        self._update(edge.UpdateOperation.delete_points_by_filter(edge_filter(where)))

    def flush(self) -> None:
        """See PointEngine."""
        with self.opened() as shard:
            shard.flush()

    def build_graph(self) -> None:
        """Build the graph that the shard was loaded for, over everything in it.

        Takes minutes for 100,000 passages and stops every thread of the process meanwhile; not
        to be used on a shard that may not be lost if the process is killed.
        """
        with self.opened() as shard:
            shard.optimize()
            shard.flush()

    def search(self, queries: Sequence[PointQuery]) -> list[list[Match]]:
        """See PointEngine; dense searches are exact unless the shard has a graph.

        Scores are always exact. Payloads are not read: a small index would spend most time there.
        """
        requests = [_request(query) for query in queries]
        with self.opened() as shard:
            found = shard.query_batch(edge.QueryBatchRequest(requests))
        return [[Match(str(hit.id), hit.score) for hit in hits] for hits in found]

    def retrieve(self, ids: Sequence[str], *, keys: Sequence[str] | None) -> list[Record]:
        """See PointEngine."""
        with self.opened() as shard:
            found = shard.retrieve(
                [UUID(point_id) for point_id in ids],
                with_payload=True if keys is None else list(keys),
                with_vector=False,
            )
        return [_record(point) for point in found]

    def scroll(
        self, where: Sequence[Condition], *, start: str | None, limit: int
    ) -> tuple[list[Record], str | None]:
        """See PointEngine."""
        request = edge.ScrollRequest(
            offset=None if start is None else UUID(start),
            limit=limit,
            filter=edge_filter(where),
            with_payload=True,
            with_vector=False,
        )
        with self.opened() as shard:
            found, following = shard.scroll(request)
        return [_record(point) for point in found], None if following is None else str(following)

    def sample(self, where: Sequence[Condition], *, limit: int) -> list[tuple[str, Vectors]]:
        """See PointEngine."""
        request = edge.ScrollRequest(
            limit=limit, filter=edge_filter(where), with_payload=False, with_vector=[DENSE]
        )
        with self.opened() as shard:
            found, _ = shard.scroll(request)
        return [(str(point.id), dense_vector(point.id, point.vector)) for point in found]

    def count(self, where: Sequence[Condition]) -> int:
        """See PointEngine."""
        with self.opened() as shard:
            return shard.count(edge.CountRequest(exact=True, filter=edge_filter(where)))

    def count_by(self, key: str, where: Sequence[Condition]) -> dict[str, int]:
        """See PointEngine."""
        request = edge.FacetRequest(key, limit=MAX_FACETS, exact=True, filter=edge_filter(where))
        with self.opened() as shard:
            return {str(hit.value): hit.count for hit in shard.facet(request).hits}

    def _update(self, operation: edge.UpdateOperation) -> None:
        require_room(self._folder, needed_bytes=MIN_FREE_BYTES)
        with self.opened() as shard:
            edge_graph.forget_graph(self._folder)
            shard.update(operation)

    def _index(self, key: str, schema: edge.PayloadSchemaType) -> None:
        self._update(edge.UpdateOperation.create_field_index(key, schema))

    @contextmanager
    def opened(self) -> Iterator[edge.EdgeShard]:
        """The engine's shard; its faults become ours.

        Raises:
            StoreUnavailable: it is closed, or the engine fails.
            StoreRejected: the engine refuses what it is given.
        """
        if self._shard is None:
            raise StoreUnavailable(f"the index in {self._folder} is closed: open it again")
        with _translated(self._folder):
            yield self._shard


def _config(dimension: int, *, graph: Graph | None) -> edge.EdgeConfig:
    """The engine's words for our two vectors, searched by comparing with all or by `graph`."""
    dense = edge.EdgeVectorParams(
        size=dimension,
        distance=edge.Distance.Cosine,
        hnsw_config=None if graph is None else edge_graph.hnsw_config(graph),
        quantization_config=None if graph is None else edge_graph.quantization_config(graph),
    )
    return edge.EdgeConfig(
        vectors={DENSE: dense},
        sparse_vectors={LEXICAL: edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf)},
        optimizers=None if graph is None else edge_graph.optimizers_config(),
        wal_enabled=True,
    )


def _edge_point(point: Point) -> edge.Point:
    vectors: dict[str, edge.NamedVector] = {}
    if point.dense is not None:
        vectors[DENSE] = _floats(point.dense)
    if point.lexical is not None and point.lexical.indices:
        vectors[LEXICAL] = _edge_sparse(point.lexical)
    return edge.Point(UUID(point.id), vectors, point.payload)


def _edge_sparse(vector: SparseVector) -> edge.SparseVector:
    return edge.SparseVector(list(vector.indices), list(vector.values))


def _floats(vector: Vectors) -> list[float]:
    values: list[float] = vector.astype(np.float32).tolist()
    return values


def _request(query: PointQuery) -> edge.QueryRequest:
    if isinstance(query.vector, SparseVector):
        nearest = edge.Query.Nearest(_edge_sparse(query.vector), using=LEXICAL)
        # Without a corpus the engine goes on counting deleted passages until it is reloaded, so
        # that the same archive would score differently after a different history.
        params = edge.SearchParams(idf=edge.IdfParams(corpus=edge_filter((PASSAGES,))))
    else:
        nearest = edge.Query.Nearest(_floats(query.vector), using=DENSE)
        params = edge_graph.search_params(query.limit)
    return edge.QueryRequest(
        limit=query.limit,
        query=nearest,
        filter=edge_filter(query.where),
        params=params,
        with_payload=False,
    )


def _record(point: edge.Record) -> Record:
    return Record(id=str(point.id), payload=point.payload or {})


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    """Turn the engine's faults, which are bare `Exception`s and panics, into ours."""
    try:
        yield
    except BackendError:
        raise
    except BaseException as exc:
        # A damaged file makes the engine panic, which is no Exception and has no public class.
        is_panic = type(exc).__module__ == "pyo3_runtime"
        if not (is_panic or type(exc) is Exception or isinstance(exc, OSError)):
            raise
        if type(exc) is Exception and not str(exc).startswith("Service runtime error"):
            raise StoreRejected(f"the index in {folder} refused what it was sent: {exc}") from exc
        raise StoreUnavailable(f"the index in {folder} does not answer: {exc}") from exc
