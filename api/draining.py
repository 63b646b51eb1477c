"""A server that is told to stop takes nothing long any more, and ends what it has begun in time."""

from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, contextmanager
from typing import TypeVar

import anyio
from starlette.types import Scope

from api.problem_kinds import ProblemKind
from api.problems import Problem

T = TypeVar("T")

SHUTTING_DOWN = ProblemKind(
    slug="shutting-down",
    status=503,
    title="The server is being stopped",
    remedy="Send the same request again after the seconds in Retry-After.",
    retry=True,
)


class Drain:
    """How far a server is on its way down; for one event loop.

    From `begin` on it is not ready and opens no streams; at `cut`, what still answers is ended.
    """

    def __init__(self) -> None:
        self.is_draining = False
        self._is_cut = False
        self._stops: list[Callable[[], None]] = []

    def begin(self) -> None:
        """The server was told to stop."""
        self.is_draining = True

    def cut(self) -> None:
        """Nobody waits any longer."""
        self.is_draining = self._is_cut = True
        for stop in tuple(self._stops):
            stop()

    @contextmanager
    def at_cut(self, stop: Callable[[], None]) -> Iterator[None]:
        """Within the block, `stop` is called once nobody waits any longer."""
        if self._is_cut:
            stop()
        self._stops.append(stop)
        try:
            yield
        finally:
            self._stops.remove(stop)

    def refuse(self) -> None:
        """Refuse to begin what takes a while.

        Raises:
            Problem: shutting-down, if the server was told to stop.
        """
        if self.is_draining:
            raise stopped("the server was told to stop and begins nothing new")


async def until_cut(items: AsyncGenerator[T], drain: Drain) -> AsyncGenerator[T]:
    """`items` as they come; closes them however it ends.

    Raises:
        Problem: shutting-down, once nobody waits any longer.
    """
    async with aclosing(items):
        while True:
            with anyio.CancelScope() as waiting, drain.at_cut(waiting.cancel):
                try:
                    item = await anext(items)
                except StopAsyncIteration:
                    return
            if waiting.cancelled_caught:
                raise stopped("the server was stopped before all was told")
            yield item


def stopped(detail: str) -> Problem:
    """The problem of a server that stops, with what the caller can do."""
    return Problem(
        SHUTTING_DOWN,
        f"{detail}: send the request again, another server or this one will answer it",
    )


def drain_of(scope: Scope) -> Drain:
    """That of the application that serves `scope`; one that never begins if it has none."""
    found: Drain | None = scope["state"].get("drain")
    return Drain() if found is None else found
