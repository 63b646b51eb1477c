"""The address that a request came from, as far as it can be believed."""

import re
from collections.abc import Collection, Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from fastapi import Request

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

UNKNOWN = "unknown"
"""Of a request over a socket that has no addresses."""

MAX_HOPS = 30
PREFIX_BITS = 64
"""Of an IPv6 address: what one household gets, at least."""

_FOR = re.compile(r'(?:^|;)\s*for=("[^"]*"|[^;"\s]*)\s*(?=;|$)', re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\[([0-9a-fA-F:.]+)\](?::[0-9]{1,5})?", re.ASCII)
_WITH_PORT = re.compile(r"([0-9.]+):[0-9]{1,5}", re.ASCII)


def address_of(request: Request, trusted: Collection[Network]) -> str:
    """The sender's address, an IPv6 one as its network of 64 bits.

    What X-Forwarded-For or Forwarded (RFC 7239) say is believed of `trusted` proxies alone, from
    the nearest hop on and no further than the first that is none. If both headers are there and
    disagree, one of them may be the sender's own: then the proxy's address is taken.
    """
    peer = None if request.client is None else _parsed(request.client.host)
    if peer is None:
        return UNKNOWN
    if not _is_among(peer, trusted):
        return _bucket(peer)
    forwarded_for = _hops(request.headers.getlist("x-forwarded-for"))
    forwarded = [_for_of(hop) for hop in _hops(request.headers.getlist("forwarded"))]
    told = {_sender(peer, hops, trusted) for hops in (forwarded_for, forwarded) if hops}
    return _bucket(told.pop() if len(told) == 1 else peer)


def _hops(values: Sequence[str]) -> list[str]:
    """The entries of a header that may be sent in parts, the nearest hop first."""
    if not values:
        return []
    return [hop.strip() for hop in ",".join(values).split(",")][: -MAX_HOPS - 1 : -1]


def _for_of(hop: str) -> str:
    found = _FOR.search(hop)
    return "" if found is None else found[1].strip('"')


def _sender(peer: Address, hops: Sequence[str], trusted: Collection[Network]) -> Address:
    """The first address that is no proxy of ours; the last known one where the chain breaks."""
    sender = peer
    for hop in hops:
        address = _parsed(hop)
        if address is None:
            break
        sender = address
        if not _is_among(address, trusted):
            break
    return sender


def _parsed(text: str) -> Address | None:
    """The address in "192.0.2.1", "192.0.2.1:80", "2001:db8::1" or "[2001:db8::1]:80"."""
    found = _IN_BRACKETS.fullmatch(text) or _WITH_PORT.fullmatch(text)
    try:
        address = ip_address(text if found is None else found[1])
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped or address
    return address


def _is_among(address: Address, networks: Collection[Network]) -> bool:
    return any(address in network for network in networks)


def _bucket(address: Address) -> str:
    if isinstance(address, IPv4Address):
        return str(address)
    # Without the zone of a link-local address, which is no part of a network.
    return str(ip_network((int(address), PREFIX_BITS), strict=False))
