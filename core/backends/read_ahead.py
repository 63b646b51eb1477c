"""Files of the embedded index brought into memory before questions need them."""

import os
import threading
from pathlib import Path

_AT_A_TIME = 1 << 20
MOST_OF_MEMORY = 0.5
"""Of the machine's: an index that takes more would drive out what else is kept there."""


def read_ahead(folder: Path, *, most_bytes: int | None = None) -> threading.Thread:
    """Read all files below `folder` once, in a thread of its own, so that the system keeps them.

    The engine drops its payloads from the system's cache whenever it opens a shard, after which
    the first reading of each passage waits for the disk. Reading, and not posix_fadvise, of which
    Linux takes some hundred kilobytes a call. More than `most_bytes` are left alone.
    """
    most = _memory_share() if most_bytes is None else most_bytes
    thread = threading.Thread(target=_read_all, args=(folder, most), name="read-ahead", daemon=True)
    thread.start()
    return thread


def _read_all(folder: Path, most_bytes: int) -> None:
    try:
        paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        if sum(path.stat().st_size for path in paths) > most_bytes:
            return
    except OSError:
        return  # the engine is replacing files: what it has just written is in memory anyhow
    room = bytearray(_AT_A_TIME)
    for path in paths:
        try:
            with path.open("rb", buffering=0) as file:
                while file.readinto(room):
                    pass
        except OSError:
            continue


def _memory_share() -> int:
    return int(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") * MOST_OF_MEMORY)
