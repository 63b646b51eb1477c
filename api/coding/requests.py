"""Bodies of requests are decoded before anything reads them, within the bound of the plain ones."""

from collections.abc import Iterator

import anyio
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.coding.decoders import PIECE_BYTES, Decoder, decoder_of
from api.limits import body_limit
from api.problem_kinds import BODY_TOO_LARGE
from api.problems import Problem

_DROPPED = {b"content-encoding", b"content-length"}
"""Headers that are not true of the decoded body."""


class DecodeRequests:
    """ASGI middleware; bodies that are not coded pass through."""

    def __init__(self, app: ASGIApp, *, max_body_bytes: int) -> None:
        self._app = app
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; other scopes pass through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            decoder = decoder_of(",".join(Headers(scope=scope).getlist("content-encoding")))
        except Problem as problem:
            # Told to who reads the body: whoever may not call learns that first.
            await self._app(scope, _Refusal(problem).receive, send)
            return
        if decoder is not None:
            headers = [pair for pair in scope["headers"] if pair[0].lower() not in _DROPPED]
            limit = body_limit(scope, most=self._max_body_bytes)
            scope = {**scope, "headers": headers}
            receive = _DecodedBody(receive, decoder, max_bytes=limit).receive
        await self._app(scope, receive, send)


class _Refusal:
    """A body that cannot be read."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem

    async def receive(self) -> Message:
        """Raises the problem."""
        raise self._problem


class _DecodedBody:
    """The messages of a request with their bodies decoded, a bounded piece at a time."""

    def __init__(self, receive: Receive, decoder: Decoder, *, max_bytes: int | None) -> None:
        self._receive = receive
        self._decoder = decoder
        self._max_bytes = max_bytes
        self._bytes = 0
        self._pieces: Iterator[bytes] = iter(())
        self._more = True
        self._is_ended = False

    async def receive(self) -> Message:
        """The next message.

        Raises:
            Problem: malformed-coding or body-too-large.
        """
        body = self._next_piece()
        while not body and self._more:
            message = await self._receive()
            if message["type"] != "http.request":
                return message
            self._more = message.get("more_body", False)
            self._pieces = self._decoder.feed(message.get("body", b""))
            body = self._next_piece()
        # Others are served between two pieces of a body that expands a thousandfold.
        await anyio.lowlevel.checkpoint()
        if body:
            return {"type": "http.request", "body": body, "more_body": True}
        if self._is_ended:
            return await self._receive()
        self._is_ended = True
        self._decoder.end()
        return {"type": "http.request", "body": b"", "more_body": False}

    def _next_piece(self) -> bytes:
        """What comes next of what was received; empty at its end."""
        gathered = bytearray()
        for piece in self._pieces:
            gathered += piece
            if len(gathered) >= PIECE_BYTES:
                break
        self._bytes += len(gathered)
        if self._max_bytes is not None and self._bytes > self._max_bytes:
            raise Problem(
                BODY_TOO_LARGE,
                f"at most {self._max_bytes} bytes are allowed; the body has more when decoded",
            )
        return bytes(gathered)
