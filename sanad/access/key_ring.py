"""The keys that a running server knows: those of the file, as it is now."""

import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

import anyio
import anyio.to_thread

from api.access.keys import KeyRecord
from core.errors import SanadError
from core.tasks import bare_faults
from sanad.access.key_file import KeyFile, Records

logger = logging.getLogger(__name__)

LOOK_S = 1.0
"""How often the file is looked at, at most: a revoked key is refused after this."""

WRITE_S = 60.0
"""How often uses are written, at most."""


class FileKeyRing:
    """The keys of a KeyFile, read anew when it changes, and one that lives with this process."""

    def __init__(
        self,
        file: KeyFile,
        *,
        own: KeyRecord | None = None,
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`own` is a key that is not in the file.

        Raises:
            ConfigError: the file is damaged.
            StoreUnavailable: it cannot be read.
        """
        self._file = file
        self._own = own
        self._now = now
        self._clock = clock
        self._signature = file.signature()
        self._records: Records = file.read()
        self._looked = clock()
        self._uses: dict[str, datetime] = {}
        self._used = anyio.Event()

    async def find(self, key_id: str) -> KeyRecord | None:
        """See KeyRing."""
        if self._own is not None and key_id == self._own.id:
            return self._own
        await self._look()
        return self._records.get(key_id)

    async def is_empty(self) -> bool:
        """See KeyRing; the key of this process does not count."""
        await self._look()
        return not self._records

    def note_use(self, key_id: str) -> None:
        """See KeyRing."""
        if key_id in self._records:
            self._uses[key_id] = self._now()
            self._used.set()

    @asynccontextmanager
    async def keeping_uses(self) -> AsyncIterator[None]:
        """Write uses as they come, at most once a minute, and the last ones at the end."""
        with bare_faults():
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._keep_uses)
                try:
                    yield
                finally:
                    tasks.cancel_scope.cancel()
                    with anyio.CancelScope(shield=True):
                        await self._write_uses()

    async def _look(self) -> None:
        now = self._clock()
        if now - self._looked < LOOK_S:
            return
        self._looked = now
        await anyio.to_thread.run_sync(self._read_if_changed)

    def _read_if_changed(self) -> None:
        signature = self._file.signature()
        if signature == self._signature:
            return
        try:
            self._records = self._file.read()
        except SanadError:
            # The keys of before stay good; the next look tries again.
            logger.exception("keys not read")
            return
        self._signature = signature

    async def _keep_uses(self) -> None:
        while True:
            await self._used.wait()
            await self._write_uses()
            await anyio.sleep(WRITE_S)

    async def _write_uses(self) -> None:
        uses, self._uses, self._used = self._uses, {}, anyio.Event()
        if not uses:
            return
        try:
            await anyio.to_thread.run_sync(self._file.write_uses, uses)
        except SanadError:
            logger.exception("uses of keys not written")
