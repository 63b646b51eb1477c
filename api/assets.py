"""Files that browsers load: held in memory, and named by what they hold."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

from fastapi import Request, Response

from api.preconditions import CODINGS, coded_tag

DIGEST_CHARS = 16
"""Hex digits of SHA-256 in a path: 64 bits tell the versions of one file apart."""

IMMUTABLE = "public, max-age=31536000, immutable"
"""For a path with a digest in it: what it holds never changes (RFC 8246)."""

SHORT = "public, max-age=300"
"""For a path without one: a release reaches every page within five minutes."""

NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file with what its responses need.

    `digest` is hex, `integrity` as the attribute of that name wants it (W3C Subresource Integrity).
    """

    content: bytes
    media_type: str
    digest: str
    integrity: str

    @classmethod
    def of(cls, content: bytes, *, media_type: str) -> "Asset":
        """The asset that holds `content`."""
        sha384 = base64.b64encode(hashlib.sha384(content).digest()).decode("ascii")
        return cls(
            content=content,
            media_type=media_type,
            digest=hashlib.sha256(content).hexdigest()[:DIGEST_CHARS],
            integrity=f"sha384-{sha384}",
        )


def load_asset(package: str, *path: str, media_type: str) -> Asset:
    """The asset of a packaged file; reads it, so call it before anything is served."""
    return Asset.of(files(package).joinpath(*path).read_bytes(), media_type=media_type)


def asset_response(
    asset: Asset, request: Request, *, cache: str, headers: Mapping[str, str] = NO_HEADERS
) -> Response:
    """`asset`, or 304 if the browser has it in some coding; `cache` is Cache-Control."""
    tag = f'"{asset.digest}"'
    given = {"Cache-Control": cache, "ETag": tag, **headers}
    known = {tag, *(coded_tag(tag, coding) for coding in CODINGS)}
    conditions = ",".join(request.headers.getlist("if-none-match"))
    # By the weak comparison of RFC 9110, section 13.1.2.
    for condition in (part.strip().removeprefix("W/") for part in conditions.split(",")):
        if condition in known:
            return Response(status_code=304, headers={**given, "ETag": condition})
    return Response(asset.content, media_type=asset.media_type, headers=given)
