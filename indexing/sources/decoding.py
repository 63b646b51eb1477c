"""Bytes to text: UTF-8, or UTF-16 and UTF-32 with a byte order mark; never a guess."""

import codecs
import re

from core.errors import ArticleRejected

_BINARY = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f\x7f]")
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
UTF_8 = "utf-8"
HEAD_BYTES = 8192
"""Enough to tell text from binary data."""


def encoding_of(head: bytes) -> str:
    """What the byte order mark at the start of `head` says; UTF_8 without one or with its own."""
    return next((name for mark, name in _MARKS if head.startswith(mark)), UTF_8)


def looks_binary(head: bytes) -> bool:
    """Whether `head`, the start of a file in UTF-8, holds a NUL or 1 control byte in 50."""
    return b"\x00" in head or len(_BINARY.findall(head)) * 50 > len(head)


def decode_text(data: bytes) -> str:
    """`data`, which must be UTF-8, as text.

    Raises:
        ArticleRejected: it is not; names the first wrong byte and its offset.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as exc:
        raise ArticleRejected(
            f"byte 0x{data[exc.start]:02x} at offset {exc.start} is not UTF-8: convert the file, "
            "e.g. iconv -f WINDOWS-1256 -t UTF-8 (or -f ISO-8859-1)"
        ) from exc
