"""A double of the embedder whose passes a test sees, holds and breaks."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import anyio
import anyio.lowlevel

from core.backends.memory_embedder import HashingEmbedder
from core.backends.serving_embedder import ServingEmbedder, open_serving_embedder
from core.errors import BackendError, EmbedderRejected
from core.types import TokenVectors, Vectors

TEXTS = [
    "متى وُقّعت المعاهدة؟",
    "بارش برف در البرز 🏔️",
    "ACME أطلقت Sat-7 يوم الجمعة",
    "长江大桥什么时候通车？",
    "Who won the harbour strike?",
    "🌍",
]
PATIENCE_S = 10


class Gate(HashingEmbedder):
    """Notes every pass; holds each until it is let through, and fails on what it is told."""

    def __init__(self) -> None:
        super().__init__(dimension=32)
        self.passes: list[tuple[str, list[str]]] = []
        self.open = anyio.Event()
        self.error: Exception | None = None
        self.bad: set[str] = set()
        self.at_once = self.most_at_once = 0

    async def embed_query_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        await self._pass("questions", texts)
        return await super().embed_query_tokens(texts)

    async def embed_passage_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        await self._pass("sentences", texts)
        return await super().embed_passage_tokens(texts)

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        await self._pass("passages", texts)
        return await super().embed_passages(texts)

    async def _pass(self, kind: str, texts: Sequence[str]) -> None:
        self.passes.append((kind, list(texts)))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.open.wait()
        finally:
            self.at_once -= 1
        if self.error is not None:
            raise self.error
        if self.bad & set(texts):
            raise EmbedderRejected(f"refused {sorted(self.bad & set(texts))}")


@asynccontextmanager
async def serving(
    inner: HashingEmbedder, *, max_waiting: int = 256, cache_bytes: int = 2**20
) -> AsyncIterator[ServingEmbedder]:
    with anyio.fail_after(PATIENCE_S):
        async with open_serving_embedder(
            inner, max_waiting=max_waiting, cache_bytes=cache_bytes
        ) as embedder:
            yield embedder


async def settle() -> None:
    """Let every task that can go on do so."""
    for _ in range(20):
        await anyio.lowlevel.checkpoint()


async def outcome_of(
    call: Callable[[], Awaitable[object]], into: dict[str, object], key: str
) -> None:
    try:
        into[key] = await call()
    except BackendError as error:
        into[key] = error
