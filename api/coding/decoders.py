"""Decodes a body as it comes, in pieces of bounded size: what expands without end is noticed."""

import zlib
from collections.abc import Iterator
from typing import Protocol

import zstandard

from api.problem_kinds import MALFORMED_CODING, UNSUPPORTED_CODING
from api.problems import Problem

GZIP = "gzip"
ZSTD = "zstd"
IDENTITY = "identity"

PIECE_BYTES = 256 * 1_024
"""Most that is decoded at a time."""

_ZSTD_SLICE_BYTES = 64
"""Fed at a time: a block of four bytes may stand for 128 kB, so that this is 2 MB at most."""

_ZSTD_WINDOW_BYTES = 8 * 1_024 * 1_024
"""Largest window that a sender may ask for (RFC 9659)."""


class Decoder(Protocol):
    """Decodes one body."""

    def feed(self, coded: bytes) -> Iterator[bytes]:
        """What `coded` adds to the body, in pieces; raises Problem malformed-coding."""
        ...

    def end(self) -> None:
        """Say that nothing more comes; raises Problem malformed-coding if something is missing."""
        ...


def decoder_of(coding: str) -> Decoder | None:
    """A decoder for the header Content-Encoding; None where nothing is coded.

    Raises:
        Problem: unsupported-coding.
    """
    match coding.strip().lower():
        case "" | "identity":
            return None
        case "gzip" | "x-gzip":
            return GzipDecoder()
        case "zstd":
            return ZstdDecoder()
        case _:
            raise Problem(
                UNSUPPORTED_CODING,
                f"the body is coded as {coding[:100]!r}: send it as gzip, as zstd, or as it is",
                headers={"Accept-Encoding": f"{GZIP}, {ZSTD}"},
            )


class GzipDecoder:
    """Of one or several members."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
        self._is_begun = False

    def feed(self, coded: bytes) -> Iterator[bytes]:
        """See Decoder."""
        piece = b""
        while coded or len(piece) == PIECE_BYTES:
            if self._member.eof:
                self._member = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
            self._is_begun = True
            try:
                piece = self._member.decompress(coded, PIECE_BYTES)
            except zlib.error as exc:
                raise _malformed(GZIP) from exc
            if piece:
                yield piece
            coded = self._member.unused_data or self._member.unconsumed_tail
            if self._member.eof and not coded:
                return

    def end(self) -> None:
        """See Decoder."""
        if self._is_begun and not self._member.eof:
            raise _malformed(GZIP)


class ZstdDecoder:
    """Of one or several frames."""

    def __init__(self) -> None:
        self._frames = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW_BYTES)
        self._frame = self._frames.decompressobj()
        self._is_open = False

    def feed(self, coded: bytes) -> Iterator[bytes]:
        """See Decoder."""
        rest = memoryview(coded)
        while rest:
            part, rest = bytes(rest[:_ZSTD_SLICE_BYTES]), rest[_ZSTD_SLICE_BYTES:]
            while part:
                try:
                    piece = self._frame.decompress(part)
                except zstandard.ZstdError as exc:
                    raise _malformed(ZSTD) from exc
                part = self._frame.unused_data if self._frame.eof else b""
                self._is_open = not self._frame.eof
                if self._frame.eof:
                    self._frame = self._frames.decompressobj()
                if piece:
                    yield piece

    def end(self) -> None:
        """See Decoder."""
        if self._is_open:
            raise _malformed(ZSTD)


def _malformed(coding: str) -> Problem:
    return Problem(MALFORMED_CODING, f"the body is not {coding}, or ends too early")
