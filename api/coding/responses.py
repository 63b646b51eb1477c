"""Bodies of responses are coded for those who take it, if they come whole and it is worth it.

What comes in parts, answers and batches as they are made, is sent as it is: each part at once.
"""

import zlib
from collections.abc import Callable
from functools import partial

import anyio.to_thread
import zstandard
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.coding.decoders import GZIP, ZSTD
from api.negotiation import weights_of
from api.preconditions import coded_tag

MIN_BYTES = 1_000
"""A smaller body fits one packet anyway."""

THREAD_BYTES = 32_000
"""From this size a body is coded in a thread: some 0.3 ms of gzip."""

_GZIP_LEVEL = 6
_ZSTD_LEVEL = 3

_TEXTS = ("text/", "application/json", "application/x-ndjson", "application/javascript")
_TEXT_ENDINGS = ("+json", "+xml", "-bibtex", "-systems")


class EncodeResponses:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; other scopes pass through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        accepted = ",".join(Headers(scope=scope).getlist("accept-encoding"))
        await self._app(scope, receive, _Encoding(send, coding=chosen_coding(accepted)).send)


class _Encoding:
    """Holds the head of a response back until it is known whether the body comes whole."""

    def __init__(self, send: Send, *, coding: str | None) -> None:
        self._send = send
        self._coding = coding
        self._head: Message | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._head = message
            return
        head, self._head = self._head, None
        if head is not None:
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                message = await self._coded(head, message)
            await self._send(head)
        await self._send(message)

    async def _coded(self, head: Message, message: Message) -> Message:
        """`message` coded, if it may be; `head` then tells so."""
        headers = MutableHeaders(scope=head)
        body = message.get("body", b"")
        if len(body) < MIN_BYTES or not _may_be_coded(headers):
            return message
        if "accept-encoding" not in headers.get("vary", "").lower():
            headers.add_vary_header("Accept-Encoding")
        if self._coding is None:
            return message
        body = await _encode(body, self._coding)
        headers["Content-Encoding"] = self._coding
        headers["Content-Length"] = str(len(body))
        tag = headers.get("etag", "")
        if tag.startswith('"'):
            # Another form of the same content has another strong tag (RFC 9110, section 8.8.3).
            headers["ETag"] = coded_tag(tag, self._coding)
        return {**message, "body": body}


def chosen_coding(accepted: str) -> str | None:
    """The coding that a header Accept-Encoding weighs most; zstd of equals, None for as it is.

    >>> chosen_coding("gzip, deflate, br, zstd")
    'zstd'
    >>> chosen_coding("zstd;q=0, gzip")
    'gzip'
    """
    weights = weights_of(accepted)
    anything = weights.get("*", 0.0)
    best = max((ZSTD, GZIP), key=lambda coding: weights.get(coding, anything))
    weight = weights.get(best, anything)
    return best if weight > 0 and weight >= weights.get("identity", 0.0) else None


def _may_be_coded(headers: Headers) -> bool:
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    is_text = media_type.startswith(_TEXTS) or media_type.endswith(_TEXT_ENDINGS)
    is_free = "no-transform" not in headers.get("cache-control", "").lower()
    return is_text and is_free and "content-encoding" not in headers


async def _encode(body: bytes, coding: str) -> bytes:
    encode: Callable[[bytes], bytes] = _zstd if coding == ZSTD else _gzip
    if len(body) < THREAD_BYTES:
        return encode(body)
    return await anyio.to_thread.run_sync(partial(encode, body))


def _gzip(body: bytes) -> bytes:
    return zlib.compress(body, level=_GZIP_LEVEL, wbits=16 + zlib.MAX_WBITS)


def _zstd(body: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compress(body)
