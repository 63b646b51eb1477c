"""A response of server-sent events: numbered, kept alive, bounded, with faults as events.

The wire format is the HTML standard's, section 9.2.6 "Interpreting an event stream".
"""

import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol

import anyio
from fastapi import Response
from fastapi.sse import format_sse_event
from starlette.types import Message, Receive, Scope, Send

from api.draining import drain_of, until_cut
from api.errors import fault_problem
from api.metrics import StreamEnd, metrics_of
from api.problems import Problem, problem_json
from api.wire import ReaderStalled, Wire
from core.tasks import bare_faults

logger = logging.getLogger(__name__)

MEDIA_TYPE = "text/event-stream"
HEARTBEAT = b": still here\n\n"
ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamTiming:
    """In seconds: how often a heartbeat is sent, and when a silent other side is left.

    `stalled_s` is for a reader that takes nothing, `idle_s` for a sender that sends nothing.
    """

    heartbeat_s: float = 10.0
    stalled_s: float = 60.0
    idle_s: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerEvent:
    """An event: `name` is a word, `data` one line of JSON."""

    name: str
    data: str


def encoded(event: ServerEvent, *, number: int) -> bytes:
    """`event` as sent; its id counts from 1."""
    return format_sse_event(data_str=event.data, event=event.name, id=str(number))


def fault_event(problem: Problem, *, request_id: str) -> ServerEvent:
    """The event that tells a fault after the first one: the problem, as a response would."""
    return ServerEvent(name=ERROR, data=problem_json(problem, request_id=request_id))


class Encode(Protocol):
    """Writes an event as it is sent."""

    def __call__(self, event: ServerEvent, *, number: int) -> bytes:
        """The bytes of `event`, which is the `number`-th of its stream, from 1."""
        ...


class TellFault(Protocol):
    """Makes the last event of a stream that failed."""

    def __call__(self, problem: Problem, *, request_id: str) -> ServerEvent:
        """The event that tells `problem`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamForm:
    """How events and faults are written; by default as our own routes do."""

    encode: Encode = encoded
    tell_fault: TellFault = fault_event


OWN_FORM = StreamForm()


class EventStreamResponse(Response):
    """Sends `events` as they come and closes them however the response ends.

    What they raise before the first byte passes through, so that it becomes an ordinary response;
    later it is told as an event `error` with the same problem, and the stream ends.
    """

    media_type = MEDIA_TYPE

    def __init__(
        self,
        events: AsyncGenerator[ServerEvent],
        *,
        timing: StreamTiming,
        form: StreamForm = OWN_FORM,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status_code = 200
        self.background = None
        # Proxies (nginx by this header) must not hold events back.
        fixed = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        self.init_headers(fixed | dict(headers or {}))
        self._events = events
        self._timing = timing
        self._form = form

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stream; `CancelWhenClientLeaves` cancels it with its client."""
        head: Message = {
            "type": "http.response.start",
            "status": self.status_code,
            "headers": self.raw_headers,
        }
        wire = Wire(send, head=head, stalled_s=self._timing.stalled_s)
        request_id = str(scope["state"]["request_id"])
        drain = drain_of(scope)
        drain.refuse()
        self._events = until_cut(self._events, drain)
        with metrics_of(scope).requests.stream() as told:
            try:
                with bare_faults():
                    async with anyio.create_task_group() as tasks:
                        tasks.start_soon(self._beat, wire)
                        told.end = await self._tell(wire, request_id=request_id)
                        tasks.cancel_scope.cancel()
            except ReaderStalled:
                told.end = StreamEnd.STALLED
                # The server closes a connection whose response was not brought to its end.
                logger.warning("reader stalled request_id=%s", request_id)

    async def _beat(self, wire: Wire) -> None:
        while True:
            await anyio.sleep(self._timing.heartbeat_s)
            await wire.write(HEARTBEAT)

    async def _tell(self, wire: Wire, *, request_id: str) -> StreamEnd:
        number = 1
        end = StreamEnd.DONE
        try:
            async with aclosing(self._events) as events:
                async for event in events:
                    await wire.write(self._form.encode(event, number=number))
                    number += 1
        except ReaderStalled:
            raise
        # The edge: whatever it is becomes a problem that tells nothing of it.
        except Exception as exc:
            if not wire.has_begun:
                raise
            problem = fault_problem(exc, request_id)
            told = self._form.tell_fault(problem, request_id=request_id)
            await wire.write(self._form.encode(told, number=number))
            end = StreamEnd.STOPPED if isinstance(exc, Problem) else StreamEnd.FAILED
        await wire.end()
        return end
