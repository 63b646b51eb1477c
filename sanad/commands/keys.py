"""`sanad keys`: keys of the programs that use the API, made, listed and revoked."""

import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated

import typer
from rich.table import Table

from api.access.keys import KeyRecord, draw_key
from api.access.scopes import Scope
from core.display import neutralise
from core.errors import InputError
from sanad.access.key_file import MAX_NAME_CHARS, KeyFile, Records
from sanad.clock import utc_now
from sanad.commands.options import JsonFlag
from sanad.exit_status import DONE
from sanad.session import start, stderr_report, stdout_console, write_json

HELP = """Keys of the programs that use the API; a running server knows them at once.

\b
  sanad keys create "CMS" --scope write
  sanad keys create "research desk" --scope ask --scope search --scope read --expires 90d
  sanad keys list
  sanad keys revoke k3v9x0a1bc

ask: questions; search: search; read: articles and what the index holds; write: publish and remove
articles; admin: change how the server runs.
"""

app = typer.Typer(help=HELP, add_completion=False, rich_markup_mode=None)

_AGE = re.compile(r"([1-9][0-9]{0,4})([hdw])", re.ASCII)
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
MAX_AGE = timedelta(days=3_650)
_NOT_IN_LINES = {"Cc", "Cs", "Zl", "Zp"}
"""Categories of characters that no name holds."""


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Who will use it.")],
    scopes: Annotated[
        list[Scope], typer.Option("--scope", help="What it may do; repeatable.", show_default=False)
    ],
    expires: Annotated[
        str | None,
        typer.Option("--expires", metavar="AGE", help="After 12h, 90d or 52w; default: never."),
    ] = None,
    as_json: JsonFlag = False,
) -> int:
    """Make a key and print it, this once: only its hash is kept.

    \b
    sanad keys create "research desk" --scope ask --scope search --expires 90d
    KEY=$(sanad keys create CMS --scope write)
    """
    now = utc_now()
    key = draw_key()
    record = KeyRecord(
        id=key.id,
        name=_checked_name(name),
        scopes=frozenset(scopes),
        digest=key.digest,
        created_at=now.replace(microsecond=0),
        expires_at=None if expires is None else now.replace(microsecond=0) + _age(expires),
    )
    KeyFile(start().data_dir).change(lambda records: records | {record.id: record})
    if as_json:
        write_json(json.dumps(_as_dict(record, now) | {"key": key.text}, ensure_ascii=False))
        return DONE
    stderr_report(f"Keep it now, it is not shown again. To revoke it: sanad keys revoke {key.id}")
    stdout_console().print(key.text, markup=False, soft_wrap=True)
    return DONE


@app.command("list")
def list_keys(as_json: JsonFlag = False) -> int:
    """List the keys, newest last, with what they may do and when they were last used."""
    now = utc_now()
    records = list(KeyFile(start().data_dir).read_with_uses().values())
    if as_json:
        listed = [_as_dict(record, now) for record in records]
        write_json(json.dumps(listed, ensure_ascii=False))
    elif records:
        stdout_console().print(_table(records, now))
    else:
        stderr_report('There are no keys: sanad keys create "research desk" --scope ask')
    return DONE


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="As `sanad keys list` shows it.")],
    as_json: JsonFlag = False,
) -> int:
    """Refuse a key from now on; a running server does so within a second."""
    file, now = KeyFile(start().data_dir), utc_now()
    file.change(_revoking(key_id, at=now.replace(microsecond=0)))
    record = file.read_with_uses()[key_id]
    if as_json:
        write_json(json.dumps(_as_dict(record, now), ensure_ascii=False))
    else:
        shown = f"{record.id} ({neutralise(record.name)})"
        stderr_report(f"{shown} is refused since {record.revoked_at:%Y-%m-%d %H:%M} UTC.")
    return DONE


def _revoking(key_id: str, *, at: datetime) -> Callable[[Records], Records]:
    def revoked(records: Records) -> Records:
        record = records.get(key_id)
        if record is None:
            raise InputError(
                f"there is no key {key_id[:20]!r}: `sanad keys list` shows them all by id"
            )
        return records | {key_id: replace(record, revoked_at=record.revoked_at or at)}

    return revoked


def _checked_name(name: str) -> str:
    is_line = not any(unicodedata.category(one) in _NOT_IN_LINES for one in name)
    if not name.strip() or len(name) > MAX_NAME_CHARS or not is_line:
        raise InputError(
            f"the name {neutralise(name[:MAX_NAME_CHARS])!r} cannot be used: give one line of 1 to "
            f"{MAX_NAME_CHARS} characters"
        )
    return name.strip()


def _age(text: str) -> timedelta:
    found = _AGE.fullmatch(text)
    age = timedelta(0) if found is None else int(found[1]) * _UNITS[found[2]]
    if not timedelta(0) < age <= MAX_AGE:
        raise InputError(f"--expires {text[:20]!r} is no age: write 12h, 90d or 52w, at most 3650d")
    return age


def _state(record: KeyRecord, now: datetime) -> str:
    if record.revoked_at is not None:
        return "revoked"
    return "good" if record.is_good(now) else "expired"


def _as_dict(record: KeyRecord, now: datetime) -> dict[str, object]:
    return {
        "id": record.id,
        "name": record.name,
        "scopes": sorted(record.scopes),
        "state": _state(record, now),
        "created_at": _shown(record.created_at),
        "expires_at": _shown(record.expires_at),
        "revoked_at": _shown(record.revoked_at),
        "last_used_at": _shown(record.last_used_at),
    }


def _shown(time: datetime | None) -> str | None:
    return None if time is None else f"{time:%Y-%m-%dT%H:%M:%SZ}"


def _table(records: list[KeyRecord], now: datetime) -> Table:
    table = Table("id", "name", "may", "state", "created", "expires", "last used", box=None)
    for record in records:
        times = (record.created_at, record.expires_at, record.last_used_at)
        table.add_row(
            record.id,
            neutralise(record.name),
            " ".join(sorted(record.scopes)),
            _state(record, now),
            *("never" if time is None else f"{time:%Y-%m-%d %H:%M}" for time in times),
        )
    return table
