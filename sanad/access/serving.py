"""Who may ask, for a server: prepared before anything loads, and kept as long as it runs."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass

from api.access.access import Access
from api.access.keys import NewKey, draw_key
from core.settings import Settings
from sanad.access.key_file import KeyFile
from sanad.access.key_ring import FileKeyRing
from sanad.access.local_key import left_for_commands, record_of
from sanad.access.opening import open_access
from sanad.clock import utc_now


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedAccess:
    """Who may ask, and what goes with it while the server runs."""

    access: Access
    settings: Settings
    ring: FileKeyRing
    own: NewKey

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Writes down when keys were used, and leaves a key for the commands beside the server."""
        async with aclosing(self.access.asking.counters), self.ring.keeping_uses():
            # Many servers may share the folder where a Qdrant server keeps the index; the
            # commands then ask that server and none of ours.
            if self.settings.store != "edge":
                yield
                return
            async with left_for_commands(self.own, self.settings.data_dir):
                yield


def prepare_access(settings: Settings) -> ServedAccess:
    """Who may ask a server with these `settings`.

    Raises:
        ConfigError: a setting or a file is wrong; see `open_access`.
        StoreUnavailable: a file cannot be read.
    """
    own = draw_key()
    ring = FileKeyRing(KeyFile(settings.data_dir), own=record_of(own, now=utc_now()), now=utc_now)
    access = open_access(settings, keys=ring)
    return ServedAccess(access=access, settings=settings, ring=ring, own=own)
