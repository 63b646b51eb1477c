"""Files that browsers load: held in memory, compressed beforehand, named by what they hold."""

import base64
import gzip
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files

from fastapi import Request, Response

DIGEST_CHARS = 16
"""Hex digits of SHA-256 in a path: 64 bits tell the versions of one file apart."""

IMMUTABLE = "public, max-age=31536000, immutable"
"""For a path with a digest in it: what it holds never changes (RFC 8246)."""

SHORT = "public, max-age=300"
"""For a path without one: a release reaches every page within five minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file with what its responses need.

    `digest` is hex, `integrity` as the attribute of that name wants it (W3C Subresource Integrity).
    """

    content: bytes
    gzipped: bytes
    media_type: str
    digest: str
    integrity: str

    @classmethod
    def of(cls, content: bytes, *, media_type: str) -> "Asset":
        """The asset that holds `content`."""
        sha384 = base64.b64encode(hashlib.sha384(content).digest()).decode("ascii")
        return cls(
            content=content,
            gzipped=gzip.compress(content, 9, mtime=0),
            media_type=media_type,
            digest=hashlib.sha256(content).hexdigest()[:DIGEST_CHARS],
            integrity=f"sha384-{sha384}",
        )


def load_asset(package: str, *path: str, media_type: str) -> Asset:
    """The asset of a packaged file; reads it, so call it before anything is served."""
    return Asset.of(files(package).joinpath(*path).read_bytes(), media_type=media_type)


def asset_response(
    asset: Asset, request: Request, *, cache: str, headers: dict[str, str] | None = None
) -> Response:
    """`asset`, or 304 if the browser has it; gzipped for those who take it.

    Args:
        asset: What to send.
        request: Whose If-None-Match and Accept-Encoding count.
        cache: Cache-Control.
        headers: More of them.
    """
    is_gzip = _takes_gzip(request.headers.getlist("accept-encoding"))
    # A strong tag names one sequence of bytes, so the compressed form has its own.
    tag = f'"{asset.digest}{"-gzip" if is_gzip else ""}"'
    common = {
        "Cache-Control": cache,
        "ETag": tag,
        "Vary": "Accept-Encoding",
        **(headers or {}),
    }
    if _matches(request.headers.getlist("if-none-match"), tag):
        return Response(status_code=304, headers=common)
    if is_gzip:
        common["Content-Encoding"] = "gzip"
    content = asset.gzipped if is_gzip else asset.content
    return Response(content, media_type=asset.media_type, headers=common)


def _takes_gzip(accepted: Iterable[str]) -> bool:
    for part in ",".join(accepted).lower().split(","):
        coding, _, weight = part.replace(" ", "").partition(";q=")
        if coding == "gzip":
            return weight.rstrip("0.") != "" or weight == ""
    return False


def _matches(conditions: Iterable[str], tag: str) -> bool:
    """By the weak comparison of RFC 9110, section 13.1.2."""
    given = [part.strip().removeprefix("W/") for part in ",".join(conditions).split(",")]
    return tag in given or "*" in given
