"""Vectors by exact text, kept in a file, so that a run that was stopped goes on where it was."""

import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from core.backends.embedding import EmbedderParts
from core.types import Vectors

BATCH = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedded:
    """Vectors (n, dim) of texts, and the tokens and seconds that it took to read them.

    The seconds of a call are shared out by tokens and kept with each vector, so that they are told
    of texts that were kept as well.
    """

    vectors: Vectors
    tokens: int
    seconds: float


class KeptVectors:
    """Embeds what the file does not hold; keyed by the model's identity and the exact text."""

    def __init__(self, parts: EmbedderParts, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._parts = parts
        self._identity = repr(parts.embedder.identity)
        self._file = sqlite3.connect(path)
        self._file.execute(
            "CREATE TABLE IF NOT EXISTS vectors"
            " (key BLOB PRIMARY KEY, vector BLOB, tokens INTEGER, seconds REAL)"
        )

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    async def passages(self, texts: Sequence[str], *, say: Callable[[str], None]) -> Embedded:
        """For passages; `say` is told of what has to be read."""
        return await self._embed(texts, is_query=False, say=say)

    async def queries(self, texts: Sequence[str], *, say: Callable[[str], None]) -> Embedded:
        """For questions."""
        return await self._embed(texts, is_query=True, say=say)

    async def _embed(
        self, texts: Sequence[str], *, is_query: bool, say: Callable[[str], None]
    ) -> Embedded:
        keys = [self._key(text, is_query) for text in texts]
        missing = {
            key: text for key, text in zip(keys, texts, strict=True) if self._row(key) is None
        }
        if missing:
            say(f"  {len(missing):,} of {len(texts):,} texts to embed")
        waiting = list(missing.items())
        for start in range(0, len(waiting), BATCH):
            await self._read(waiting[start : start + BATCH], is_query=is_query)
        rows = [self._known(key) for key in keys]
        dimension = self._parts.embedder.identity.dimension
        vectors = np.array([np.frombuffer(row[0], np.float32) for row in rows], np.float32)
        return Embedded(
            vectors=vectors.reshape(len(rows), dimension),
            tokens=sum(row[1] for row in rows),
            seconds=sum(row[2] for row in rows),
        )

    async def _read(self, batch: Sequence[tuple[bytes, str]], *, is_query: bool) -> None:
        texts = [text for _, text in batch]
        counts = self._parts.token_counter.count_tokens(texts)
        embedder = self._parts.embedder
        started = time.perf_counter()
        found = await (embedder.embed_queries if is_query else embedder.embed_passages)(texts)
        each_s = (time.perf_counter() - started) / max(1, sum(counts))
        with self._file:
            self._file.executemany(
                "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?)",
                [
                    (key, row.astype(np.float32).tobytes(), count, count * each_s)
                    for (key, _), row, count in zip(batch, found, counts, strict=True)
                ],
            )

    def _key(self, text: str, is_query: bool) -> bytes:
        return sha256(f"{self._identity}\x1f{is_query}\x1f{text}".encode()).digest()

    def _row(self, key: bytes) -> tuple[bytes, int, float] | None:
        found = self._file.execute(
            "SELECT vector, tokens, seconds FROM vectors WHERE key = ?", (key,)
        )
        row: tuple[bytes, int, float] | None = found.fetchone()
        return row

    def _known(self, key: bytes) -> tuple[bytes, int, float]:
        row = self._row(key)
        if row is None:
            raise KeyError("a text that was embedded is not in the file")
        return row
