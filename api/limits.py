"""Bounds on the size of a request and on the time it takes to arrive, before anything reads it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import anyio
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problem_kinds import BODY_TOO_LARGE, BODY_TOO_SLOW, URL_TOO_LONG
from api.problems import Problem, problem_response

MAX_URL_BYTES = 8_192
"""Path and query string together; the longest article id takes 2,400 bytes when encoded."""

SMALL_BODIES: Mapping[str, int] = {
    "/v1/visitors": 2_048,
    "/v1/asking": 2_048,
    "/v1/answers": 3_000_000,
}
"""By path, what the longest request that the schema allows takes, each character escaped."""

UNBOUNDED_PATHS = frozenset({"/v1/articles/batch"})
"""Where a body is read line by line, each of them bounded, and never held whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyPace:
    """How long a body may keep the server waiting: `patience_s`, and longer the more has come.

    Only time counts in which the server waits: one that reads slowly itself waits for nobody.
    """

    patience_s: float = 15.0
    bytes_a_second: float = 10_000.0

    def left_s(self, *, received: int, waited_s: float) -> float:
        """How much longer to wait for a body of which `received` bytes have come."""
        return self.patience_s + received / self.bytes_a_second - waited_s


def body_limit(scope: Scope, *, most: int) -> int | None:
    """Bytes that the body of this request may have, coded or not: at most `most`.

    None: without bound.
    """
    if scope["method"] == "POST" and scope["path"] in UNBOUNDED_PATHS:
        return None
    return min(most, SMALL_BODIES.get(scope["path"], most))


class SizeLimits:
    """ASGI middleware that refuses long URLs, and large or slow bodies, declared or streamed."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        max_body_bytes: int,
        pace: BodyPace = BodyPace(),
    ) -> None:
        self._app = app
        self._max_body_bytes = max_body_bytes
        self._pace = pace

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; other scopes pass through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        max_bytes = body_limit(scope, most=self._max_body_bytes)
        problem = _problem_of_head(scope, max_bytes=max_bytes)
        if problem is not None:
            response = problem_response(problem, request_id=scope["state"]["request_id"])
            await response(scope, receive, send)
            return
        if max_bytes is None:
            await self._app(scope, receive, send)
            return
        body = _Body(receive=receive, max_bytes=max_bytes, pace=self._pace)
        await self._app(scope, body.receive_within_limits, send)


@dataclass(slots=True, kw_only=True)
class _Body:
    """A body while it arrives."""

    receive: Receive
    max_bytes: int
    pace: BodyPace
    clock: Callable[[], float] = time.monotonic
    received: int = 0
    waited_s: float = 0.0
    is_whole: bool = field(default=False)

    async def receive_within_limits(self) -> Message:
        if self.is_whole:  # what follows is the client's leaving, for which one may wait long
            return await self.receive()
        started = self.clock()
        left_s = self.pace.left_s(received=self.received, waited_s=self.waited_s)
        with anyio.move_on_after(left_s) as patience:
            message = await self.receive()
        if patience.cancelled_caught:
            raise _too_slow(self.received, self.waited_s + left_s)
        self.waited_s += self.clock() - started
        self.received += len(message.get("body", b""))
        self.is_whole = not message.get("more_body", False)
        if self.received > self.max_bytes:
            raise _too_large("more than that", max_bytes=self.max_bytes)
        return message


def _problem_of_head(scope: Scope, *, max_bytes: int | None) -> Problem | None:
    url_bytes = len(scope.get("raw_path") or b"") + len(scope["query_string"])
    if url_bytes > MAX_URL_BYTES:
        return Problem(
            URL_TOO_LONG,
            f"path and query string have {url_bytes} bytes; at most {MAX_URL_BYTES} are allowed",
        )
    if max_bytes is None:
        return None
    declared = Headers(scope=scope).get("content-length", "")
    if declared.isdecimal() and int(declared[:20]) > max_bytes:
        return _too_large(f"{declared[:20]} bytes", max_bytes=max_bytes)
    return None


def _too_large(size: str, *, max_bytes: int) -> Problem:
    return Problem(BODY_TOO_LARGE, f"at most {max_bytes} bytes are allowed; the body has {size}")


def _too_slow(received: int, waited_s: float) -> Problem:
    return Problem(
        BODY_TOO_SLOW, f"{received} bytes have come in {waited_s:.0f} s: send the body at once"
    )
