"""Files of the embedded index brought into memory before questions need them."""

import logging
import os
import threading
from pathlib import Path

logger = logging.getLogger(__name__)


def read_ahead(folder: Path) -> threading.Thread:
    """Ask the system to read all files below `folder` into its cache, and return at once.

    The engine drops its payloads from the cache whenever it opens a shard, after which the first
    reading of each passage waits for the disk. What does not fit into memory is left out by the
    system, and where it takes no such advice nothing happens.
    """
    thread = threading.Thread(target=_advise, args=(folder,), name="read-ahead", daemon=True)
    thread.start()
    return thread


def _advise(folder: Path) -> None:
    if not hasattr(os, "posix_fadvise"):
        return
    for path in sorted(folder.rglob("*")):
        try:
            file = os.open(path, os.O_RDONLY)
        except OSError as exc:  # the engine replaces files while it writes
            logger.debug("not read ahead: %s", exc.strerror)
            continue
        try:
            os.posix_fadvise(file, 0, 0, os.POSIX_FADV_WILLNEED)
        except OSError as exc:  # a folder
            logger.debug("not read ahead: %s", exc.strerror)
        finally:
            os.close(file)
