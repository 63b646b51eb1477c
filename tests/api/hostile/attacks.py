"""What an attack is, what an attacker may hold, and what they must not get."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.api.hostile.wire import Header, raw

REFUSED = frozenset({0, 400, 401, 403, 404, 405, 408, 413, 414, 415, 422, 429, 431})
"""0: the connection was closed without a word."""

SITE, OTHER_SITE = "https://almadar.example", "https://herald.example"
QUESTION = '{"question": "معاهدة شراكة harbour strike"}'.encode()
QUERY = '{"query": "معاهدة شراكة harbour strike"}'.encode()
JSON: Header = ("Content-Type", "application/json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Loot:
    """What an attacker holds: nothing of it opens what the attacks aim at.

    Attributes:
        search_key: Good, for searching alone.
        ask_key: Good, for asking alone.
        revoked_key: Was good for everything.
        expired_key: Was good for everything.
        unknown_key: Well formed.
        token: Of a reader of one site, good.
        other_token: Of a reader of the other site, good.
        expired_token: Of a reader, from before.
        old_token: Of a reader, from two days before.
        secret_of_another: What another installation signs with.
    """

    search_key: str
    ask_key: str
    revoked_key: str
    expired_key: str
    unknown_key: str
    token: str
    other_token: str
    expired_token: str
    old_token: str
    secret_of_another: str


@dataclass(frozen=True, slots=True)
class Attack:
    """Bytes to send, made of the loot; it must be answered with one of `REFUSED`."""

    name: str
    sent: Callable[[Loot], bytes]


def search(*headers: Header, body: bytes = QUERY, target: str | bytes = "/v1/search") -> bytes:
    return raw("POST", target, [*headers, JSON], body)


def answers(*headers: Header, body: bytes = QUESTION, target: str | bytes = "/v1/answers") -> bytes:
    return raw("POST", target, [*headers, JSON], body)


def visitors(*headers: Header, body: bytes = b'{"site": "almadar"}') -> bytes:
    return raw("POST", "/v1/visitors", [*headers, JSON], body)


def bearer(value: str | bytes) -> Header:
    return "Authorization", value if isinstance(value, bytes) else f"Bearer {value}"


def origin(value: str | bytes) -> Header:
    return "Origin", value
