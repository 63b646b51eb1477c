"""Feedback in files of JSON lines: appended durably, rotated by size, read on from a place.

`feedback.ndjson` is being written. Once it is full it becomes `feedback-000001.ndjson` and so on;
the oldest are removed when there are too many, so that no reader can fill the disk.
"""

import json
import logging
import os
import re
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path

import anyio
import anyio.to_thread

from core.errors import InputError, StoreUnavailable
from core.feedback import Feedback, FeedbackPage, FeedbackVerdict

logger = logging.getLogger(__name__)

CURRENT = "feedback.ndjson"
MAX_FILE_BYTES = 10_000_000
MAX_FILES = 20

_ROTATED = re.compile(r"feedback-([0-9]{6})\.ndjson")
_PLACE = re.compile(r"([0-9]{1,6}):([0-9]{1,9})")


class FeedbackFiles:
    """Implements FeedbackLog in a folder that one server writes; a place is `file:byte`."""

    def __init__(
        self, folder: Path, *, max_file_bytes: int = MAX_FILE_BYTES, max_files: int = MAX_FILES
    ) -> None:
        self._folder = folder
        self._max_file_bytes = max_file_bytes
        self._max_files = max_files
        self._turn = anyio.CapacityLimiter(1)

    async def append(self, feedback: Feedback) -> None:
        """See FeedbackLog: the file is synchronised with the disk before this returns."""
        line = json.dumps(_values(feedback), ensure_ascii=False).encode("utf-8") + b"\n"
        await anyio.to_thread.run_sync(self._append, line, limiter=self._turn)

    async def read(self, *, after: str | None, limit: int) -> FeedbackPage:
        """See FeedbackLog: lines that cannot be read are left out."""
        start = _parsed(after)
        return await anyio.to_thread.run_sync(
            partial(self._read, start, limit=limit), limiter=self._turn
        )

    def _append(self, line: bytes) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._make_room(len(line))
            path = self._folder / CURRENT
            is_new = not path.exists()
            # Comments of readers are no business of other users of the machine.
            descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "ab") as file:
                file.write(_after_broken_end(descriptor) + line)
                file.flush()
                os.fsync(descriptor)
            if is_new:
                self._sync_folder()
        except OSError as exc:
            raise StoreUnavailable(
                f"feedback cannot be written to {self._folder}: free space, or see who owns it"
            ) from exc

    def _make_room(self, size: int) -> None:
        path = self._folder / CURRENT
        if not path.exists() or path.stat().st_size + size <= self._max_file_bytes:
            return
        rotated = self._rotated()
        path.rename(self._folder / f"feedback-{max(rotated, default=0) + 1:06d}.ndjson")
        self._sync_folder()
        for number in sorted(rotated)[: max(0, len(rotated) + 2 - self._max_files)]:
            rotated[number].unlink()
            logger.warning("oldest feedback removed file=%s", rotated[number].name)

    def _sync_folder(self) -> None:
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _rotated(self) -> dict[int, Path]:
        if not self._folder.is_dir():
            return {}
        found = ((_ROTATED.fullmatch(path.name), path) for path in self._folder.iterdir())
        return {int(match[1]): path for match, path in found if match is not None}

    def _read(self, start: tuple[int, int], *, limit: int) -> FeedbackPage:
        try:
            return self._page(start, limit=limit)
        except OSError as exc:
            raise StoreUnavailable(
                f"feedback cannot be read from {self._folder}: see who owns it"
            ) from exc

    def _page(self, start: tuple[int, int], *, limit: int) -> FeedbackPage:
        entries: list[Feedback] = []
        place = start
        for behind, line in self._lines(start):
            feedback = _read_line(line)
            if feedback is not None and len(entries) == limit:
                return FeedbackPage(entries=tuple(entries), place=_shown(place), has_more=True)
            place = behind
            if feedback is not None:
                entries.append(feedback)
        return FeedbackPage(entries=tuple(entries), place=_shown(place), has_more=False)

    def _lines(self, start: tuple[int, int]) -> Iterator[tuple[tuple[int, int], bytes]]:
        """Whole lines from `start` on, each with the place behind it."""
        files = self._rotated()
        current = self._folder / CURRENT
        if current.exists():
            files[max(files, default=0) + 1] = current
        for number in sorted(files):
            if number < start[0]:
                continue
            offset = start[1] if number == start[0] else 0
            with files[number].open("rb") as file:
                file.seek(offset)
                while (line := file.readline()).endswith(b"\n"):
                    offset += len(line)
                    yield (number, offset), line


def _after_broken_end(descriptor: int) -> bytes:
    """A line end, if the last write did not come to its own."""
    size = os.fstat(descriptor).st_size
    return b"" if size == 0 or os.pread(descriptor, 1, size - 1) == b"\n" else b"\n"


def _values(feedback: Feedback) -> dict[str, object]:
    """Plain JSON values; what is unknown is left out."""
    values = {name: value for name, value in asdict(feedback).items() if value is not None}
    return values | {"at": feedback.at.isoformat()}


def _read_line(line: bytes) -> Feedback | None:
    try:
        values = json.loads(line)
        at = datetime.fromisoformat(values.pop("at"))
        verdict = FeedbackVerdict(values.pop("verdict"))
        return Feedback(at=at, verdict=verdict, **values)
    except (ValueError, TypeError, KeyError, AttributeError):
        logger.warning("a line of feedback cannot be read bytes=%d", len(line))
        return None


def _parsed(place: str | None) -> tuple[int, int]:
    if place is None:
        return (0, 0)
    match = _PLACE.fullmatch(place)
    if match is None:
        raise InputError(f"{place[:40]!r} is no place in the feedback: take one that was given")
    return (int(match[1]), int(match[2]))


def _shown(place: tuple[int, int]) -> str:
    return f"{place[0]}:{place[1]}"
