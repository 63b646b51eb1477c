"""One upload of articles and the response to it: both go on at the same time."""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Literal

import anyio
import anyio.to_thread
from fastapi import Response
from starlette.types import Message, Receive, Scope, Send

from api.batch.articles import ReadLine, apart, read_line
from api.batch.lines import Line, LineCutter
from api.batch.queue import LineQueue
from api.errors import fault_problem, problem_of
from api.event_stream import StreamTiming
from api.problem_kinds import TOO_MANY_UPLOADS, UPLOAD_STALLED, UPLOAD_TOO_SLOW
from api.problems import Problem, problem_body
from api.schemas.batch import BatchSummaryOut, BatchTallyOut, BatchVerdictOut
from api.schemas.operations import ProblemOut
from api.wire import ReaderStalled, Wire
from core.errors import ArticleRejected
from core.ports import ArticleWriter, Outcome, Verdict
from core.tasks import bare_faults
from core.types import Article

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/x-ndjson"
REJECTED: Literal["rejected"] = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchLimits:
    """Of one upload: bytes of a line, characters of a body, seconds in all and of silence."""

    line_bytes: int
    body_chars: int
    total_s: float
    timing: StreamTiming


class ClientLeft(Exception):
    """The connection was closed before the upload was at its end."""


class BatchResponse(Response):
    """Reads articles from the request and answers each with a verdict once it is durable.

    What fails before the first verdict passes through, so that it becomes an ordinary response;
    later it ends the summary, which is the last line.
    """

    media_type = MEDIA_TYPE

    def __init__(
        self,
        writer: ArticleWriter,
        *,
        limits: BatchLimits,
        slots: anyio.CapacityLimiter,
        turn: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self.status_code = 200
        self.background = None
        self.init_headers({"X-Accel-Buffering": "no"})
        self._writer = writer
        self._limits = limits
        self._slots = slots
        self._turn = turn

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the upload, if there is a slot for it.

        Raises:
            Problem: too-many-uploads, or what `turn` raises on entering.
        """
        try:
            self._slots.acquire_on_behalf_of_nowait(self)
        except anyio.WouldBlock as exc:
            at_once = int(self._slots.total_tokens)
            raise Problem(TOO_MANY_UPLOADS, f"{at_once} batches are being sent already") from exc
        try:
            with self._turn():
                await self._serve(scope, receive, send)
        finally:
            self._slots.release_on_behalf_of(self)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        head: Message = {
            "type": "http.response.start",
            "status": self.status_code,
            "headers": self.raw_headers,
        }
        request_id = str(scope["state"]["request_id"])
        upload = _Upload(
            self._writer,
            limits=self._limits,
            wire=Wire(send, head=head, stalled_s=self._limits.timing.stalled_s),
            request_id=request_id,
        )
        try:
            with bare_faults():
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(upload.read, receive)
                    await upload.index()
                    tasks.cancel_scope.cancel()
        except (ClientLeft, ReaderStalled) as exc:
            # The server closes a connection whose response was not brought to its end.
            logger.warning("upload ended cause=%s request_id=%s", type(exc).__name__, request_id)


class _Upload:
    """The two tasks of an upload, with the queue between them."""

    def __init__(
        self, writer: ArticleWriter, *, limits: BatchLimits, wire: Wire, request_id: str
    ) -> None:
        self._writer = writer
        self._limits = limits
        self._wire = wire
        self._request_id = request_id
        self._lines = LineQueue()
        self._verdicts: Counter[str] = Counter()
        self._broken_off: Problem | None = None

    async def read(self, receive: Receive) -> None:
        """Put the lines of the request into the queue, no faster than they are taken from it.

        Raises:
            ClientLeft: nobody is there to be told anything.
        """
        cutter = LineCutter(max_bytes=self._limits.line_bytes)
        deadline = anyio.current_time() + self._limits.total_s
        more = True
        while more and self._broken_off is None:
            try:
                message = await self._received(receive, deadline=deadline)
            except Problem as problem:
                self._broken_off = problem
                break
            if message["type"] == "http.disconnect":
                raise ClientLeft
            more = message.get("more_body", False)
            lines = cutter.feed(message.get("body", b""))
            for line in lines if more else [*lines, *cutter.end()]:
                await self._lines.put(line)
        await self._lines.close()

    async def _received(self, receive: Receive, *, deadline: float) -> Message:
        """The next message; raises Problem if it does not come, or is not coded as it says."""
        patience_s = self._limits.timing.idle_s
        with anyio.move_on_at(min(deadline, anyio.current_time() + patience_s)):
            return await receive()
        if anyio.current_time() >= deadline:
            raise Problem(UPLOAD_TOO_SLOW, f"it took more than {self._limits.total_s:g} s")
        raise Problem(UPLOAD_STALLED, f"nothing has come for {patience_s:g} s")

    async def index(self) -> None:
        """Index what is in the queue until it ends, and tell what became of it."""
        try:
            while lines := await self._lines.take():
                for part in apart(await anyio.to_thread.run_sync(self._read_lines, lines)):
                    await self._put(part)
        except ReaderStalled:
            raise
        # The edge: whatever it is becomes a problem that tells nothing of it.
        except Exception as exc:
            if not self._wire.has_begun:
                raise
            self._broken_off = fault_problem(exc, self._request_id)
        if self._broken_off is not None and not self._wire.has_begun:
            raise self._broken_off
        await self._wire.write(self._summary())
        await self._wire.end()

    def _read_lines(self, lines: Sequence[Line]) -> list[ReadLine]:
        read = partial(
            read_line,
            max_line_bytes=self._limits.line_bytes,
            max_body_chars=self._limits.body_chars,
        )
        return [read(line) for line in lines]

    async def _put(self, lines: Sequence[ReadLine]) -> None:
        """Index the articles of `lines`, whose ids differ, and tell the verdict of every line."""
        articles = [line.read for line in lines if isinstance(line.read, Article)]
        outcomes = iter(await self._writer.put_many(articles) if articles else ())
        told = [
            self._told(line, line.read if isinstance(line.read, Problem) else next(outcomes))
            for line in lines
        ]
        await self._wire.write(b"".join(told))

    def _told(self, line: ReadLine, outcome: Outcome | Problem) -> bytes:
        problem = None
        if isinstance(outcome, ArticleRejected):
            outcome = problem_of(outcome)
        if isinstance(outcome, Problem):
            problem = self._problem(outcome)
        verdict = outcome.value if isinstance(outcome, Verdict) else REJECTED
        self._verdicts[verdict] += 1
        out = BatchVerdictOut(line=line.number, id=line.id, verdict=verdict, problem=problem)
        return out.model_dump_json().encode("utf-8") + b"\n"

    def _problem(self, problem: Problem) -> ProblemOut:
        return ProblemOut.model_validate(problem_body(problem, request_id=self._request_id))

    def _summary(self) -> bytes:
        broken_off = self._broken_off
        tally = BatchTallyOut(
            **{verdict: self._verdicts[verdict] for verdict in (*Verdict, REJECTED)},
            complete=broken_off is None,
            problem=None if broken_off is None else self._problem(broken_off),
        )
        return BatchSummaryOut(summary=tally).model_dump_json().encode("utf-8") + b"\n"
