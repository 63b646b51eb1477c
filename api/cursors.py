"""Cursors: where a next page begins, as text that callers send back as it is.

A cursor carries a checksum over its content and over what it was given for, so that one that is
damaged, or sent with another request, is refused and never read as another place. It is no secret
and no right: whoever makes one up chooses a place to read on from, and nothing more.
"""

import base64
import binascii
import hashlib

from core.errors import InvalidCursor

MAX_CURSOR_CHARS = 8_000

_CHECK_BYTES = 8


def cursor_of(content: bytes, *, given_for: str) -> str:
    """`content` as a cursor: URL-safe base64 without padding."""
    return (
        base64.urlsafe_b64encode(_check(content, given_for) + content).decode("ascii").rstrip("=")
    )


def content_of(cursor: str, *, given_for: str) -> bytes:
    """What `cursor_of` was given.

    Raises:
        InvalidCursor: it is none, or one of another request.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        given = base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        given = b""
    check, content = given[:_CHECK_BYTES], given[_CHECK_BYTES:]
    if check != _check(content, given_for):
        raise InvalidCursor(
            "the cursor was given for another request, or is damaged: send it as it was given, "
            "with the same request"
        )
    return content


def _check(content: bytes, given_for: str) -> bytes:
    key = hashlib.blake2b(given_for.encode("utf-8", "surrogatepass"), digest_size=32).digest()
    return hashlib.blake2b(content, digest_size=_CHECK_BYTES, key=key).digest()
