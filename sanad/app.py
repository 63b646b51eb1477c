"""The command line: one typer app over all commands, and how errors end it."""

import sys

import click
import typer
from rich.console import Console

from core.errors import SanadError
from sanad.commands import ask, doctor, evaluate, index, reindex, search, serve
from sanad.exit_status import DONE, INTERRUPTED, WRONG_USAGE, exit_status

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

app = typer.Typer(
    name="sanad",
    help=HELP,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("index")(index.index)
app.command("ask")(ask.ask)
app.command("search")(search.search)
app.command("serve")(serve.serve)
app.command("doctor")(doctor.doctor)
app.command("reindex")(reindex.reindex)
app.add_typer(evaluate.app, name="eval")


def run(arguments: list[str]) -> int:
    """Run one command line; every error of ours becomes one readable line on stderr."""
    try:
        status = app(args=arguments, prog_name="sanad", standalone_mode=False)
    except SanadError as error:
        return _complain(str(error), exit_status(error))
    except click.exceptions.NoArgsIsHelpError as error:
        sys.stdout.write(error.format_message() + "\n")
        return DONE
    except click.ClickException as error:
        return _complain(f"{error.format_message()} (try --help)", WRONG_USAGE)
    except (click.exceptions.Abort, KeyboardInterrupt):
        return _complain("interrupted; what was reported as done is kept", INTERRUPTED)
    return status if isinstance(status, int) else DONE


def _complain(message: str, status: int) -> int:
    console = Console(stderr=True, highlight=False)
    console.print("sanad:", style="bold red", end=" ")
    console.print(message, markup=False, soft_wrap=True)
    return status
