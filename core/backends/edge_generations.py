"""The folders of an embedded index: numbered generations and the pointer to the live one.

    index/LOCK
    index/CURRENT              names the live generation, replaced atomically
    index/generation-0001/shard/         the engine's files
    index/generation-0001/identity.json  what it was built with; written once it is complete

Everything here is called under the index lock.
"""

import json
import logging
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from core.backends.identity_record import identity_in, identity_record
from core.errors import ConfigError, StoreUnavailable
from core.identity import IndexIdentity

logger = logging.getLogger(__name__)

POINTER_NAME = "CURRENT"
IDENTITY_NAME = "identity.json"
SHARD_NAME = "shard"

_GENERATION = re.compile(r"generation-(\d{4,})")


def live_generation(index: Path) -> Path | None:
    """The generation that the pointer names, or None if the index has never been completed.

    A lost pointer is written again if only one complete generation exists.

    Raises:
        ConfigError: the pointer names what is missing or damaged, or is lost and nothing says
            which of several generations it named. Nothing is removed then.
    """
    with _naming(index):
        named = _named_by_pointer(index)
        finished = [folder for folder in _generations(index) if _is_complete(folder)]
    if named is not None:
        if named not in finished:
            raise ConfigError(
                f"{index / POINTER_NAME} names {named.name}, which is missing or lacks its "
                f"{IDENTITY_NAME}: restore it, or move {index} away and index your articles again"
            )
        return named
    if not finished:
        return None
    if len(finished) > 1:
        names = ", ".join(folder.name for folder in finished)
        raise ConfigError(
            f"{index / POINTER_NAME} does not name the live index, and there are several: "
            f"write the name of the one to keep into it ({names})"
        )
    logger.warning("index pointer repaired generation=%s", finished[0].name)
    point_to(finished[0])
    return finished[0]


def new_generation(index: Path) -> Path:
    """A folder for the next generation, with an empty `shard` in it; debris until completed."""
    with _naming(index):
        numbers = [int(folder.name.removeprefix("generation-")) for folder in _generations(index)]
        folder = index / f"generation-{max(numbers, default=0) + 1:04d}"
        (folder / SHARD_NAME).mkdir(parents=True)
        return folder


def complete(generation: Path, identity: IndexIdentity) -> None:
    """Write what `generation` was built with, and make the pointer name it; durable on return."""
    content = json.dumps(identity_record(identity), indent=2)
    with _naming(generation):
        _write_durably(generation / IDENTITY_NAME, content)
    point_to(generation)


def point_to(generation: Path) -> None:
    """Make the pointer name `generation`: from the old one to the new one without a gap."""
    with _naming(generation.parent):
        _write_durably(generation.parent / POINTER_NAME, generation.name + "\n")


def read_identity(generation: Path) -> IndexIdentity:
    """What `generation` was built with.

    Raises:
        IndexIdentityMismatch: this version cannot read it.
    """
    path = generation / IDENTITY_NAME
    with _naming(path):
        content = path.read_text(encoding="utf-8", errors="replace")
    try:
        record = json.loads(content)
    except ValueError:
        record = None
    return identity_in(record, place=str(path))


def remove_others(index: Path, *, keep: Path | None) -> None:
    """Remove every generation but `keep`: superseded, or left by a process that was killed."""
    with _naming(index):
        for folder in _generations(index):
            if folder != keep:
                logger.info("index generation removed generation=%s", folder.name)
                remove(folder)


def remove(generation: Path) -> None:
    """Remove a generation; its identity goes first, so that a half-removed one is debris."""
    with _naming(generation):
        (generation / IDENTITY_NAME).unlink(missing_ok=True)
        shutil.rmtree(generation)


def size_on_disk(generation: Path) -> int:
    """Bytes that the generation takes; files with holes count what is really allocated."""
    total = 0
    for folder, _, names in os.walk(generation):
        for name in names:
            # The engine may remove a file meanwhile.
            with suppress(FileNotFoundError):
                total += (Path(folder) / name).lstat().st_blocks * 512
    return total


def _named_by_pointer(index: Path) -> Path | None:
    try:
        name = (index / POINTER_NAME).read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError:
        return None
    return index / name if _GENERATION.fullmatch(name) else None


def _generations(index: Path) -> list[Path]:
    return sorted(
        folder
        for folder in index.iterdir()
        if _GENERATION.fullmatch(folder.name) and folder.is_dir()
    )


def _is_complete(generation: Path) -> bool:
    return (generation / IDENTITY_NAME).is_file()


def _write_durably(path: Path, content: str) -> None:
    """Replace `path` as a whole; after a power cut it holds the old content or the new one."""
    draft = path.with_name(path.name + ".draft")
    with draft.open("w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise StoreUnavailable(
            f"{exc.filename or path} cannot be read or written ({exc.strerror}): mend its "
            "permissions, free some space or set SANAD_DATA_DIR to another folder"
        ) from exc
