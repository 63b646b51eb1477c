"""A line of calls that wait for the model, served several at a time by one pass."""

import copy
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import anyio

from core.errors import BackendError, EmbedderBusy, EmbedderRejected, EmbedderUnavailable

T = TypeVar("T")

MAX_PASS_TEXTS = 32
"""Texts of one pass."""

MAX_PASS_CHARS = 4_000
"""Characters of one pass, about 1,000 tokens: what bounds the wait of the next in line."""


@dataclass(eq=False, slots=True)
class Request(Generic[T]):
    """Texts that go through the model together; several callers may wait for the same one."""

    texts: tuple[str, ...]
    waiters: int = 0
    begun: bool = False
    alone: bool = False
    """A batch with it was refused: it goes by itself, so that only the bad one fails."""
    done: anyio.Event = field(default_factory=anyio.Event)
    rows: Sequence[T] = ()
    error: BackendError | None = None

    @property
    def chars(self) -> int:
        """Length of all texts."""
        return sum(map(len, self.texts))


class PassLine(Generic[T]):
    """First come, first served; for one event loop.

    Whoever owns the model calls `run_pass`; everyone else submits and waits.
    """

    def __init__(
        self,
        embed: Callable[[Sequence[str]], Awaitable[Sequence[T]]],
        *,
        max_waiting: int,
        wake: Callable[[], None],
        on_done: Callable[[Request[T]], None] | None = None,
    ) -> None:
        """A line before `embed`, which gives one row a text, in order.

        `wake` is called at every arrival, `on_done` with every request that was served.
        """
        self._embed = embed
        self._max_waiting = max_waiting
        self._wake = wake
        self._on_done = on_done
        self._waiting: deque[Request[T]] = deque()
        self._closed = False
        self.batches = 0
        self.batch_texts = 0
        self.rejected_busy = 0

    def __len__(self) -> int:
        """Requests that wait."""
        return len(self._waiting)

    def require_room(self, requests: int) -> None:
        """Refuse `requests` more than may wait.

        Raises:
            EmbedderBusy: the line is full.
            EmbedderUnavailable: the line is closed.
        """
        if self._closed:
            raise EmbedderUnavailable("the embedder is closing: send the request again later")
        if len(self._waiting) + requests > self._max_waiting:
            self.rejected_busy += 1
            raise EmbedderBusy(
                f"{len(self._waiting)} calls wait for the model, at most {self._max_waiting} may: "
                "try again in a few seconds, or run more servers"
            )

    def submit(self, texts: Sequence[str]) -> Request[T]:
        """Stand in line with `texts`; raises as `require_room` does."""
        self.require_room(1)
        request: Request[T] = Request(texts=tuple(texts))
        self._waiting.append(request)
        self._wake()
        return request

    def leave(self, request: Request[T]) -> bool:
        """One caller fewer waits for `request`; True if it was withdrawn from the line."""
        request.waiters -= 1
        if request.waiters or request.begun or request.done.is_set():
            return False
        self._waiting.remove(request)
        return True

    async def run_pass(self) -> None:
        """One call of the model for those at the head of the line; its faults go to them."""
        batch = self._take()
        texts = [text for request in batch for text in request.texts]
        self.batches += 1
        self.batch_texts += len(texts)
        try:
            rows = await self._rows(texts)
        except EmbedderRejected as error:
            if len(batch) == 1:
                self._fail(batch, error)
            else:
                self._put_back(batch)
        except BackendError as error:
            self._fail(batch, error)
        # Whatever it is, the callers raise it: the loop that owns the model must go on.
        except Exception as exc:  # noqa: BLE001 - the edge of a worker loop
            fault = EmbedderRejected(f"the model failed unexpectedly ({type(exc).__name__})")
            fault.__cause__ = exc
            self._fail(batch, fault)
        except BaseException:  # cancelled: the server ends
            self._fail(batch, EmbedderUnavailable("the embedder is closing"))
            raise
        else:
            self._serve(batch, rows)

    def close(self) -> None:
        """Let nobody wait any more."""
        self._closed = True
        self._fail(self._waiting, EmbedderUnavailable("the embedder is closing"))
        self._waiting.clear()

    async def _rows(self, texts: Sequence[str]) -> Sequence[T]:
        rows = await self._embed(texts)
        if len(rows) != len(texts):
            raise EmbedderRejected(f"the model gave {len(rows)} rows for {len(texts)} texts")
        return rows

    def _take(self) -> list[Request[T]]:
        """At least one request; as many as make one pass, in order of arrival."""
        batch: list[Request[T]] = []
        texts = chars = 0
        while self._waiting:
            head = self._waiting[0]
            texts += len(head.texts)
            chars += head.chars
            full = texts > MAX_PASS_TEXTS or chars > MAX_PASS_CHARS
            if batch and (full or head.alone or batch[0].alone):
                break
            head.begun = True
            batch.append(self._waiting.popleft())
        return batch

    def _put_back(self, batch: Sequence[Request[T]]) -> None:
        for request in reversed(batch):
            request.alone = True
            request.begun = False
            if request.waiters:
                self._waiting.appendleft(request)
            else:
                self._fail([request], EmbedderRejected("nobody waits for it any more"))

    def _serve(self, batch: Sequence[Request[T]], rows: Sequence[T]) -> None:
        start = 0
        for request in batch:
            request.rows = rows[start : start + len(request.texts)]
            start += len(request.texts)
            self._end(request)

    def _fail(self, batch: Sequence[Request[T]] | deque[Request[T]], error: BackendError) -> None:
        for request in batch:
            request.error = error
            self._end(request)

    def _end(self, request: Request[T]) -> None:
        if self._on_done is not None:
            self._on_done(request)
        request.done.set()


async def outcome(request: Request[T]) -> Sequence[T]:
    """Wait until `request` was served: one row a text; raises the fault of its pass."""
    await request.done.wait()
    if request.error is not None:
        # A copy: one error raised by several tasks would gather the traces of all.
        raise copy.copy(request.error) from request.error
    return request.rows
