"""Which pages of other origins may read which responses (Fetch standard, section 3.3, CORS).

Public routes are for the origins of the sites, internal ones for SANAD_CORS_ORIGINS, the widget for
everybody. Never with cookies: credentials are headers that a page has to add itself.
"""

from dataclasses import dataclass

from fastapi import Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access.identifying import origin_not_allowed
from api.problems import problem_response
from api.services import Services

PUBLIC_PATHS = frozenset({"/v1/visitors", "/v1/answers", "/v1/feedback"})
"""What pages of the sites call: routes for visitors, and the one that makes them visitors."""

WIDGET = "/widget/"
PREFLIGHT_S = 7_200
"""How long a browser may remember what it may send: as long as any does (Chromium's limit)."""

SENT = (
    "Accept, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, "
    "Last-Event-ID, X-Request-ID, traceparent, tracestate"
)
"""Headers that pages may send."""

EXPOSED = "ETag, Idempotency-Replayed, Link, RateLimit, RateLimit-Policy, Retry-After, X-Request-ID"
"""Headers that pages may read, besides those that all may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Who may read responses of a path; `origins` None for everybody."""

    origins: frozenset[str] | None
    methods: str

    def allowed(self, origins: list[str]) -> str | None:
        """What to answer to a request with these headers Origin; None if it may not be read."""
        if len(origins) != 1:
            return None
        if self.origins is None:
            return "*"
        return origins[0] if origins[0] in self.origins else None


def policy_of(path: str, services: Services | None) -> Policy:
    """The policy of `path`."""
    if path.startswith(WIDGET):
        return Policy(origins=None, methods="GET")
    if services is None:
        return Policy(origins=frozenset(), methods="")
    internal = services.access.cors_origins
    if path in PUBLIC_PATHS:
        return Policy(origins=internal | services.access.sites.origins, methods="POST")
    return Policy(origins=internal, methods="DELETE, GET, PATCH, POST, PUT")


class CrossOrigin:
    """ASGI middleware around all others: also a page must be able to read that something failed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; other scopes pass through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        policy = _policy(scope)
        allowed = policy.allowed(Headers(scope=scope).getlist("origin"))

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if policy.origins is not None:
                    headers.add_vary_header("Origin")
                if allowed is not None:
                    headers["Access-Control-Allow-Origin"] = allowed
                    headers["Access-Control-Expose-Headers"] = EXPOSED
            await send(message)

        await self._app(scope, receive, send_with_headers)


class Preflights:
    """ASGI middleware, inside of CrossOrigin, that answers what browsers ask before a request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight; all else passes through."""
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        if scope.get("method") != "OPTIONS" or "access-control-request-method" not in headers:
            await self._app(scope, receive, send)
            return
        policy = _policy(scope)
        if policy.allowed(headers.getlist("origin")) is None:
            response: Response = problem_response(
                origin_not_allowed(), request_id=scope["state"]["request_id"]
            )
        else:
            response = Response(
                status_code=204,
                headers={
                    "Access-Control-Allow-Methods": policy.methods,
                    "Access-Control-Allow-Headers": SENT,
                    "Access-Control-Max-Age": str(PREFLIGHT_S),
                    "Vary": "Access-Control-Request-Method, Access-Control-Request-Headers",
                },
            )
        await response(scope, receive, send)


def _policy(scope: Scope) -> Policy:
    return policy_of(scope["path"], scope.get("state", {}).get("services"))
