"""Opens source files as streams of UTF-8 bytes, whatever they are on disk."""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, cast

from typing_extensions import Buffer

from core.errors import ArticleRejected
from indexing.sources.decoding import HEAD_BYTES, UTF_8, encoding_of, looks_binary
from indexing.sources.files import SourceFile, cannot_read

GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFile:
    """`stream` gives UTF-8 without a byte order mark; `raw` is the file as it lies on disk."""

    stream: BinaryIO
    raw: BinaryIO

    @property
    def bytes_read(self) -> int:
        """How far into the file on disk reading has come."""
        return self.raw.tell()


@contextmanager
def open_file(file: SourceFile) -> Iterator[OpenFile]:
    """Open `file` for reading; what its bytes turn out to be while they are read counts too.

    Raises:
        ArticleRejected: it cannot be read, is broken, empty or binary.
    """
    try:
        with file.path.open("rb") as raw:
            plain = cast("BinaryIO", gzip.GzipFile(fileobj=raw)) if file.compressed else raw
            head = plain.read(HEAD_BYTES)
            encoding = encoding_of(head)
            _check_head(head, encoding=encoding, compressed=file.compressed)
            plain.seek(len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0)
            if encoding == UTF_8:
                yield OpenFile(stream=plain, raw=raw)
            else:
                yield OpenFile(stream=_transcoded(plain, encoding), raw=raw)
    except (EOFError, gzip.BadGzipFile, zlib.error) as exc:
        raise ArticleRejected(
            "the compressed data is broken or cut off: compress the file again"
        ) from exc
    except UnicodeDecodeError as exc:
        raise ArticleRejected(
            f"the byte order mark says {exc.encoding.upper()}, but the text is not: "
            "save the file as UTF-8"
        ) from exc
    except OSError as exc:
        raise ArticleRejected(cannot_read(exc)) from exc


def _check_head(head: bytes, *, encoding: str, compressed: bool) -> None:
    if not head:
        raise ArticleRejected("the file is empty")
    if not compressed and head.startswith(GZIP_MAGIC):
        raise ArticleRejected("the file is compressed: give its name the ending .gz")
    if encoding == UTF_8 and looks_binary(head):
        raise ArticleRejected("the file is binary, not text")


def _transcoded(stream: BinaryIO, encoding: str) -> BinaryIO:
    return cast("BinaryIO", io.BufferedReader(_Transcoder(stream, encoding)))


class _Transcoder(io.RawIOBase):
    """Reads text in `encoding` as UTF-8; raises UnicodeDecodeError where it is not."""

    def __init__(self, source: BinaryIO, encoding: str) -> None:
        self._source = source
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._pending = b""
        self._ended = False

    def readable(self) -> bool:
        """Always: it is only for reading."""
        return True

    def readinto(self, target: Buffer) -> int:
        """Fill `target` from its start; 0 at the end."""
        buffer = memoryview(target)
        while not self._pending and not self._ended:
            block = self._source.read(HEAD_BYTES)
            self._ended = not block
            text = self._decoder.decode(block, final=self._ended)
            self._pending = text.encode("utf-8")
        size = min(len(buffer), len(self._pending))
        buffer[:size] = self._pending[:size]
        self._pending = self._pending[size:]
        return size
