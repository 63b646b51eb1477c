"""An embedder that reads no passage twice: its vectors are kept on disk between runs."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import anyio.to_thread
import numpy as np

from core.backends.vector_file import VectorFile
from core.backends.worker import Worker
from core.identity import EmbedderIdentity
from core.ports import FullEmbedder
from core.types import TokenVectors, Vectors


@asynccontextmanager
async def open_keeping_embedder(
    inner: FullEmbedder, *, root: Path
) -> AsyncIterator["KeepingEmbedder"]:
    """`inner`, with the vectors of passages kept below `root` by its identity and exact text.

    Raises:
        StoreUnavailable: they cannot be read or written there.
    """
    file = await anyio.to_thread.run_sync(partial(VectorFile, root, identity=inner.identity))
    try:
        yield KeepingEmbedder(inner, file)
    finally:
        file.close()


class KeepingEmbedder:
    """A FullEmbedder over another; made by `open_keeping_embedder`.

    Vectors of whole passages are read from disk where they are kept, bit by bit as the model gave
    them, and the rest is embedded and kept. Questions and token vectors always come from the
    model. For measuring and for benchmarks: serving would gain nothing.
    """

    def __init__(self, inner: FullEmbedder, file: VectorFile) -> None:
        self._inner = inner
        self._file = file
        self._worker = Worker(concurrency=1)

    @property
    def identity(self) -> EmbedderIdentity:
        """What changes the vectors: that of the inner embedder."""
        return self._inner.identity

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) for questions."""
        return await self._inner.embed_queries(texts)

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) for passages; raises StoreUnavailable besides the faults of the model."""
        vectors = np.zeros((len(texts), self.identity.dimension), np.float32)
        by_text = await self._worker.run(self._file.read, texts)
        missing = [text for text in dict.fromkeys(texts) if text not in by_text]
        if missing:
            fresh = await self._inner.embed_passages(missing)
            await self._worker.run(self._file.write, missing, fresh)
            by_text |= dict(zip(missing, fresh, strict=True))
        for row, text in enumerate(texts):
            vectors[row] = by_text[text]
        return vectors

    async def embed_query_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """For questions."""
        return await self._inner.embed_query_tokens(texts)

    async def embed_passage_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """For passages or sentences of articles."""
        return await self._inner.embed_passage_tokens(texts)
