"""Requests that are sent twice and carried out once (draft-ietf-httpapi-idempotency-key-header-07).

A request with an Idempotency-Key is remembered with what it was answered, if it succeeded: sent
again, it gets the same response and does nothing. One that failed may be tried again with its key.
"""

import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fastapi import Response

from api.problem_kinds import IDEMPOTENCY_MISMATCH, IDEMPOTENCY_RUNNING, MALFORMED_KEY
from api.problems import Problem
from api.schemas.fields import ResponseModel

MAX_KEPT = 10_000
"""Responses kept: writes tell little, some 200 bytes."""

KEPT_S = 24 * 3_600

REPLAYED = "Idempotency-Replayed"

MAX_HEADER_CHARS = 257
"""Of an Idempotency-Key, its quotes included."""

KEY_PATTERN = r'^("[ !#-~]{1,255}"|[!#-~]{1,255})$'
_KEY = re.compile(KEY_PATTERN)


def parsed_key(header: str) -> str:
    """The key that a header Idempotency-Key gives, in quotes as the draft wants it or without.

    Raises:
        Problem: malformed-idempotency-key.
    """
    if not _KEY.fullmatch(header):
        raise Problem(MALFORMED_KEY, "Idempotency-Key is not 1 to 255 printable ASCII characters")
    return header.strip('"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a request did: the status and body of its response."""

    status: int
    body: ResponseModel | None

    def response(self, *, is_replayed: bool = False) -> Response:
        """The response."""
        headers = {REPLAYED: "true"} if is_replayed else None
        if self.body is None:
            return Response(status_code=self.status, headers=headers)
        return Response(
            self.body.model_dump_json(),
            status_code=self.status,
            headers=headers,
            media_type="application/json",
        )


@dataclass(slots=True)
class _Kept:
    request: bytes
    until: float
    done: Done | None = None


class RememberedRequests:
    """What became of the requests of this process by key; the oldest are forgotten first."""

    def __init__(
        self,
        *,
        max_kept: int = MAX_KEPT,
        kept_s: float = KEPT_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._max_kept = max_kept
        self._kept_s = kept_s
        self._clock = clock

    async def once(self, key: str, request: bytes, work: Callable[[], Awaitable[Done]]) -> Response:
        """The response to `request` under `key`, whose work is done if it was not yet.

        Raises:
            Problem: the key belongs to another request, or its request is still being worked on.
        """
        known = self._known(key, request)
        if known is not None:
            return known.response(is_replayed=True)
        with self.running(key, request) as kept:
            kept.done = done = await work()
        return done.response()

    @contextmanager
    def running(self, key: str, request: bytes) -> Iterator[_Kept]:
        """Around the work of `request`: it is remembered if the work set what was done.

        Raises:
            Problem: as `once`.
        """
        self._known(key, request)
        kept = self._kept[key] = _Kept(request, until=self._clock() + self._kept_s)
        try:
            yield kept
        finally:
            self._kept.pop(key, None)
            if kept.done is not None:
                self._kept[key] = kept
        while len(self._kept) > self._max_kept:
            self._kept.popitem(last=False)

    def _known(self, key: str, request: bytes) -> Done | None:
        kept = self._kept.get(key)
        if kept is None:
            return None
        if kept.done is not None and kept.until < self._clock():
            del self._kept[key]
            return None
        if kept.request != request:
            raise Problem(
                IDEMPOTENCY_MISMATCH, "the Idempotency-Key was sent with another request before"
            )
        if kept.done is None:
            raise Problem(
                IDEMPOTENCY_RUNNING, "the request with this Idempotency-Key is being worked on"
            )
        return kept.done
