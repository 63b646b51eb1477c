"""`sanad export`: the articles of the archive as JSON lines."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, BinaryIO

import anyio
import typer

from core.errors import InputError
from core.settings import Settings
from sanad.doors import running_server
from sanad.exit_status import DONE, NOT_ALL
from sanad.session import start, stderr_report

Output = Annotated[
    Path | None,
    typer.Option("--output", metavar="FILE", help="A new file; without it, standard output."),
]


def export(output: Output = None) -> int:
    """Write every article as JSON lines that `sanad index` reads again.

    Withheld and canceled articles are written with their status. If a server owns the index, it is
    asked. A file appears under its name only once it is whole. Exit status 1 says that there is no
    article.

    \b
    sanad export --output archive.jsonl
    sanad export | gzip > archive.jsonl.gz
    """
    settings = start()
    with _open(output) as file:
        count = _write(settings, file)
    stderr_report(f"exported {count} articles")
    return DONE if count else NOT_ALL


def _write(settings: Settings, file: BinaryIO) -> int:
    server = running_server(settings)
    if server is None:
        return anyio.run(partial(_write_own, settings, file))
    count = 0
    with server:
        for piece in server.export_articles():
            file.write(piece)
            count += piece.count(b"\n")
    return count


async def _write_own(settings: Settings, file: BinaryIO) -> int:
    from api.exports.archive_lines import pieces  # noqa: PLC0415
    from core.backends.storage import open_store  # noqa: PLC0415

    count = 0
    async with open_store(settings, identity=None, command="sanad export", create=False) as store:
        async for piece in pieces(store.iterate_articles()):
            file.write(piece)
            count += piece.count(b"\n")
    return count


@contextmanager
def _open(output: Path | None) -> Iterator[BinaryIO]:
    """Where to write; what is written to a file is there once the block has ended well.

    Raises:
        InputError: the file exists, or cannot be written.
    """
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if output.exists():
        raise InputError(f"{output} exists: name a new file")
    part = output.with_name(f"{output.name}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.rename(output)
    except OSError as exc:
        raise InputError(f"{output} cannot be written: {exc.strerror}") from exc
    finally:
        part.unlink(missing_ok=True)
