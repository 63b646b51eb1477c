"""`sanad index`: put articles into the index and report what became of each."""

import json
import sys
from collections.abc import Callable
from functools import partial
from typing import Annotated

import anyio
import typer

from core.settings import Settings
from indexing.report import IndexReport, Progress
from sanad.commands.options import JsonFlag
from sanad.exit_status import DONE, INTERRUPTED, NOT_ALL
from sanad.progress import indexing_progress
from sanad.session import start, stderr_report, stdout_console, write_json
from sanad.terminal import print_index_report

Paths = Annotated[
    list[str],
    typer.Argument(
        metavar="PATH...",
        help="Files and folders: .txt, .md, .json, .jsonl (each also .gz), or - for JSONL "
        "on standard input.",
    ),
]


def index(paths: Paths, as_json: JsonFlag = False) -> int:
    """Index articles from files and folders.

    Running it twice changes nothing; stopping it anywhere and running it again loses nothing.
    A changed article replaces its former self. Exit status 1 says that articles were rejected;
    the report names each with its file, line and reason.

    \b
    sanad index archive/ extra.jsonl
    zcat dump.jsonl.gz | sanad index - --json
    """
    settings = start()
    done: list[IndexReport] = []
    status = DONE
    try:
        with indexing_progress() as show:
            report = anyio.run(partial(_index, settings, paths, on_progress=_both(show, done)))
    except KeyboardInterrupt:
        if not done:
            raise
        report, status = done[-1], INTERRUPTED
        stderr_report("interrupted: what the report counts is kept; run it again for the rest")
    if as_json:
        write_json(json.dumps(report.as_dict(), ensure_ascii=False))
    else:
        print_index_report(report, stdout_console())
    return status or (NOT_ALL if report.rejected else DONE)


def _both(show: Callable[[Progress], None], done: list[IndexReport]) -> Callable[[Progress], None]:
    """Show progress, and remember what is durable should the run be interrupted."""

    def on_progress(progress: Progress) -> None:
        done[:] = [progress.report]
        show(progress)

    return on_progress


async def _index(
    settings: Settings, paths: list[str], *, on_progress: Callable[[Progress], None]
) -> IndexReport:
    # Imported here, so that --help and wrong usage do not wait for the model libraries.
    from indexing.sources import read_sources  # noqa: PLC0415
    from sanad.composition import open_index, open_models, open_writer  # noqa: PLC0415

    require_free_index(settings)
    items = read_sources(paths, settings=settings, stdin=sys.stdin.buffer)
    models = await open_models(settings, report=stderr_report)
    async with open_index(settings, models, command="sanad index", create=True) as store:
        return await open_writer(models, store).run(items, on_progress=on_progress)


def require_free_index(settings: Settings) -> None:
    """Fail at once, before a model is loaded, if another process owns the embedded index.

    Raises:
        IndexLocked: names the process and what to do.
    """
    from core.backends.edge_lock import IndexLock  # noqa: PLC0415

    if settings.store == "edge" and (settings.data_dir / "index").is_dir():
        IndexLock.acquire(settings.data_dir / "index", command="sanad").release()
