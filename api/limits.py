"""Bounds on the size of a request, applied before anything reads it."""

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import BODY_TOO_LARGE, URL_TOO_LONG, Problem, problem_response

MAX_URL_BYTES = 8_192
"""Path and query string together; the longest article id takes 2,400 bytes when encoded."""


UNBOUNDED_PATHS = frozenset({"/v1/articles/batch"})
"""Where a body is read line by line, each of them bounded, and never held whole."""


class SizeLimits:
    """ASGI middleware that refuses long URLs and large bodies, declared or streamed."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        max_body_bytes: int,
        unbounded_paths: Collection[str] = UNBOUNDED_PATHS,
    ) -> None:
        self._app = app
        self._max_body_bytes = max_body_bytes
        self._unbounded_paths = unbounded_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; other scopes pass through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        problem = self._problem_of_head(scope)
        if problem is not None:
            response = problem_response(problem, request_id=scope["state"]["request_id"])
            await response(scope, receive, send)
            return
        if self._is_unbounded(scope):
            await self._app(scope, receive, send)
            return
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._max_body_bytes:
                raise self._too_large("more than that")
            return message

        await self._app(scope, receive_counted, send)

    def _problem_of_head(self, scope: Scope) -> Problem | None:
        url_bytes = len(scope.get("raw_path") or b"") + len(scope["query_string"])
        if url_bytes > MAX_URL_BYTES:
            return Problem(
                URL_TOO_LONG,
                f"path and query string have {url_bytes} bytes; "
                f"at most {MAX_URL_BYTES} are allowed",
            )
        if self._is_unbounded(scope):
            return None
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared[:20]) > self._max_body_bytes:
            return self._too_large(f"{declared[:20]} bytes")
        return None

    def _is_unbounded(self, scope: Scope) -> bool:
        return scope["method"] == "POST" and scope["path"] in self._unbounded_paths

    def _too_large(self, size: str) -> Problem:
        return Problem(
            BODY_TOO_LARGE,
            f"at most {self._max_body_bytes} bytes are allowed; the body has {size}",
        )
