"""Reads everything that `sanad index` was given, as a stream of articles and rejections."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import BinaryIO

from core.errors import SourceUnreadable
from core.ids import content_hash
from core.settings import Settings
from indexing.sources.files import FoundFile, SourceFile, StandardInput, find_files
from indexing.sources.items import Position, Rejection, SourceArticle, SourceItem
from indexing.sources.readers import read_file, read_stream


def read_sources(
    paths: Sequence[str], *, settings: Settings, stdin: BinaryIO | None
) -> Iterator[SourceItem]:
    """Articles and rejections in the order of `paths`, one article at a time in memory.

    Reads .txt, .md, .json, .jsonl and .ndjson files, each also with .gz, folders of them, and
    JSON lines from `stdin` for "-". An id that comes again with other content is rejected.

    Raises:
        SourceUnreadable: at once, before anything is read: a path does not exist, or "-" is
            given twice, or without `stdin`.
    """
    found = find_files(paths)
    if stdin is None and any(isinstance(file, StandardInput) for file in found):
        raise SourceUnreadable("standard input (-) is not open here: name a file")
    return _without_repeats(_read(found, settings=settings, stdin=stdin))


def _read(
    found: Sequence[FoundFile], *, settings: Settings, stdin: BinaryIO | None
) -> Iterator[SourceItem]:
    sizes = [file.size for file in found if isinstance(file, SourceFile)]
    streamed = any(isinstance(file, StandardInput) for file in found)
    total = None if streamed else sum(sizes)
    done = 0
    for file in found:
        if isinstance(file, StandardInput):
            assert stdin is not None  # checked before anything was read
            locate = partial(_position, file.label, done, None)
            for item in read_stream(stdin, label=file.label, settings=settings, locate=locate):
                done = item.position.bytes_read if isinstance(item, SourceArticle) else done
                yield item
        elif isinstance(file, SourceFile):
            locate = partial(_position, file.label, done, total)
            yield from read_file(file, settings=settings, locate=locate)
            done += file.size
        else:
            yield file


def _position(label: str, done: int, total: int | None, bytes_read: int) -> Position:
    return Position(file=label, bytes_read=done + bytes_read, bytes_total=total)


def _without_repeats(items: Iterator[SourceItem]) -> Iterator[SourceItem]:
    """`items`, where an id that came before with other content is a rejection."""
    places: dict[str, tuple[str, str]] = {}
    for item in items:
        if isinstance(item, SourceArticle):
            digest = content_hash(item.article)
            known, place = places.setdefault(item.article.id, (digest, item.source))
            if known != digest:
                reason = f"the id {item.article.id!r} was given already at {place}: change one"
                yield Rejection(source=item.source, reason=reason)
                continue
        yield item
