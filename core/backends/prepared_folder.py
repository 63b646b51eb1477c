"""Writes a folder of prepared files once: whole or not at all, one process at a time."""

import fcntl
import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import ModelUnavailable

_MANIFEST = "manifest.json"
_SMALL_FILE_BYTES = 32_000_000
"""Files up to this size are checked by checksum at every start, larger ones by size."""

_LOCK_TIMEOUT_S = 600
_LOCK_POLL_S = 0.2


def prepare_folder(
    folder: Path,
    *,
    write: Callable[[Path], None],
    version: int,
    subject: str,
    report: Callable[[str], None],
) -> None:
    """Have `write` fill an empty folder that then becomes `folder`, unless it is there intact.

    Safe to call from several processes at once: one writes, the others wait for it. A folder
    that is found damaged is written anew. `subject` names it for people.

    Raises:
        ModelUnavailable: another process holds the lock for ten minutes.
        OSError: the place cannot be written.
    """
    if is_intact(folder):
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = folder.with_name(f".{folder.name}.lock")
    with _exclusive(lock, subject=subject, report=report):
        if not is_intact(folder):
            _write(folder, write=write, version=version)


def cannot_write(what: str, folder: Path, fault: OSError) -> ModelUnavailable:
    """The error for people when `prepare_folder` found no place for `what`."""
    return ModelUnavailable(
        f"{what} cannot be written to {folder} ({fault.strerror or fault}): make room, or set "
        "SANAD_CACHE_DIR to a folder that can be written"
    )


def is_intact(folder: Path) -> bool:
    """Whether every file is there; small ones are read in full."""
    return not folder_problems(folder, checksum_up_to=_SMALL_FILE_BYTES)


def folder_problems(folder: Path, *, checksum_up_to: int | None = None) -> list[str]:
    """Every problem of a prepared `folder`, for people; by default reads all of it."""
    manifest = folder / _MANIFEST
    try:
        files = json.loads(manifest.read_text(encoding="utf-8"))["files"]
        expected = {
            str(name): (int(entry["bytes"]), str(entry["sha256"])) for name, entry in files.items()
        }
    except OSError as exc:
        return [f"{manifest} cannot be read: {exc.strerror or exc}"]
    except (ValueError, KeyError, TypeError, AttributeError):
        return [f"{manifest} is damaged"]
    if not expected:
        return [f"{manifest} lists no files"]
    problems = []
    for name, (size, checksum) in expected.items():
        path = folder / name
        try:
            actual = path.stat().st_size
            if actual != size:
                problems.append(f"{path} has {actual} bytes instead of {size}")
            elif (checksum_up_to is None or size <= checksum_up_to) and sha256_of(path) != checksum:
                problems.append(f"{path} has another checksum than when it was written")
        except OSError as exc:
            problems.append(f"{path} cannot be read: {exc.strerror or exc}")
    return problems


def _write(folder: Path, *, write: Callable[[Path], None], version: int) -> None:
    # The lock is held, so what an interrupted writer left behind belongs to nobody.
    for remains in folder.parent.glob(f".{folder.name}.partial-*"):
        shutil.rmtree(remains)
    partial = folder.with_name(f".{folder.name}.partial-{os.getpid()}")
    partial.mkdir()
    try:
        write(partial)
        _write_manifest(partial, version=version)
        _sync(partial)
        _put_in_place(partial, folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _write_manifest(folder: Path, *, version: int) -> None:
    files = {
        str(path.relative_to(folder)): {"bytes": path.stat().st_size, "sha256": sha256_of(path)}
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    content = {"converter": version, "files": files}
    (folder / _MANIFEST).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _put_in_place(partial: Path, folder: Path) -> None:
    if folder.exists():
        # Only an empty folder can be replaced; whoever still has the damaged one open keeps it.
        damaged = folder.with_name(f".{folder.name}.partial-damaged")
        folder.replace(damaged)
        shutil.rmtree(damaged)
    partial.replace(folder)
    _sync_one(folder.parent)


def _sync(folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        _sync_one(path)
    _sync_one(folder)


def _sync_one(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _exclusive(path: Path, *, subject: str, report: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock file at `path`; the system releases it when its process ends in any way."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        deadline = time.monotonic() + _LOCK_TIMEOUT_S
        waiting = False
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if not waiting:
                    report(f"waiting for another process that prepares {subject} …")
                    waiting = True
                if time.monotonic() > deadline:
                    raise ModelUnavailable(
                        f"another process has held {path} for {_LOCK_TIMEOUT_S} s: end it, "
                        "then start again"
                    ) from None
                time.sleep(_LOCK_POLL_S)
        yield
    finally:
        os.close(descriptor)


def sha256_of(path: Path, salt: str = "") -> str:
    """The checksum of `salt` and the content of the file, in hex."""
    digest = hashlib.sha256(salt.encode())
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
