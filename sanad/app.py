"""The command line: one typer app over all commands, and how errors end it."""

import typer

from core.errors import SanadError
from sanad.exit_status import DONE, INTERRUPTED, WRONG_USAGE, exit_status
from sanad.lazy_group import LazyCommand, lazy_group

HELP = """Sanad: ask a news archive anything, in any language, and get quotes with their sources.

\b
  sanad index articles/            put articles into the index
  sanad ask "who signed it?"       a cited answer, or an honest "not in the archive"
  sanad search "treaty" --json     ranked passages
  sanad serve                      the same over HTTP

Settings are SANAD_* variables; `sanad doctor --settings` lists them.
Exit status: 0 done, 1 done with rejections or nothing found, 2 wrong usage or settings,
3 a part is unavailable.
"""

COMMANDS = {
    "index": LazyCommand(
        module="sanad.commands.index",
        attribute="index",
        summary="Index articles from files and folders.",
    ),
    "ask": LazyCommand(
        module="sanad.commands.ask",
        attribute="ask",
        summary="Ask the archive; exit status 1 says that it has no answer.",
    ),
    "search": LazyCommand(
        module="sanad.commands.search",
        attribute="search",
        summary="Search the archive; exit status 1 says that nothing was found.",
    ),
    "serve": LazyCommand(
        module="sanad.commands.serve",
        attribute="serve",
        summary="Serve the API on SANAD_HOST:SANAD_PORT (default 127.0.0.1:8000) until Ctrl-C.",
    ),
    "keys": LazyCommand(
        module="sanad.commands.keys",
        attribute="app",
        summary="Keys of the programs that use the API; a running server knows them at once.",
    ),
    "asking": LazyCommand(
        module="sanad.commands.asking",
        attribute="asking",
        summary="Let the visitors of sites ask, or not.",
    ),
    "doctor": LazyCommand(
        module="sanad.commands.doctor",
        attribute="doctor",
        summary="Check models, store, identity, disk and settings; "
        "exit status 3 if something is wrong.",
    ),
    "reindex": LazyCommand(
        module="sanad.commands.reindex",
        attribute="reindex",
        summary="Rebuild the whole index with the configured model, chunker and normaliser.",
    ),
    "export": LazyCommand(
        module="sanad.commands.export",
        attribute="export",
        summary="Write every article as JSON lines that `sanad index` reads again.",
    ),
    "feedback": LazyCommand(
        module="sanad.commands.feedback",
        attribute="feedback",
        summary="Print what readers said of answers, as JSON lines.",
    ),
    "optimize": LazyCommand(
        module="sanad.commands.optimize",
        attribute="optimize",
        summary="Make searches of a large index fast: worth it from some 50,000 passages on.",
    ),
    "eval": LazyCommand(
        module="sanad.commands.evaluation.app",
        attribute="app",
        summary="Measure search and answers on a test collection.",
    ),
}
"""Every command by name, in the order in which `--help` lists them."""

app = typer.Typer(
    name="sanad",
    cls=lazy_group(COMMANDS),
    help=HELP,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
def _group() -> None:
    """Typer makes a group of an app without commands of its own only if it has a callback."""


def run(arguments: list[str]) -> int:
    """Run one command line; every error of ours becomes one readable line on stderr."""
    try:
        status = app(args=arguments or ["--help"], prog_name="sanad", standalone_mode=False)
    except SanadError as error:
        return _complain(str(error), exit_status(error))
    except typer.TyperException as error:
        return _complain(f"{error.format_message()} (try --help)", WRONG_USAGE)
    except (typer.Abort, KeyboardInterrupt):
        return _complain("interrupted; what was reported as done is kept", INTERRUPTED)
    return status if isinstance(status, int) else DONE


def _complain(message: str, status: int) -> int:
    # Here and not above: rich takes a tenth of a second, which `--help` need not wait for.
    from rich.console import Console  # noqa: PLC0415

    console = Console(stderr=True, highlight=False)
    console.print("sanad:", style="bold red", end=" ")
    console.print(message, markup=False, soft_wrap=True)
    return status
