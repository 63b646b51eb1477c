"""The lock that makes one process the owner of an embedded index, and says who that is."""

import fcntl
import json
import os
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from core.errors import IndexLocked, StoreUnavailable

LOCK_NAME = "LOCK"

PATIENCE_S = 1.0
"""How long an opener waits: a reader of the lock holds it for an instant, and a process that
has just been killed takes a moment to let go."""

RETRY_S = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class LockHolder:
    """The process that owns an index; None means it has not said yet."""

    pid: int | None
    command: str
    url: str | None
    since: datetime | None

    def __str__(self) -> str:
        process = "a process" if self.pid is None else f"process {self.pid}"
        since = "" if self.since is None else f" since {self.since:%Y-%m-%d %H:%M:%S} UTC"
        serving = "" if self.url is None else f", serving {self.url}"
        return f"`{self.command}` ({process}{since}{serving})"


class IndexLock:
    """Held from `acquire` to `release`; the system frees it when the process dies."""

    def __init__(self, descriptor: int, holder: LockHolder) -> None:
        self._descriptor: int | None = descriptor
        self._holder = holder
        self._write()

    @classmethod
    def acquire(cls, folder: Path, *, command: str) -> "IndexLock":
        """Become the owner of the index in `folder`, which exists.

        Raises:
            IndexLocked: another process owns it, or this one opened it before.
            StoreUnavailable: the lock file cannot be written.
        """
        path = folder / LOCK_NAME
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as exc:
            raise StoreUnavailable(
                f"{path} cannot be written ({exc.strerror}): mend its permissions or "
                "set SANAD_DATA_DIR to a folder of yours"
            ) from exc
        try:
            _wait_for(descriptor, folder)
            holder = LockHolder(
                pid=os.getpid(), command=command, url=None, since=datetime.now(tz=UTC)
            )
            return cls(descriptor, holder)
        except BaseException:
            os.close(descriptor)
            raise

    def set_url(self, url: str) -> None:
        """Tell other processes where this one serves the index."""
        self._holder = replace(self._holder, url=url)
        self._write()

    @property
    def descriptor(self) -> int | None:
        """To be inherited by a process that works for this one: the lock outlives the first.

        None once released.
        """
        return self._descriptor

    def release(self) -> None:
        """Let others open the index; calling it again does nothing."""
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            os.ftruncate(descriptor, 0)
            os.close(descriptor)

    def _write(self) -> None:
        if self._descriptor is None:
            return
        holder = self._holder
        content = json.dumps({
            "pid": holder.pid,
            "command": holder.command,
            "url": holder.url,
            "since": None if holder.since is None else holder.since.isoformat(),
        }).encode()
        try:
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, content, 0)
        except OSError as exc:
            raise StoreUnavailable(
                f"the index's lock file cannot be written ({exc.strerror}): "
                "free some space on its disk"
            ) from exc


def read_lock_holder(data_dir: Path) -> LockHolder | None:
    """The process that owns the index under `data_dir`; None if nobody does or there is none."""
    try:
        descriptor = os.open(data_dir / "index" / LOCK_NAME, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _holder_in(descriptor)
    except OSError:
        return None
    else:
        return None
    finally:
        os.close(descriptor)


def _wait_for(descriptor: int, folder: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            if time.monotonic() >= deadline:
                raise IndexLocked(_refusal(_holder_in(descriptor), folder)) from exc
            time.sleep(RETRY_S)
        except OSError as exc:
            raise StoreUnavailable(
                f"{folder} lies on a file system without locks ({exc.strerror}): "
                "set SANAD_DATA_DIR to a folder on a local disk"
            ) from exc
        else:
            return


def _refusal(holder: LockHolder, folder: Path) -> str:
    if holder.url is not None:
        remedy = f"use it through {holder.url}, or stop that process"
    else:
        remedy = "wait until it has finished, or stop that process"
    return f"the index in {folder} is in use by {holder}: {remedy}"


def _holder_in(descriptor: int) -> LockHolder:
    """What the owner wrote; it may be about to write, so anything unreadable is unknown."""
    try:
        values = json.loads(os.pread(descriptor, 65_536, 0))
        return LockHolder(
            pid=int(values["pid"]),
            command=str(values["command"]),
            url=None if values["url"] is None else str(values["url"]),
            since=datetime.fromisoformat(values["since"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return LockHolder(pid=None, command="an unnamed command", url=None, since=None)
