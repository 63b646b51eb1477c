"""One owner of a model that many callers share: gathers their calls, takes turns, remembers."""

import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

import anyio
import numpy as np

from core.backends.pass_line import MAX_PASS_CHARS, MAX_PASS_TEXTS, PassLine, Request, outcome
from core.backends.vector_cache import MAX_BYTES, VectorCache, read_only
from core.errors import EmbedderUnavailable
from core.identity import EmbedderIdentity
from core.ports import FullEmbedder
from core.serving import ServingFigures
from core.tasks import bare_faults
from core.types import TokenVectors, Vectors

T = TypeVar("T")

STUCK_S = 60.0
"""A pass of the model that takes longer than this does not come back: most take milliseconds."""

MAX_WAITING = 256
"""Questions that may wait, and as many calls for passages."""


@asynccontextmanager
async def open_serving_embedder(
    inner: FullEmbedder, *, max_waiting: int = MAX_WAITING, cache_bytes: int = MAX_BYTES
) -> AsyncIterator["ServingEmbedder"]:
    """`inner` for many concurrent callers, until the block ends; then whoever waits is refused."""
    serving = ServingEmbedder(inner, max_waiting=max_waiting, cache_bytes=cache_bytes)
    with bare_faults():
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(serving.run)
            try:
                yield serving
            finally:
                tasks.cancel_scope.cancel()


class ServingEmbedder:
    """A FullEmbedder over another; made by `open_serving_embedder`, for one event loop.

    An idle model takes a call at once. While it reads, calls wait in line and go together in
    the next pass. Questions and passages take turns and long calls go in slices, so that a
    question waits for one pass of passages at most. A call whose caller is cancelled leaves
    the line. Vectors of questions are kept, read-only, and the same question asked by several
    at once is read once.

    Besides the faults of `inner`, every method raises EmbedderBusy when too many wait.
    """

    def __init__(self, inner: FullEmbedder, *, max_waiting: int, cache_bytes: int) -> None:
        self._inner = inner
        self._identity = inner.identity
        self._cache = VectorCache(max_bytes=cache_bytes)
        self._asked: dict[str, Request[TokenVectors]] = {}
        self._hits = self._misses = 0
        self._is_closed = False
        self._pass_began: float | None = None
        self._arrived = anyio.Event()
        self._questions: PassLine[TokenVectors] = PassLine(
            self._read_questions,
            max_waiting=max_waiting,
            wake=self._wake,
            on_done=self._remember,
        )
        self._sentences: PassLine[TokenVectors] = PassLine(
            inner.embed_passage_tokens, max_waiting=max_waiting, wake=self._wake
        )
        self._passages: PassLine[Vectors] = PassLine(
            self._read_passages, max_waiting=max_waiting, wake=self._wake
        )
        self._others: list[PassLine[TokenVectors] | PassLine[Vectors]] = [
            self._sentences,
            self._passages,
        ]

    @property
    def identity(self) -> EmbedderIdentity:
        """What changes the vectors: that of the inner embedder."""
        return self._identity

    def figures(self) -> ServingFigures:
        """What was done so far and what waits."""
        lines = (self._questions, *self._others)
        return ServingFigures(
            hits=self._hits,
            misses=self._misses,
            cached=len(self._cache),
            cached_bytes=self._cache.size_bytes,
            waiting=sum(map(len, lines)),
            batches=sum(line.batches for line in lines),
            batch_texts=sum(line.batch_texts for line in lines),
            rejected_busy=sum(line.rejected_busy for line in lines),
        )

    def require_alive(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Return if the model is read, or waits to be.

        Raises:
            EmbedderUnavailable: nobody owns it any more, or it does not come back.
        """
        if self._is_closed:
            raise EmbedderUnavailable("the embedder is closed: start the server again")
        if self._pass_began is not None and clock() - self._pass_began > STUCK_S:
            raise EmbedderUnavailable(
                f"the model has not come back for {STUCK_S:g} s: start the server again"
            )

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) for questions."""
        rows = [vectors.pooled for vectors in await self.embed_query_tokens(texts)]
        return self._stacked(rows)

    async def embed_query_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """For questions; read-only arrays, shared with other callers."""
        found: list[TokenVectors] = []
        for start in range(0, len(texts), MAX_PASS_TEXTS):
            found += await self._ask(texts[start : start + MAX_PASS_TEXTS])
        return found

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) for passages."""
        return self._stacked(await _in_slices(self._passages, texts))

    async def embed_passage_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """For passages or sentences of articles."""
        return await _in_slices(self._sentences, texts)

    async def run(self) -> None:
        """Own the model: serve the lines until cancelled."""
        turn_of_others = False
        try:
            while True:
                line = self._next_line(others_first=turn_of_others)
                if line is None:
                    self._arrived = anyio.Event()
                    await self._arrived.wait()
                    continue
                turn_of_others = line is self._questions
                self._pass_began = time.monotonic()
                await line.run_pass()
                self._pass_began = None
        finally:
            self._is_closed = True
            for line in (self._questions, *self._others):
                line.close()

    def _next_line(
        self, *, others_first: bool
    ) -> PassLine[TokenVectors] | PassLine[Vectors] | None:
        if self._questions and not others_first:
            return self._questions
        for line in self._others:
            if line:
                # To the end: sentences and passages take turns among themselves too.
                self._others.remove(line)
                self._others.append(line)
                return line
        return self._questions if self._questions else None

    async def _ask(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Vectors of at most MAX_PASS_TEXTS questions."""
        known = {text: self._cache.get(self._identity, text) for text in texts}
        missing = [text for text, vectors in known.items() if vectors is None]
        requests = self._requests(missing)
        self._hits += len(texts) - len(missing)
        try:
            for text, request in requests.items():
                known[text] = (await outcome(request))[0]
        finally:
            for text, request in requests.items():
                if self._questions.leave(request):
                    del self._asked[text]
        return [vectors for text in texts if (vectors := known[text]) is not None]

    def _requests(self, texts: Sequence[str]) -> dict[str, Request[TokenVectors]]:
        """The request of each text, its own or one that another caller waits for; or none."""
        fresh = [text for text in texts if text not in self._asked]
        if fresh:
            self._questions.require_room(len(fresh))
        for text in fresh:
            self._asked[text] = self._questions.submit([text])
        requests = {text: self._asked[text] for text in texts}
        for request in requests.values():
            request.waiters += 1
        self._misses += len(fresh)
        self._hits += len(texts) - len(fresh)
        return requests

    def _remember(self, request: Request[TokenVectors]) -> None:
        text = request.texts[0]
        del self._asked[text]
        if request.error is None:
            self._cache.put(self._identity, text, request.rows[0])

    async def _read_questions(self, texts: Sequence[str]) -> list[TokenVectors]:
        return [read_only(vectors) for vectors in await self._inner.embed_query_tokens(texts)]

    async def _read_passages(self, texts: Sequence[str]) -> list[Vectors]:
        return list(await self._inner.embed_passages(texts))

    def _stacked(self, rows: Sequence[Vectors]) -> Vectors:
        shape = (len(rows), self._identity.dimension)
        return np.asarray(rows, dtype=np.float32).reshape(shape)

    def _wake(self) -> None:
        self._arrived.set()


async def _in_slices(line: PassLine[T], texts: Sequence[str]) -> list[T]:
    """One row a text, in order; each slice goes to the end of the line."""
    found: dict[int, T] = {}
    for chosen in _slices(texts):
        request = line.submit([texts[position] for position in chosen])
        request.waiters = 1
        try:
            found.update(zip(chosen, await outcome(request), strict=True))
        finally:
            line.leave(request)
    return [found[position] for position in range(len(texts))]


def _slices(texts: Sequence[str]) -> Iterator[list[int]]:
    """Positions in slices of one pass each, longest texts first: like lengths go together."""
    chosen: list[int] = []
    chars = 0
    for position in sorted(range(len(texts)), key=lambda position: -len(texts[position])):
        length = len(texts[position])
        if chosen and (len(chosen) == MAX_PASS_TEXTS or chars + length > MAX_PASS_CHARS):
            yield chosen
            chosen, chars = [], 0
        chosen.append(position)
        chars += length
    if chosen:
        yield chosen
