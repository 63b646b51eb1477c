"""The dependency by which a route carries a request out once, however often it is sent."""

import hashlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import Depends, Header, Request, Response

from api.access.caller import Caller
from api.idempotency import KEY_PATTERN, MAX_HEADER_CHARS, Done, RememberedRequests, parsed_key
from api.problem_kinds import IDEMPOTENCY_MISMATCH, IDEMPOTENCY_RUNNING, MALFORMED_KEY
from api.services import CurrentServices

IDEMPOTENCY_PROBLEMS = (MALFORMED_KEY, IDEMPOTENCY_RUNNING, IDEMPOTENCY_MISMATCH)

_TELLING_HEADERS = ("if-match", "if-none-match")
"""Headers that make another request of the same body."""

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        json_schema_extra={"maxLength": MAX_HEADER_CHARS, "pattern": KEY_PATTERN},
        description="A name for this request, new for each: sent again with it within 24 hours, "
        "the request gets the response that it got and does nothing. In quotes or without.",
        examples=['"8e03978e-40d5-43dd-bc93-6894a57f9324"'],
    ),
]


class Once:
    """Carries out the request that it was made for."""

    def __init__(self, remembered: RememberedRequests, *, key: str | None, request: bytes) -> None:
        self._remembered = remembered
        self._key = key
        self._request = request

    async def __call__(self, work: Callable[[], Awaitable[Done]]) -> Response:
        """The response of `work`, or the one that the request got before.

        Raises:
            Problem: as `RememberedRequests.once`.
        """
        if self._key is None:
            return (await work()).response()
        return await self._remembered.once(self._key, self._request, work)


@contextmanager
def only_one(remembered: RememberedRequests, key: str | None) -> Iterator[None]:
    """Around work that is too large to be remembered: while it goes on, its key is taken.

    Raises:
        Problem: as `RememberedRequests.once`.
    """
    if key is None:
        yield
        return
    with remembered.running(key, b""):
        yield


async def read_once(
    request: Request, services: CurrentServices, idempotency_key: IdempotencyKey = None
) -> Once:
    """For the request whose body was read.

    Raises:
        Problem: malformed-idempotency-key.
    """
    key = scoped_key(request, idempotency_key)
    # The plain body: JsonRequest refuses one that is empty, as that of a DELETE is.
    body = b"" if key is None else await Request.body(request)
    return Once(services.remembered, key=key, request=_digest(request, body))


def scoped_key(request: Request, header: str | None) -> str | None:
    """The key that `header` gives, of this caller alone.

    Raises:
        Problem: malformed-idempotency-key.
    """
    if header is None:
        return None
    caller: Caller = request.state.caller
    return f"{caller.kind}\x1f{caller.id}\x1f{parsed_key(header)}"


def _digest(request: Request, body: bytes) -> bytes:
    """Of everything that the request asks for."""
    headers = [request.headers.get(name, "") for name in _TELLING_HEADERS]
    named = "\x1f".join([request.method, request.scope["path"], *headers])
    return hashlib.sha256(hashlib.sha256(named.encode("utf-8")).digest() + body).digest()


CurrentOnce = Annotated[Once, Depends(read_once)]
