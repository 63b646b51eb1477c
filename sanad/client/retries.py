"""When a request is sent again, and after how long."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from sanad.client.errors import ClientError, ProblemError, ServerTimedOut, ServerUnreachable

_GATEWAY = frozenset({502, 503, 504})
"""Statuses of a proxy, or of a server that is on its way up or down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """How persistent a client is.

    A request that the server put off (429 or 503 with Retry-After) was not worked on, and is sent
    again after that time. One that broke on the way is sent again after a random time up to
    `first_wait_s`, doubled with every try ("full jitter": Brooker 2015, "Exponential Backoff And
    Jitter"), since every call may be repeated.

    Attributes:
        tries: Of one request, the first one included.
        first_wait_s: Longest wait after the first failure.
        max_wait_s: Longest wait at all; a server that asks for more is not asked again.
        draw: A number in [0, 1), anew each time.
    """

    tries: int = 4
    first_wait_s: float = 0.5
    max_wait_s: float = 30.0
    draw: Callable[[], float] = random.random

    def wait_s(self, failure: ClientError, *, tried: int) -> float | None:
        """Seconds until the next try, of which `tried` were made; None if there is none."""
        if tried >= self.tries:
            return None
        told = failure.problem.retry_after_s if isinstance(failure, ProblemError) else None
        if told is not None:
            # Not all of those who were put off at once should come back at once.
            return told + self.draw() * self.first_wait_s if told <= self.max_wait_s else None
        if _may_pass(failure):
            return self.draw() * min(self.first_wait_s * 2.0 ** (tried - 1), self.max_wait_s)
        return None


PATIENT = Retries()


def _may_pass(failure: ClientError) -> bool:
    if isinstance(failure, ProblemError):
        return failure.problem.status in _GATEWAY
    # A server that was silent had its time.
    return isinstance(failure, ServerUnreachable) and not isinstance(failure, ServerTimedOut)
