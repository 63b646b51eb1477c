"""Key rings in memory, for tests."""

from collections.abc import Mapping
from datetime import UTC, datetime

from api.access.keys import KeyRecord, draw_key
from api.access.scopes import Scope


class KeyRingOf:
    """The keys of `records`, by id."""

    def __init__(self, records: Mapping[str, KeyRecord]) -> None:
        self.records = dict(records)
        self.used: list[str] = []

    async def find(self, key_id: str) -> KeyRecord | None:
        return self.records.get(key_id)

    async def is_empty(self) -> bool:
        return not self.records

    def note_use(self, key_id: str) -> None:
        self.used.append(key_id)


def key_of(ring: KeyRingOf, *scopes: Scope) -> str:
    """A new key of `ring` with these scopes."""
    key = draw_key()
    ring.records[key.id] = KeyRecord(
        id=key.id,
        name="test",
        scopes=frozenset(scopes),
        digest=key.digest,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    return key.text
