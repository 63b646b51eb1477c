"""Article ids in paths: any text can be an id, and none can be mistaken for a sub-path.

Routing looks at the path as it was sent, before percent-decoding. A slash that belongs to an
id is therefore sent as %2F; a plain slash in an id is understood as well, except in front of a
last segment `passages`, which always names the passages of an article. So the article
"world/passages" is `/v1/articles/world%2Fpassages`, and its passages are
`/v1/articles/world%2Fpassages/passages`.
"""

from string import punctuation
from typing import Annotated
from urllib.parse import quote, unquote_to_bytes

from fastapi import Depends, Path
from starlette.types import ASGIApp, Receive, Scope, Send

from api.problem_kinds import MALFORMED_ID
from api.problems import Problem
from api.schemas.fields import MAX_ID_CHARS, fault_of_id

ARTICLES = "/v1/articles/"
_PASSAGES = "/passages"

_INNER = r"[^\u0000-\u001F\u007F-\u009F\u2028\u2029]"
_OUTER = r"[^\s\u0000-\u001F\u007F-\u009F\u2028\u2029]"
ID_PATTERN = rf"^(?!\.\.?$){_OUTER}({_INNER}*{_OUTER})?$"
"""What `fault_of_id` takes, in the regular expressions of JSON Schema (ECMA-262)."""


class RequestLine:
    """ASGI middleware that routes article paths undecoded and answers HEAD as GET.

    The server drops the body of a response to HEAD (RFC 9110, section 9.3.2).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a copy of `scope`; other scopes pass through."""
        if scope["type"] == "http":
            scope = dict(scope)
            scope["state"] = dict(scope.get("state", {}))
            if scope["method"] == "HEAD":
                scope["method"] = "GET"
            raw = scope.get("raw_path") or quote(scope["path"], safe="/").encode("ascii")
            if raw.startswith(ARTICLES.encode("ascii")):
                scope["path"] = routing_path(raw)
        await self._app(scope, receive, send)


def routing_path(raw_path: bytes) -> str:
    """The path to route by: the id as one segment, still percent-encoded.

    >>> routing_path(b"/v1/articles/world/2024%2F7/passages")
    '/v1/articles/world%2F2024%2F7/passages'
    >>> routing_path(b"/v1/articles/world%2Fpassages")
    '/v1/articles/world%2Fpassages'
    """
    rest = quote(raw_path, safe=punctuation).removeprefix(ARTICLES)
    article_id = rest.removesuffix(_PASSAGES)
    return ARTICLES + article_id.replace("/", "%2F") + rest[len(article_id) :]


def decode_article_id(
    article_id: Annotated[
        str,
        Path(
            description="The article's id, percent-encoded as UTF-8 with slashes as %2F; at most "
            f"{MAX_ID_CHARS} characters, without control characters or white space at its ends.",
            examples=["almadar-2024-06-19-01"],
            # In the document only: it speaks of the id itself, which is not decoded yet here.
            json_schema_extra={"minLength": 1, "maxLength": MAX_ID_CHARS, "pattern": ID_PATTERN},
        ),
    ],
) -> str:
    """The id that a path names.

    Raises:
        Problem: it is not UTF-8, too long, or holds what no id may hold.
    """
    try:
        decoded = unquote_to_bytes(article_id).decode("utf-8")
    except UnicodeDecodeError as exc:
        raise Problem(
            MALFORMED_ID, "the article id in the path is not percent-encoded UTF-8"
        ) from exc
    fault = fault_of_id(decoded)
    if fault is not None:
        raise Problem(MALFORMED_ID, f"the article id in the path {fault}")
    return decoded


ArticleId = Annotated[str, Depends(decode_article_id)]
