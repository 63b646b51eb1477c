"""Opens the store that the settings ask for, and closes it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Protocol

import anyio
import anyio.to_thread

from core.backends.read_ahead import read_ahead
from core.identity import IndexIdentity
from core.ports import IndexStore
from core.settings import Settings


class OpenIndex(IndexStore, Protocol):
    """An index that is open, and what its owner may do with it as a whole."""

    @property
    def identity(self) -> IndexIdentity:
        """What the index was built with."""
        ...

    def size_on_disk(self) -> int | None:
        """Bytes that the index takes on this machine; None where a server keeps it."""
        ...

    def set_url(self, url: str) -> None:
        """Tell other processes of this machine where this one serves the index."""
        ...

    async def begin_generation(self, identity: IndexIdentity) -> "OpenIndex":
        """An empty index beside this one, to be filled, then promoted or closed."""
        ...

    async def promote(self) -> None:
        """Make this generation the index, at once and durably; it must not be used afterwards.

        The store that began it serves the new generation from here on.
        """
        ...

    def close(self) -> None:
        """Release it; a generation that was not promoted is removed. May be called twice."""
        ...


@asynccontextmanager
async def open_store(
    settings: Settings,
    *,
    identity: IndexIdentity | None,
    command: str,
    create: bool,
    stays_open: bool = False,
) -> AsyncIterator[OpenIndex]:
    """The index of `settings`, open for as long as the context lasts.

    Args:
        settings: `store` chooses between the embedded store and a Qdrant server.
        identity: what the index must have been built with; None opens any.
        command: how this process calls itself to others that find the index in use.
        create: make the index if there is none; needs an identity.
        stays_open: many questions will come: its files are read into memory meanwhile.

    Raises:
        ConfigError: there is no index and none is to be made; IndexLocked, another process
            owns it; IndexIdentityMismatch, it was built otherwise.
        StoreUnavailable: it cannot be read or written now.
        StoreRejected: a Qdrant server refuses the key or the request.
    """
    store = await anyio.to_thread.run_sync(
        partial(_open, settings, identity=identity, command=command, create=create)
    )
    if stays_open and settings.store == "edge":
        read_ahead(settings.data_dir / "index")
    try:
        yield store
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(store.close)


def _open(
    settings: Settings, *, identity: IndexIdentity | None, command: str, create: bool
) -> OpenIndex:
    # Here and not above: only the store in use is loaded, and qdrant_client takes a second.
    if settings.store == "qdrant":
        from core.backends.qdrant_store import open_qdrant_store

        return open_qdrant_store(settings, identity=identity, create=create)
    from core.backends.edge_store import open_edge_store

    return open_edge_store(settings.data_dir, identity=identity, command=command, create=create)
