"""What an index keeps of the vectors of its passages, and gives back of some of them."""

from dataclasses import dataclass

from core.types import Vectors


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """What is kept of a passage's vectors: `pooled` (dim,) unit norm, `codes` of its tokens."""

    pooled: Vectors
    codes: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledPassages:
    """Some passages of an index: ids, and their dense vectors (n, dim) in the same order."""

    ids: tuple[str, ...]
    vectors: Vectors
