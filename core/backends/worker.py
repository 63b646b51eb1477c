"""Runs an engine's blocking calls away from the event loop."""

from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

import anyio
import anyio.to_thread

P = ParamSpec("P")
T = TypeVar("T")


class Worker:
    """At most `concurrency` calls at a time, each in a thread.

    A call that has begun is awaited even if its caller is cancelled: an engine that is left
    in the middle of a call would meet the next one.
    """

    def __init__(self, *, concurrency: int) -> None:
        self._limiter = anyio.CapacityLimiter(concurrency)

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `function` returns or raises."""
        return await anyio.to_thread.run_sync(
            partial(function, *args, **kwargs), limiter=self._limiter
        )
