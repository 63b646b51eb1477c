"""What a store asks of an engine that keeps points."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from core.backends.filters import Condition
from core.backends.payload import Payload
from core.backends.ranking import PointQuery
from core.errors import StoreRejected
from core.types import Match, SparseVector, Vectors

DENSE: Literal["dense"] = "dense"
LEXICAL: Literal["lexical"] = "lexical"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What an engine keeps: a passage with its vectors, or an article without any."""

    id: str
    payload: Payload
    dense: Vectors | None = None
    lexical: SparseVector | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What an engine gives back of a point."""

    id: str
    payload: Mapping[str, object]


class PointEngine(Protocol):
    """A blocking engine of points with the vectors `dense` (cosine) and `lexical` (with IDF).

    Raises StoreUnavailable or StoreRejected; nothing of the engine's own escapes.
    """

    def upsert(self, points: Sequence[Point]) -> None:
        """Write the points whole, replacing those with the same ids."""
        ...

    def merge_payload(self, values: Payload, where: Sequence[Condition]) -> None:
        """Set these payload values on every matching point."""
        ...

    def delete(self, where: Sequence[Condition]) -> None:
        """Remove every matching point."""
        ...

    def flush(self) -> None:
        """Return once everything written is durable."""
        ...

    def search(self, queries: Sequence[PointQuery]) -> list[list[Match]]:
        """One list a query: by cosine, or by dot product with IDF if it is sparse; best first."""
        ...

    def retrieve(self, ids: Sequence[str], *, keys: Sequence[str] | None) -> list[Record]:
        """The points with these ids, as far as they exist; `keys` None is the whole payload."""
        ...

    def scroll(
        self, where: Sequence[Condition], *, start: str | None, limit: int
    ) -> tuple[list[Record], str | None]:
        """Matching points by id from `start` on, and where the next page starts."""
        ...

    def sample(self, where: Sequence[Condition], *, limit: int) -> list[tuple[str, Vectors]]:
        """The first matching points by id, with their dense vectors."""
        ...

    def count(self, where: Sequence[Condition]) -> int:
        """How many points match, exactly."""
        ...

    def count_by(self, key: str, where: Sequence[Condition]) -> dict[str, int]:
        """How many matching points carry each value of an indexed `key`, exactly."""
        ...


def dense_vector(point_id: object, vectors: object) -> Vectors:
    """The dense one of the named `vectors` that an engine gave of a point.

    Raises:
        StoreRejected: there is none.
    """
    vector = vectors.get(DENSE) if isinstance(vectors, dict) else None
    if vector is None:
        raise StoreRejected(f"point {point_id} has no dense vector: run `sanad reindex`")
    return np.asarray(vector, dtype=np.float32)
