"""The first span of every request, where traces are told."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.spans import Span, Tracer, entered

SERVER_ERROR = 500


class TraceRequests:
    """ASGI middleware; attributes are those of OpenTelemetry's conventions for HTTP servers.

    A request is named by its route, never by its path. The envelope tells its span to the log and
    to the caller.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; where nobody traces, and for other scopes, pass it through."""
        tracer = _tracer_of(scope)
        if tracer is None:
            await self._app(scope, receive, send)
            return
        with _request(tracer, scope) as span:

            async def send_noting_status(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set("http.response.status_code", message["status"])
                    if message["status"] >= SERVER_ERROR:
                        span.set("error.type", str(message["status"]))
                await send(message)

            await self._app(scope, receive, send_noting_status)


@contextmanager
def _request(tracer: Tracer, scope: Scope) -> Iterator[Span]:
    span = tracer.begin(scope["method"], headers=Headers(scope=scope))
    scope["state"]["span"] = span
    span.set("http.request.method", scope["method"])
    with entered(span):
        try:
            yield span
        finally:
            route = getattr(scope.get("route"), "path_format", None)
            if route is not None:
                span.set("http.route", route)
                span.rename(f"{scope['method']} {route}")


def _tracer_of(scope: Scope) -> Tracer | None:
    if scope["type"] != "http":
        return None
    services: Any = scope["state"].get("services")
    tracer: Tracer | None = None if services is None else services.tracer
    return tracer
