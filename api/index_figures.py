"""The size of the index, counted now and then, so that nobody who asks for it has to wait."""

import logging
from collections.abc import Awaitable, Callable

import anyio

from core.types import IndexStatus

logger = logging.getLogger(__name__)

FRESH_S = 30.0


class IndexFigures:
    """Counts at the start, and again after every FRESH_S in which somebody looked."""

    def __init__(
        self, count: Callable[[], Awaitable[IndexStatus]], *, fresh_s: float = FRESH_S
    ) -> None:
        self._count = count
        self._fresh_s = fresh_s
        self._latest: IndexStatus | None = None
        self._looked = True

    def latest(self) -> IndexStatus | None:
        """As last counted; None if that failed or was never done. May be called in any thread."""
        self._looked = True
        return self._latest

    async def run(self) -> None:
        """Count until cancelled."""
        while True:
            if self._looked:
                self._looked = False
                self._latest = await self._counted()
            await anyio.sleep(self._fresh_s)

    async def _counted(self) -> IndexStatus | None:
        try:
            return await self._count()
        # The edge of a loop in the background: nothing that a part raises may end the server.
        except Exception as exc:  # noqa: BLE001
            logger.warning("index not counted cause=%s", type(exc).__name__)
            return None
