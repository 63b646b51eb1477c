"""Keys are kept for their owner alone, whole at any moment, and known to a server at once."""

import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.access.keys import KeyRecord, draw_key
from api.access.scopes import Scope
from core.errors import ConfigError
from sanad.access.key_file import KEYS_NAME, USES_NAME, KeyFile
from sanad.access.key_ring import LOOK_S, FileKeyRing

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def record(name: str = "مكتب التحرير") -> KeyRecord:
    key = draw_key()
    return KeyRecord(
        id=key.id,
        name=name,
        scopes=frozenset({Scope.ASK, Scope.SEARCH}),
        digest=key.digest,
        created_at=NOW,
        expires_at=NOW + timedelta(days=90),
    )


def add(file: KeyFile, one: KeyRecord) -> None:
    file.change(lambda records: records | {one.id: one})


class Clock:
    def __init__(self) -> None:
        self.s = 0.0

    def __call__(self) -> float:
        return self.s


def test_what_is_written_is_read(tmp_path: Path) -> None:
    file = KeyFile(tmp_path / "data")
    assert file.read() == {}
    records = [record(), record("CMS"), replace(record("old"), revoked_at=NOW, expires_at=None)]
    for one in records:
        add(file, one)
    assert list(file.read().values()) == records


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    file = KeyFile(tmp_path)
    add(file, record())
    file.write_uses({"a" * 10: NOW})
    for path in tmp_path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_keys_made_at_once_are_all_kept(tmp_path: Path) -> None:
    records = [record() for _ in range(24)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda one: add(KeyFile(tmp_path), one), records))
    assert set(KeyFile(tmp_path).read()) == {one.id for one in records}


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"keys": {}}', '{"keys": [{"id": "x"}]}', '{"keys": [], "more": 1}', "\xff"],
)
def test_a_damaged_file_is_named_and_never_taken_for_empty(tmp_path: Path, text: str) -> None:
    (tmp_path / KEYS_NAME).write_bytes(text.encode("latin-1"))
    with pytest.raises(ConfigError, match=r"keys\.json is damaged"):
        KeyFile(tmp_path).read()


def test_the_later_use_is_kept(tmp_path: Path) -> None:
    file, one = KeyFile(tmp_path), record()
    add(file, one)
    file.write_uses({one.id: NOW})
    file.write_uses({one.id: NOW - timedelta(hours=1)})
    assert file.read_with_uses()[one.id].last_used_at == NOW


def test_damaged_uses_cost_nothing_but_themselves(tmp_path: Path) -> None:
    file, one = KeyFile(tmp_path), record()
    add(file, one)
    (tmp_path / USES_NAME).write_text("{", encoding="utf-8")
    assert file.read_with_uses()[one.id].last_used_at is None
    file.write_uses({one.id: NOW})
    assert file.read_with_uses()[one.id].last_used_at == NOW


@pytest.mark.anyio
async def test_a_server_sees_a_key_that_is_made_or_revoked_within_a_second(tmp_path: Path) -> None:
    file, clock, one = KeyFile(tmp_path), Clock(), record()
    ring = FileKeyRing(file, now=lambda: NOW, clock=clock)
    assert await ring.is_empty()
    add(file, one)
    assert await ring.find(one.id) is None
    clock.s += LOOK_S
    assert await ring.find(one.id) == one
    add(file, replace(one, revoked_at=NOW))
    clock.s += LOOK_S
    found = await ring.find(one.id)
    assert found is not None
    assert not found.is_good(NOW)


@pytest.mark.anyio
async def test_keys_stay_as_they_were_while_their_file_is_damaged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file, clock, one = KeyFile(tmp_path), Clock(), record()
    add(file, one)
    ring = FileKeyRing(file, now=lambda: NOW, clock=clock)
    file.path.write_text("{", encoding="utf-8")
    clock.s += LOOK_S
    assert await ring.find(one.id) == one
    assert "keys not read" in caplog.text


@pytest.mark.anyio
async def test_the_key_of_the_server_is_known_and_does_not_count(tmp_path: Path) -> None:
    own = record("own")
    ring = FileKeyRing(KeyFile(tmp_path), own=own, now=lambda: NOW)
    assert await ring.find(own.id) == own
    assert await ring.is_empty()


@pytest.mark.anyio
async def test_uses_are_written_when_the_server_ends(tmp_path: Path) -> None:
    file, one = KeyFile(tmp_path), record()
    add(file, one)
    ring = FileKeyRing(file, own=record(), now=lambda: NOW)
    async with ring.keeping_uses():
        for _ in range(100):
            ring.note_use(one.id)
        ring.note_use("0" * 10)
    assert file.read_with_uses()[one.id].last_used_at == NOW
    assert "0" * 10 not in (tmp_path / USES_NAME).read_text(encoding="utf-8")
