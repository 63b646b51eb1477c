"""A sender's address is the peer's, unless a proxy that is trusted tells another."""

from collections.abc import Sequence
from ipaddress import ip_network

import pytest
from fastapi import Request

from api.access.address import MAX_HOPS, UNKNOWN, address_of

PROXIES = (ip_network("10.0.0.0/8"), ip_network("2001:db8:aaaa::/48"))


def seen(peer: str | None, *headers: tuple[str, str], trusted: Sequence[object] = PROXIES) -> str:
    request = Request({
        "type": "http",
        "client": None if peer is None else (peer, 1),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers],
    })
    return address_of(request, trusted)  # type: ignore[arg-type]


FOR = "X-Forwarded-For"


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        (None, UNKNOWN),
        ("testclient", UNKNOWN),
    ],
)
def test_an_address_is_a_household(peer: str | None, address: str) -> None:
    assert seen(peer) == address


@pytest.mark.parametrize("name", [FOR, "Forwarded"])
def test_nobody_is_believed_by_default(name: str) -> None:
    value = "198.51.100.1" if name == FOR else "for=198.51.100.1"
    assert seen("10.0.0.1", (name, value), trusted=()) == "10.0.0.1"
    assert seen("192.0.2.7", (name, value)) == "192.0.2.7"


@pytest.mark.parametrize(
    ("told", "address"),
    [
        ("198.51.100.1", "198.51.100.1"),
        ("198.51.100.1:4711", "198.51.100.1"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9]:4711", "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.1", "198.51.100.1"),
        ("203.0.113.9, 198.51.100.1", "198.51.100.1"),
        ("203.0.113.9, 198.51.100.1, 10.0.0.2, 10.0.0.3", "198.51.100.1"),
        ("203.0.113.9,198.51.100.1 , 2001:db8:aaaa::1", "198.51.100.1"),
        ("10.0.0.9", "10.0.0.9"),
        ("", "10.0.0.1"),
        ("unknown", "10.0.0.1"),
        ("198.51.100.1, nonsense", "10.0.0.1"),
        ("nonsense, 10.0.0.2", "10.0.0.2"),
        ("٢٠٣.٠.١١٣.٩".encode().decode("latin-1"), "10.0.0.1"),
        ("0x7f.1", "10.0.0.1"),
        ("198.51.100.1:99999999", "10.0.0.1"),
        (", ".join(["198.51.100.1"] + ["10.0.0.2"] * MAX_HOPS), "10.0.0.2"),
    ],
)
def test_a_trusted_proxy_tells_who_came_to_it(told: str, address: str) -> None:
    assert seen("10.0.0.1", (FOR, told)) == address


@pytest.mark.parametrize(
    ("told", "address"),
    [
        ("for=198.51.100.1", "198.51.100.1"),
        ('for="198.51.100.1:4711";proto=https;by=10.0.0.1', "198.51.100.1"),
        ('proto=https; For="[2001:db8:1:2::9]:4711"', "2001:db8:1:2::/64"),
        ("for=203.0.113.9, for=198.51.100.1", "198.51.100.1"),
        ("for=198.51.100.1, for=10.0.0.2", "198.51.100.1"),
        ("for=_hidden", "10.0.0.1"),
        ("for=unknown, for=10.0.0.2", "10.0.0.2"),
        ("by=198.51.100.1", "10.0.0.1"),
        ("xfor=198.51.100.1", "10.0.0.1"),
        ("for", "10.0.0.1"),
    ],
)
def test_a_trusted_proxy_may_say_so_in_the_standard_header(told: str, address: str) -> None:
    assert seen("10.0.0.1", ("Forwarded", told)) == address


def test_a_header_in_parts_is_read_as_one() -> None:
    parts = [(FOR, "203.0.113.9"), (FOR, "198.51.100.1"), (FOR, "10.0.0.2")]
    assert seen("10.0.0.1", *parts) == "198.51.100.1"


def test_of_two_headers_that_disagree_neither_is_believed() -> None:
    forged = [(FOR, "198.51.100.1"), ("Forwarded", "for=203.0.113.9")]
    assert seen("10.0.0.1", *forged) == "10.0.0.1"
    agreed = [(FOR, "198.51.100.1"), ("Forwarded", "for=198.51.100.1")]
    assert seen("10.0.0.1", *agreed) == "198.51.100.1"
