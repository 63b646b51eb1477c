"""Counts in fixed windows, in the memory of one process, which forgets them as they end."""

import heapq
import time

from limits.aio.storage import MemoryStorage


class MemoryWindows(MemoryStorage):
    """A storage of `limits` for fixed windows alone.

    The library's own looks at every count that it keeps whenever it counts: with those of a
    hundred thousand readers that takes longer than search.
    """

    def __init__(self) -> None:
        super().__init__()
        self._ends: list[tuple[float, str]] = []

    async def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Add `amount`, which may be negative; the window of a first count is `expiry` seconds."""
        now = time.time()
        self._forget_ended(now)
        if key not in self.expirations:
            self.expirations[key] = now + expiry
            heapq.heappush(self._ends, (now + expiry, key))
        self.storage[key] = max(0, self.storage[key] + amount)
        return self.storage[key]

    async def get(self, key: str) -> int:
        """The count in the window that runs; 0 if none does."""
        self._forget_ended(time.time())
        return self.storage.get(key, 0)

    def _forget_ended(self, now: float) -> None:
        while self._ends and self._ends[0][0] <= now:
            _, key = heapq.heappop(self._ends)
            self.storage.pop(key, None)
            self.expirations.pop(key, None)
