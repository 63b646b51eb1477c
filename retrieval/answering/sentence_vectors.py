"""Vectors of candidate sentences, computed on demand and kept for the next question."""

from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from core.ports import Embedder
from core.types import Vectors
from retrieval.evidence import Candidate

CAPACITY = 20_000
"""Sentences kept; about 1.5 kB each at 384 dimensions."""


class SentenceVectors:
    """A bounded least-recently-used cache over the embedder; used from one event loop."""

    def __init__(self, embedder: Embedder, *, capacity: int = CAPACITY) -> None:
        self._embedder = embedder
        self._capacity = capacity
        self._kept: OrderedDict[tuple[str, int], Vectors] = OrderedDict()

    async def of(self, candidates: Sequence[Candidate]) -> Vectors:
        """(n, dim) float32, row by row; passage ids change with their text, so none is stale."""
        keys = [(candidate.hit.passage.id, candidate.order) for candidate in candidates]
        rows = {key: self._kept[key] for key in keys if key in self._kept}
        missing = [i for i, key in enumerate(keys) if key not in rows]
        fresh = await self._embedder.embed_passages([candidates[i].text for i in missing])
        for i, vector in zip(missing, fresh, strict=True):
            rows[keys[i]] = vector
        self._keep(rows)
        if not keys:
            return np.zeros((0, self._embedder.identity.dimension), dtype=np.float32)
        return np.stack([rows[key] for key in keys])

    def _keep(self, rows: dict[tuple[str, int], Vectors]) -> None:
        for key, vector in rows.items():
            self._kept[key] = vector
            self._kept.move_to_end(key)
        while len(self._kept) > self._capacity:
            self._kept.popitem(last=False)
