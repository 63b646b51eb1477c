"""Small files that only their owner may read, each replaced as a whole."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import StoreUnavailable

OWNER_ONLY = 0o600
MAX_BYTES = 10_000_000


def read_private(path: Path) -> str | None:
    """The text of `path`; None if there is no such file.

    Raises:
        StoreUnavailable: it cannot be read, or is larger than any that we write.
    """
    with _naming(path):
        try:
            size = path.stat().st_size
        except FileNotFoundError:
            return None
        if size > MAX_BYTES:
            raise StoreUnavailable(f"{path} has {size} bytes: it is not one of ours, move it away")
        return path.read_text(encoding="utf-8", errors="replace")


def write_private(path: Path, text: str) -> None:
    """Replace `path`; after a power cut it holds the old text or the new one.

    Raises:
        StoreUnavailable: it cannot be written.
    """
    with _naming(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        # By process: two that write at once must not share a draft.
        draft = path.with_name(f"{path.name}.{os.getpid()}.draft")
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
        with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123 - of a descriptor
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextmanager
def changing(path: Path) -> Iterator[None]:
    """Alone with `path` among all processes that change it: read it again inside.

    Raises:
        StoreUnavailable: the lock beside it cannot be written.
    """
    with _naming(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, OWNER_ONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise StoreUnavailable(
            f"{exc.filename or path} cannot be read or written ({exc.strerror}): mend its "
            "permissions, free some space or set SANAD_DATA_DIR to another folder"
        ) from exc
