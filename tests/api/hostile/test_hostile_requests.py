"""Hundreds of hostile requests over a real socket: none gets in, and none takes the server down."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from api.access.keys import KeyRecord, draw_key
from api.access.scopes import ALL_SCOPES, Scope
from api.access.tokens import Visitor
from tests.api.access.keyrings import key_of
from tests.api.access.public import HERALD_ORIGIN, ORIGIN, PublicServer
from tests.api.hostile import credentials, origins, paths, smuggling, tokens
from tests.api.hostile.attacks import REFUSED, Attack, Loot
from tests.api.hostile.wire import address_in, exchange, raw, wait_for
from tests.api.news import ARTICLES
from tests.api.test_leaving import listening

ATTACKS = [
    *credentials.attacks(),
    *tokens.attacks(),
    *origins.attacks(),
    *smuggling.attacks(),
    *paths.attacks(),
]
PATIENCE_S = 1.5

PRIZES = [
    *(article.body[:30].encode() for article in ARTICLES),
    b"hashed-words",
    b'"token"',
    b'"passages"',
    b"Traceback",
]
"""What no attacker gets to see: articles, the index, tokens, and how the server is made."""


@dataclass(frozen=True, slots=True)
class Besieged:
    """A server and what its attackers hold."""

    address: tuple[str, int]
    loot: Loot


def gather_loot(server: PublicServer) -> Loot:
    now = server.clock.now
    written = server.tokens()
    token, _ = written.write(Visitor(id="reader", site="almadar", origin=ORIGIN))
    other, _ = written.write(Visitor(id="reader", site="herald", origin=HERALD_ORIGIN))
    server.clock.now = now - timedelta(hours=1)
    expired, _ = written.write(Visitor(id="reader", site="almadar", origin=ORIGIN))
    server.clock.now = now - timedelta(days=2)
    old, _ = written.write(Visitor(id="reader", site="almadar", origin=ORIGIN))
    server.clock.now = now
    return Loot(
        search_key=key_of(server.ring, Scope.SEARCH),
        ask_key=key_of(server.ring, Scope.ASK),
        revoked_key=_changed_key(server, revoked=True),
        expired_key=_changed_key(server, revoked=False),
        unknown_key=draw_key().text,
        token=token,
        other_token=other,
        expired_token=expired,
        old_token=old,
        secret_of_another="0f" * 16,
    )


def _changed_key(server: PublicServer, *, revoked: bool) -> str:
    text = key_of(server.ring, *ALL_SCOPES)
    key_id, before = list(server.ring.records.items())[-1]
    then = server.clock.now - timedelta(days=1)
    changed: KeyRecord = replace(before, **{"revoked_at" if revoked else "expires_at": then})
    server.ring.records[key_id] = changed
    return text


@pytest.fixture(scope="module")
def besieged() -> Iterator[Besieged]:
    """One server for all of them: it must still serve after the last."""
    server = PublicServer()
    server.archive.access = server.access()
    # The flood of this test is not what it is about.
    server.archive.access = replace(
        server.archive.access,
        asking=replace(server.archive.access.asking, is_enforced=False),
    )
    with listening(server.archive) as url:
        besieged = Besieged(address_in(url), gather_loot(server))
        wait_for(besieged.address)
        yield besieged


@pytest.fixture(autouse=True)
def _blockbuster() -> None:
    """The attackers' sockets are in threads of their own."""


def _is_well(besieged: Besieged) -> bool:
    return exchange(besieged.address, raw("GET", "/health")).statuses == (200,)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_is_refused_and_the_server_stays_well(besieged: Besieged, attack: Attack) -> None:
    reply = exchange(besieged.address, attack.sent(besieged.loot), timeout_s=PATIENCE_S)
    assert set(reply.statuses) <= REFUSED, reply
    for prize in PRIZES:
        assert prize not in reply.text
    assert _is_well(besieged)


def test_what_they_attack_can_be_had_by_those_who_may(besieged: Besieged) -> None:
    for asked in (
        credentials.loot_is_good_for_search(besieged.loot),
        tokens.loot_is_good_for_asking(besieged.loot),
        origins.loot_is_good_for_visiting(besieged.loot),
    ):
        assert exchange(besieged.address, asked).statuses == (200,)


def test_there_are_more_than_two_hundred_and_each_has_its_name() -> None:
    names = Counter(attack.name for attack in ATTACKS)
    assert [name for name, count in names.items() if count > 1] == []
    assert len(ATTACKS) > 200
