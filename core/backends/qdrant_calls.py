"""Calls to Qdrant: transient faults tried again, every fault turned into ours."""

import json
import logging
import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import httpx
from qdrant_client.common.client_exceptions import QdrantException, ResourceExhaustedResponse
from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

from core.errors import BackendError, StoreRejected, StoreUnavailable

logger = logging.getLogger(__name__)

T = TypeVar("T")

ATTEMPTS = 3
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 5.0
"""A server that asks for more patience gets an error: a reader is waiting."""

TOO_MANY_REQUESTS = 429
CONFLICT = 409
UNAUTHORISED = (401, 403)


@dataclass(frozen=True, slots=True, kw_only=True)
class QdrantCalls:
    """Runs calls against one Qdrant; `place` names it in messages.

    Every call that is sent through here may run twice with the effect of once.
    """

    place: str
    pause: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random

    def __call__(self, call: Callable[[], T]) -> T:
        """What `call` returns.

        Raises:
            StoreUnavailable: after ATTEMPTS timeouts, refused connections, 429s, 5xx or answers
                that are not Qdrant's.
            StoreRejected: the server refused the request; a second try would not help.
        """
        attempt = 1
        while True:
            try:
                return call()
            except (QdrantException, ResponseHandlingException, UnexpectedResponse) as exc:
                fault, pause_s = self._judge(exc)
                cause: Exception = exc
            except json.JSONDecodeError as exc:
                fault, pause_s = self._unavailable("its answer is not JSON"), 0.0
                cause = exc
            except ValueError as exc:
                # The in-process mode's answer to a missing collection or a wrong dimension.
                raise StoreRejected(f"{self.place} refused what it was sent: {exc}") from exc
            except (RuntimeError, httpx.InvalidURL) as exc:
                raise StoreUnavailable(f"{self.place} cannot be asked: {exc}") from exc
            if not fault.transient or attempt == ATTEMPTS or pause_s > LONGEST_PAUSE_S:
                raise fault from cause
            backoff_s = FIRST_PAUSE_S * 2 ** (attempt - 1) * (0.5 + self.jitter() / 2)
            logger.warning("qdrant call failed attempt=%d reason=%s", attempt, fault)
            self.pause(max(pause_s, backoff_s))
            attempt += 1

    def _judge(self, exc: Exception) -> tuple[BackendError, float]:
        """Our error for the library's, and how long the server asks to wait, in seconds."""
        if isinstance(exc, ResourceExhaustedResponse):
            return self._unavailable("it is overloaded (429)"), float(exc.retry_after_s)
        if isinstance(exc, UnexpectedResponse):
            status = exc.status_code or 0
            if status == TOO_MANY_REQUESTS or status >= httpx.codes.INTERNAL_SERVER_ERROR:
                return self._unavailable(f"it answered {status}"), 0.0
            return self._rejected(exc), 0.0
        if isinstance(exc, ResponseHandlingException):
            source = exc.source
            if isinstance(source, httpx.TimeoutException):
                return self._unavailable("it did not answer in time"), 0.0
            if isinstance(source, httpx.TransportError):
                return self._unavailable(f"no connection ({source})"), 0.0
            if isinstance(source, ValueError):
                return self._unavailable("its answer is not one that Qdrant gives"), 0.0
            # Anything else is the client's own state, such as having been closed: no use to wait.
            return self._unavailable(str(source)), math.inf
        return self._unavailable("it is overloaded and says so in a way not understood"), 0.0

    def _unavailable(self, reason: str) -> StoreUnavailable:
        return StoreUnavailable(
            f"{self.place} does not answer: {reason}; check that it runs and "
            "that SANAD_QDRANT_URL is its address"
        )

    def _rejected(self, exc: UnexpectedResponse) -> StoreRejected:
        if exc.status_code in UNAUTHORISED:
            return StoreRejected(
                f"{self.place} refused the key ({exc.status_code}): set SANAD_QDRANT_API_KEY"
            )
        return StoreRejected(
            f"{self.place} refused what it was sent ({exc.status_code}): {_said(exc.content)}"
        )


def is_conflict(fault: StoreRejected) -> bool:
    """Whether the server refused because the thing to be made exists."""
    cause = fault.__cause__
    return isinstance(cause, UnexpectedResponse) and cause.status_code == CONFLICT


def _said(content: bytes) -> str:
    """The server's own words, cut to a line."""
    try:
        words = str(json.loads(content)["status"]["error"])
    except (ValueError, KeyError, TypeError):
        words = content.decode("utf-8", errors="replace")
    return " ".join(words.split())[:300]
