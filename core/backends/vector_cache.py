"""Keeps vectors of recent questions, within a bound of bytes."""

from collections import OrderedDict
from dataclasses import replace

import numpy as np

from core.identity import EmbedderIdentity
from core.types import TokenVectors, Vectors

MAX_BYTES = 16 * 2**20
"""About 700 questions of 15 tokens of 384 dimensions."""

_ENTRY_BYTES = 600
"""What an entry takes besides its numbers and its characters: objects and places in tables."""

_CHARACTER_BYTES = 4
"""The most that a character of a str takes."""


class VectorCache:
    """Least recently used out first; keyed by the model's identity and the exact text."""

    def __init__(self, *, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._kept: OrderedDict[tuple[EmbedderIdentity, str], TokenVectors] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def size_bytes(self) -> int:
        """Memory taken, at most `max_bytes`."""
        return self._bytes

    def get(self, identity: EmbedderIdentity, text: str) -> TokenVectors | None:
        """The vectors of `text`, read-only, or None if they are not kept."""
        found = self._kept.get((identity, text))
        if found is not None:
            self._kept.move_to_end((identity, text))
        return found

    def put(self, identity: EmbedderIdentity, text: str, vectors: TokenVectors) -> None:
        """Keep `vectors`, which `read_only` gave; one that alone passes the bound is not kept."""
        key = (identity, text)
        replaced = self._kept.pop(key, None)
        if replaced is not None:
            self._bytes -= _size(text, replaced)
        size = _size(text, vectors)
        if size > self._max_bytes:
            return
        self._kept[key] = vectors
        self._bytes += size
        while self._bytes > self._max_bytes:
            (_, oldest), dropped = self._kept.popitem(last=False)
            self._bytes -= _size(oldest, dropped)


def read_only(vectors: TokenVectors) -> TokenVectors:
    """A copy that cannot be written to and is safe to share."""
    return replace(vectors, pooled=_frozen(vectors.pooled), tokens=_frozen(vectors.tokens))


def _frozen(values: Vectors) -> Vectors:
    # A copy, because a row of a batch's matrix would keep the whole matrix in memory.
    copied = np.array(values, dtype=np.float32, order="C")
    copied.setflags(write=False)
    return copied


def _size(text: str, vectors: TokenVectors) -> int:
    numbers = vectors.pooled.nbytes + vectors.tokens.nbytes
    return numbers + _CHARACTER_BYTES * len(text) + _ENTRY_BYTES
