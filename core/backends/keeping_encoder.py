"""An encoder that reads no passage twice: its vectors are kept on disk between runs."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import anyio.to_thread

from core.backends.vector_file import VectorFile
from core.backends.worker import Worker
from core.identity import EmbedderIdentity
from core.ports import PassageEncoder
from core.vectors import PassageVectors


@asynccontextmanager
async def open_keeping_encoder(
    inner: PassageEncoder, *, root: Path, identity: EmbedderIdentity, tokens: str
) -> AsyncIterator["KeepingEncoder"]:
    """`inner`, with what it gave kept below `root`, by what makes it and by the exact text.

    Args:
        inner: Reads what is not kept.
        root: Where the files lie; one folder for each model and codec.
        identity: Of the embedder.
        tokens: Version of the codec of token vectors.

    Raises:
        StoreUnavailable: the files cannot be read or written.
    """
    opened = partial(VectorFile, root, identity=identity, tokens=tokens)
    file = await anyio.to_thread.run_sync(opened)
    try:
        yield KeepingEncoder(inner, file)
    finally:
        file.close()


class KeepingEncoder:
    """A PassageEncoder over another; made by `open_keeping_encoder`.

    Vectors and codes come from disk where they are kept, bit by bit as they were given, and the
    rest is encoded and kept. For measuring and for benchmarks: an archive that is indexed once
    would gain nothing.
    """

    def __init__(self, inner: PassageEncoder, file: VectorFile) -> None:
        self._inner = inner
        self._file = file
        self._worker = Worker(concurrency=1)

    async def encode(
        self, texts: Sequence[str], *, languages: Sequence[str]
    ) -> list[PassageVectors]:
        """See PassageEncoder; raises StoreUnavailable besides."""
        asked = list(zip(texts, languages, strict=True))
        found = await self._worker.run(self._file.read, asked)
        missing = [one for one in dict.fromkeys(asked) if one not in found]
        if missing:
            fresh = await self._inner.encode(
                [text for text, _ in missing], languages=[language for _, language in missing]
            )
            await self._worker.run(self._file.write, missing, fresh)
            found |= dict(zip(missing, fresh, strict=True))
        return [found[one] for one in asked]
