"""Tokens of visitors: short-lived, signed, good for one site and one origin.

Signed with HMAC-SHA-256 by itsdangerous. Nothing of a token is read before its signature holds, and
nothing in it chooses how it is checked.
"""

import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from itsdangerous import BadData, URLSafeSerializer

AUDIENCE = "sanad visitor 1"
"""Mixed into the key: what was signed for another purpose is no token."""

MAX_TOKEN_CHARS = 1_500
_TOKEN = re.compile(r"\.?[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)
"""Python's base64 skips what it does not know: of one token there would be many spellings."""

RENEWABLE = timedelta(days=1)
"""After its end a token still tells who its holder was: as long as the longest budget."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A reader of a page; `id` is drawn, and nothing else is known of them."""

    id: str
    site: str
    origin: str


class VisitorTokens:
    """Writes and reads tokens."""

    def __init__(
        self,
        *,
        secret: str,
        previous: str | None = None,
        lifetime: timedelta,
        now: Callable[[], datetime],
    ) -> None:
        """`previous` is the secret that `secret` replaced: its tokens are read, none is written."""
        self._signer = URLSafeSerializer(
            [secret] if previous is None else [previous, secret],
            salt=AUDIENCE,
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )
        self._now = now
        self.lifetime = lifetime

    def write(self, visitor: Visitor) -> tuple[str, datetime]:
        """A token for `visitor`, and when it ends."""
        ends = (self._now() + self.lifetime).replace(microsecond=0)
        told = [visitor.id, visitor.site, visitor.origin, int(ends.timestamp())]
        return str(self._signer.dumps(told)), ends

    def read(self, token: str) -> Visitor | None:
        """Whom a token that is good now was given to; None for any other."""
        return self._read(token, grace=timedelta(0))

    def read_for_renewal(self, token: str) -> Visitor | None:
        """As `read`, but a token counts that has ended less than a day ago."""
        return self._read(token, grace=RENEWABLE)

    def _read(self, token: str, *, grace: timedelta) -> Visitor | None:
        if len(token) > MAX_TOKEN_CHARS or _TOKEN.fullmatch(token) is None:
            return None
        try:
            visitor_id, site, origin, ends = self._signer.loads(token)
        except BadData:
            return None
        if self._now() >= datetime.fromtimestamp(ends, tz=UTC) + grace:
            return None
        return Visitor(id=visitor_id, site=site, origin=origin)


def draw_visitor_id() -> str:
    """An id that nobody can guess."""
    return secrets.token_urlsafe(12)
