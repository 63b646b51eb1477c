"""The keys of a data folder: who has one, and when it was last used.

`keys.json` is written by the command alone, `key_uses.json` by the servers: neither waits for the
other, and a revocation cannot be lost.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from api.access.keys import KeyRecord
from api.access.scopes import Scope
from core.errors import ConfigError
from sanad.access.private_files import changing, read_private, write_private

KEYS_NAME = "keys.json"
USES_NAME = "key_uses.json"
MAX_KEYS = 10_000
MAX_NAME_CHARS = 100

Records = dict[str, KeyRecord]
"""Keys by id, oldest first."""


class _Row(BaseModel):
    """A key as the file has it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[0-9a-z]{10}$")]
    name: Annotated[str, Field(min_length=1, max_length=MAX_NAME_CHARS)]
    scopes: Annotated[tuple[Scope, ...], Field(max_length=len(Scope))]
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    created_at: AwareDatetime
    expires_at: AwareDatetime | None
    revoked_at: AwareDatetime | None


class _Keys(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    keys: Annotated[tuple[_Row, ...], Field(max_length=MAX_KEYS)]


_USES: TypeAdapter[dict[str, AwareDatetime]] = TypeAdapter(dict[str, AwareDatetime])


class KeyFile:
    """The keys of `folder`, on disk."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / KEYS_NAME
        self._uses_path = folder / USES_NAME

    def read(self) -> Records:
        """All keys, revoked and expired ones included; empty if none was ever made.

        Raises:
            ConfigError: the file is damaged.
            StoreUnavailable: it cannot be read.
        """
        text = read_private(self.path)
        if text is None:
            return {}
        try:
            rows = _Keys.model_validate_json(text).keys
        except ValidationError as exc:
            raise ConfigError(
                f"{self.path} is damaged ({exc.error_count()} faults): put a copy back, or move it "
                "away and create the keys again"
            ) from exc
        return {row.id: KeyRecord(**dict(row) | {"scopes": frozenset(row.scopes)}) for row in rows}

    def read_with_uses(self) -> Records:
        """As `read`, with the time of their last use."""
        uses = self._read_uses()
        return {
            key_id: replace(record, last_used_at=uses.get(key_id))
            for key_id, record in self.read().items()
        }

    def change(self, changed: Callable[[Records], Records]) -> None:
        """Write what `changed` makes of the keys, durably; nobody else changes them meanwhile."""
        with changing(self.path):
            rows = [_row(record) for record in changed(self.read()).values()]
            if len(rows) > MAX_KEYS:
                raise ConfigError(f"there are {MAX_KEYS} keys already: move {self.path} away")
            write_private(self.path, json.dumps({"keys": rows}, ensure_ascii=False, indent=1))

    def write_uses(self, uses: Mapping[str, datetime]) -> None:
        """Keep the later of what is known and `uses` for each key."""
        with changing(self._uses_path):
            kept = self._read_uses()
            for key_id, at in uses.items():
                kept[key_id] = max(at, kept.get(key_id, at))
            text = _USES.dump_json(kept).decode("utf-8")
            write_private(self._uses_path, text)

    def signature(self) -> tuple[int, int, int] | None:
        """Changes whenever the keys do; None while there is no file."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _read_uses(self) -> dict[str, datetime]:
        text = read_private(self._uses_path)
        try:
            return {} if text is None else _USES.validate_json(text)
        except ValidationError:
            return {}  # worth less than the trouble: the next write mends it


def _row(record: KeyRecord) -> dict[str, object]:
    row = _Row(
        id=record.id,
        name=record.name,
        scopes=tuple(sorted(record.scopes)),
        digest=record.digest,
        created_at=record.created_at,
        expires_at=record.expires_at,
        revoked_at=record.revoked_at,
    )
    return row.model_dump(mode="json")
