"""A key opens what its record says, while it is good; mistakes are told from other keys."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.access.keys import KeyRecord, caller_with_key, digest_of, draw_key, key_id_of
from api.access.scopes import Scope
from tests.api.access.keyrings import KeyRingOf

NOW = datetime(2026, 3, 1, tzinfo=UTC)
KEY = draw_key()
RECORD = KeyRecord(
    id=KEY.id,
    name="مكتب التحرير",
    scopes=frozenset({Scope.ASK, Scope.SEARCH}),
    digest=KEY.digest,
    created_at=NOW - timedelta(days=1),
)


def ring_of(record: KeyRecord | None) -> KeyRingOf:
    return KeyRingOf({} if record is None else {record.id: record})


def test_a_key_can_be_recognised_and_its_record_does_not_hold_it() -> None:
    assert re.fullmatch(r"sanad_[0-9a-z]{10}_[0-9A-Za-z]{49}", KEY.text)
    assert key_id_of(KEY.text) == KEY.id
    assert KEY.text not in repr(RECORD)
    assert KEY.digest == digest_of(KEY.text)


def test_keys_differ() -> None:
    assert len({draw_key().text for _ in range(200)}) == 200


@given(st.data())
def test_a_key_with_one_wrong_character_is_told_at_once(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(KEY.text) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda one: one != KEY.text[place]))
    assert key_id_of(KEY.text[:place] + other + KEY.text[place + 1 :]) is None


@pytest.mark.parametrize("text", ["", "sanad_", "sanad__", KEY.text[:-1], KEY.text + "0", "مفتاح"])
def test_what_is_no_key_has_no_id(text: str) -> None:
    assert key_id_of(text) is None


@pytest.mark.anyio
async def test_a_good_key_opens_what_its_record_says() -> None:
    ring = ring_of(RECORD)
    caller = await caller_with_key(KEY.text, ring, now=NOW)
    assert caller is not None
    assert (caller.kind, caller.id, caller.scopes) == ("key", KEY.id, RECORD.scopes)
    assert (caller.site, caller.allowed) == (None, None)
    assert ring.used == [KEY.id]


@pytest.mark.anyio
@pytest.mark.parametrize(
    "record",
    [
        None,
        replace(RECORD, digest=draw_key().digest),
        replace(RECORD, revoked_at=NOW - timedelta(days=1)),
        replace(RECORD, expires_at=NOW),
    ],
    ids=["unknown", "other secret", "revoked", "expired"],
)
async def test_a_key_that_is_not_good_opens_nothing(record: KeyRecord | None) -> None:
    ring = ring_of(record)
    assert await caller_with_key(KEY.text, ring, now=NOW) is None
    assert ring.used == []


@pytest.mark.anyio
async def test_a_key_is_good_until_it_expires() -> None:
    ring = ring_of(replace(RECORD, expires_at=NOW + timedelta(seconds=1)))
    assert await caller_with_key(KEY.text, ring, now=NOW) is not None
