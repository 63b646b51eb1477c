"""Reads a stream line by line within a bound of memory, however long its lines are."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_DISCARD_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RawLine:
    """A line with its number from 1; `data` is None if it was longer than allowed."""

    number: int
    data: bytes | None


def read_lines(stream: BinaryIO, *, max_bytes: int) -> Iterator[RawLine]:
    """Every non-blank line of `stream` without its line end."""
    number = 0
    while data := stream.readline(max_bytes + 1):
        number += 1
        if len(data) > max_bytes and not data.endswith(b"\n"):
            _discard_line(stream)
            yield RawLine(number=number, data=None)
        elif data.strip():
            yield RawLine(number=number, data=data.rstrip(b"\r\n"))


def _discard_line(stream: BinaryIO) -> None:
    while data := stream.readline(_DISCARD_BYTES):
        if data.endswith(b"\n"):
            return
