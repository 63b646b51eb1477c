"""Keys of programs: their text, what is kept of it, and when a key is good.

A key reads `sanad_<id>_<secret><checksum>`: ten characters that name it, 256 random bits, and a
CRC-32 of all that stands before it, so that a typing mistake is told from a wrong key and scanners
of leaked secrets know one by itself (as GitHub's tokens since 2021).
"""

import hashlib
import hmac
import re
import secrets
from binascii import crc32
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from api.access.caller import Caller
from api.access.scopes import Scope

PREFIX = "sanad_"
ID_CHARS = 10
SECRET_BYTES = 32
_SECRET_CHARS = 43
"""256 bits in base 62."""

_CHECKSUM_CHARS = 6
"""32 bits in base 62."""

_BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_KEY = re.compile(
    rf"{PREFIX}([0-9a-z]{{{ID_CHARS}}})_[0-9A-Za-z]{{{_SECRET_CHARS + _CHECKSUM_CHARS}}}", re.ASCII
)
_NO_DIGEST = "0" * 64
"""Compared where there is no key, so that an unknown one takes as long as a known one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRecord:
    """What is kept of a key: never the key.

    Attributes:
        id: The part of the key that names it.
        name: What its owner calls it.
        scopes: What it may do.
        digest: SHA-256 of the whole key, in hexadecimal. The secret in it has 256 random bits, so
            nothing can be guessed that a slow hash would have to protect; passwords would need one.
        created_at: In UTC.
        expires_at: From then on it is refused; None if never.
        revoked_at: Since when it is refused; None if it is not.
        last_used_at: To the minute; None if it never was.
    """

    id: str
    name: str
    scopes: frozenset[Scope]
    digest: str
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None

    def is_good(self, now: datetime) -> bool:
        """Whether it opens anything at `now`."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class KeyRing(Protocol):
    """The keys that there are."""

    async def find(self, key_id: str) -> KeyRecord | None:
        """The record of that id, revoked and expired ones included; None if there is none."""
        ...

    async def is_empty(self) -> bool:
        """Whether no key was ever made."""
        ...

    def note_use(self, key_id: str) -> None:
        """Remember that the key was used now; returns at once."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key at the only time when its text is known."""

    id: str
    text: str
    digest: str


def draw_key() -> NewKey:
    """A new key."""
    key_id = "".join(secrets.choice(_BASE36) for _ in range(ID_CHARS))
    number = int.from_bytes(secrets.token_bytes(SECRET_BYTES), "big")
    text = f"{PREFIX}{key_id}_{_base62(number, _SECRET_CHARS)}"
    text += _checksum(text)
    return NewKey(id=key_id, text=text, digest=digest_of(text))


def digest_of(text: str) -> str:
    """What is kept of the key `text`."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def key_id_of(text: str) -> str | None:
    """The id in `text`; None if it is no key, or one with a typing mistake."""
    found = _KEY.fullmatch(text)
    if found is None or _checksum(text[:-_CHECKSUM_CHARS]) != text[-_CHECKSUM_CHARS:]:
        return None
    return found[1]


async def caller_with_key(text: str, keys: KeyRing, *, now: datetime) -> Caller | None:
    """Whom the key `text` belongs to; None if it is unknown, revoked or expired.

    Takes the same steps in each of these cases.
    """
    key_id = key_id_of(text)
    record = None if key_id is None else await keys.find(key_id)
    kept = _NO_DIGEST if record is None else record.digest
    is_right = hmac.compare_digest(digest_of(text), kept)
    if record is None or not is_right or not record.is_good(now):
        return None
    keys.note_use(record.id)
    return Caller(kind="key", id=record.id, scopes=record.scopes)


def _checksum(text: str) -> str:
    return _base62(crc32(text.encode("ascii")), _CHECKSUM_CHARS)


def _base62(number: int, width: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, len(_BASE62))
        digits = _BASE62[digit] + digits
    return digits.rjust(width, _BASE62[0])
