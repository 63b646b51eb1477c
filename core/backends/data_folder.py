"""Whether what the server owns on disk can be written to."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from core.errors import StoreUnavailable

MIN_FREE_BYTES = 128 * 1024 * 1024
"""Free space a write needs: the engine maps its files, and a full disk kills the process by
SIGBUS instead of raising. Its two log segments take 64 MB, indexes of an empty shard 17 MB."""


def require_room(folder: Path, *, needed_bytes: int) -> None:
    """Return if the disk of `folder` has room.

    Raises:
        StoreUnavailable: it has not, or the folder is gone.
    """
    try:
        free = shutil.disk_usage(folder).free
    except OSError as exc:
        raise StoreUnavailable(f"{folder} cannot be read ({exc.strerror}): mend it") from exc
    if free < needed_bytes:
        raise StoreUnavailable(
            f"{folder}: only {free // 2**20} MB are free on its disk, {needed_bytes // 2**20} MB "
            "are needed to write: free some space or move SANAD_DATA_DIR"
        )


def _may_write(folder: Path) -> bool:
    return os.access(folder, os.W_OK | os.X_OK)


def require_writable(
    folder: Path,
    *,
    needed_bytes: int = MIN_FREE_BYTES,
    may_write: Callable[[Path], bool] = _may_write,
) -> None:
    """Return if `folder` is there, may be written to, and its disk has room; writes nothing.

    Raises:
        StoreUnavailable: it is not so.
    """
    require_room(folder, needed_bytes=needed_bytes)
    if not may_write(folder):
        raise StoreUnavailable(f"{folder} may not be written to: mend its rights or its disk")
