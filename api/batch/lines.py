"""Cuts the pieces of an upload into lines within a bound of memory, however long they are."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line that is not blank, and its number from 1; `data` is None if it was too long."""

    number: int
    data: bytes | None


class LineCutter:
    """Takes bytes as they come; holds one line at most, and of one that is too long nothing."""

    def __init__(self, *, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._held = bytearray()
        self._too_long = False
        self._number = 0

    def feed(self, piece: bytes) -> list[Line]:
        """The lines that end in `piece`, in order."""
        *ended, rest = piece.split(b"\n")
        found = []
        for part in ended:
            self._hold(part)
            found += self._line()
        self._hold(rest)
        return found

    def end(self) -> list[Line]:
        """The last line, if the upload does not end with a line end."""
        return self._line()

    def _hold(self, part: bytes) -> None:
        if len(self._held) + len(part) > self._max_bytes:
            self._too_long = True
            self._held.clear()
        elif not self._too_long:
            self._held += part

    def _line(self) -> list[Line]:
        self._number += 1
        data = None if self._too_long else bytes(self._held)
        self._held.clear()
        self._too_long = False
        # A blank line is no article; a trailing one is how many tools end a file.
        return (
            [] if data is not None and not data.strip() else [Line(number=self._number, data=data)]
        )
