"""Lines on their way from the reader of an upload to the index: bounded, so that one waits."""

import anyio

from api.batch.lines import Line

MAX_LINES = 64
"""As many articles as a batch of `sanad index` has at most."""

MAX_BYTES = 4_000_000
"""Held before the reader waits; one line may be longer alone."""

LINGER_S = 0.05
"""How long to wait for more once a line is there: a sender that pauses is answered at once."""


class LineQueue:
    """Lines between one reader and one taker, in order."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._bytes = 0
        self._closed = False
        self._changed = anyio.Condition()

    async def put(self, line: Line) -> None:
        """Add `line` once there is room."""
        async with self._changed:
            while self._is_full():
                await self._changed.wait()
            self._lines.append(line)
            self._bytes += len(line.data or b"")
            self._changed.notify_all()

    async def close(self) -> None:
        """Say that nothing more comes."""
        async with self._changed:
            self._closed = True
            self._changed.notify_all()

    async def take(self) -> list[Line]:
        """Everything that is there, at least one line; empty at the end."""
        async with self._changed:
            while not self._lines and not self._closed:
                await self._changed.wait()
            with anyio.move_on_after(LINGER_S):
                while not self._is_full() and not self._closed:
                    await self._changed.wait()
            taken, self._lines, self._bytes = self._lines, [], 0
            self._changed.notify_all()
        return taken

    def _is_full(self) -> bool:
        return len(self._lines) >= MAX_LINES or self._bytes >= MAX_BYTES
