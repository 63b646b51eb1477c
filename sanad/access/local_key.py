"""The key that a server leaves for the other commands of its owner, as long as it runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import anyio
import anyio.to_thread

from api.access.keys import KeyRecord, NewKey
from api.access.scopes import Scope
from sanad.access.private_files import read_private, write_private

NAME = "serve.key"
SCOPES = frozenset({Scope.ASK, Scope.SEARCH, Scope.READ})
"""What the other commands ask a server for."""


def record_of(key: NewKey, *, now: datetime) -> KeyRecord:
    """What the server knows of the key that it leaves."""
    return KeyRecord(
        id=key.id, name="the commands here", scopes=SCOPES, digest=key.digest, created_at=now
    )


@asynccontextmanager
async def left_for_commands(key: NewKey, folder: Path) -> AsyncIterator[None]:
    """`key` lies in the data folder, for its owner's eyes, until the block ends."""
    path = folder / NAME
    await anyio.to_thread.run_sync(write_private, path, key.text)
    try:
        yield
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(lambda: path.unlink(missing_ok=True))


def read_local_key(folder: Path) -> str | None:
    """The key of the server that owns the index in `folder`; None if it left none.

    Raises:
        StoreUnavailable: it is another user's.
    """
    return read_private(folder / NAME)
