"""`sanad asking`: whether the visitors of sites may ask."""

import json
from typing import Annotated, Literal

import typer

from sanad.access.asking_file import read_asking, write_asking
from sanad.commands.options import JsonFlag
from sanad.exit_status import DONE
from sanad.session import start, stderr_report, write_json


def asking(
    state: Annotated[
        Literal["on", "off"] | None, typer.Argument(help="on or off; neither: only tell.")
    ] = None,
    as_json: JsonFlag = False,
) -> int:
    """Let the visitors of sites ask, or not.

    A running server does so within a second. Off, the sites stand, with a kind word in the place
    of answers, and keys work as before. SANAD_ASKING=off wins over it.

    \b
    sanad asking off
    """
    settings = start()
    if state is not None:
        write_asking(settings.data_dir, on=state == "on")
    is_on = read_asking(settings.data_dir) and settings.asking == "on"
    if as_json:
        write_json(json.dumps({"on": is_on}))
    else:
        held = " (SANAD_ASKING=off)" if settings.asking == "off" else ""
        stderr_report(f"Visitors may {'' if is_on else 'not '}ask{held}.")
    return DONE
