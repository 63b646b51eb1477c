"""Around every request: its id and trace, its log line, its headers, and a last catch."""

import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.draining import drain_of
from api.facts import gathered_facts
from api.metrics import Metrics, metrics_of
from api.problem_kinds import UNEXPECTED
from api.problems import Problem, problem_response
from api.trace_context import NOT_SAMPLED, SAMPLED, TraceContext, trace_context
from core.logging import LogValue, log_event
from core.spans import Span

logger = logging.getLogger(__name__)

_SANE_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    # A withdrawn article must not live on in a cache.
    "Cache-Control": "no-store",
}

CLIENT_LEFT = 499
"""Logged when no response was sent because the client had gone (nginx's number for it)."""


class RequestEnvelope:
    """ASGI middleware; the caller's X-Request-ID is kept if it is short and plain.

    So is the trace of its `traceparent`: `request.state.trace` is our own span in it, which the
    response names in a header of the same name. Where traces are told, it is the span that is told.
    """

    def __init__(self, app: ASGIApp, *, new_id: Callable[[int], str]) -> None:
        self._app = app
        self._new_id = new_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; other scopes pass through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = self._request_id(scope)
        scope["state"]["request_id"] = request_id
        trace = scope["state"]["trace"] = self._trace(scope)
        scope["state"]["trace_id"] = trace.trace_id
        metrics, drain = metrics_of(scope), drain_of(scope)
        started = time.perf_counter()
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(message, request_id=request_id, traceparent=trace.traceparent)
                if drain.is_draining:  # the next request shall find another server
                    MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        with gathered_facts() as facts, metrics.requests.in_work():
            try:
                await self._app(scope, receive, send_with_headers)
            # The last catch: whatever it is becomes a problem that tells nothing of it.
            except Exception:
                logger.exception("unexpected error request_id=%s", request_id)
                if status:  # too late for a problem: the server must break the connection
                    raise
                problem = Problem(UNEXPECTED, f"{UNEXPECTED.title}. {UNEXPECTED.remedy}")
                response = problem_response(problem, request_id=request_id)
                await response(scope, receive, send_with_headers)
            finally:
                ended = Ended(
                    method=scope["method"],
                    route=_route_template(scope),
                    status=status or CLIENT_LEFT,
                    seconds=time.perf_counter() - started,
                )
                _tell(ended, scope["state"], facts, metrics)

    def _request_id(self, scope: Scope) -> str:
        given = Headers(scope=scope).get("x-request-id", "")
        return given if _SANE_ID.fullmatch(given) else self._new_id(16)

    def _trace(self, scope: Scope) -> TraceContext:
        headers = Headers(scope=scope)
        parents = headers.getlist("traceparent")
        context = trace_context(
            parents[0] if len(parents) == 1 else "",
            ",".join(headers.getlist("tracestate")),
            new_id=self._new_id,
        )
        span: Span | None = scope["state"].get("span")
        if span is None:
            return context
        flags = SAMPLED if span.is_sampled else NOT_SAMPLED
        return replace(context, trace_id=span.trace_id, span_id=span.span_id, flags=flags)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A request that was answered; `route` is the template, `status` that of the response."""

    method: str
    route: str
    status: int
    seconds: float


def _tell(
    ended: Ended, state: Mapping[str, Any], facts: Mapping[str, LogValue], metrics: Metrics
) -> None:
    metrics.requests.ended(
        method=ended.method, route=ended.route, status=ended.status, seconds=ended.seconds
    )
    trace: TraceContext = state["trace"]
    known: dict[str, LogValue] = {
        "method": ended.method,
        "route": ended.route,
        "status": ended.status,
        "ms": round(ended.seconds * 1e3, 1),
        "request_id": state["request_id"],
        "trace_id": trace.trace_id,
        "span_id": trace.span_id,
        "caller": getattr(state.get("caller"), "kind", None),
    }
    log_event(logger, "request", known | dict(facts))


def _add_headers(message: Message, *, request_id: str, traceparent: str) -> None:
    headers = MutableHeaders(scope=message)
    headers["X-Request-ID"] = request_id
    headers["traceparent"] = traceparent
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)


def _route_template(scope: Scope) -> str:
    """The route's pattern, never the path itself: it may hold an id or a question."""
    return str(getattr(scope.get("route"), "path_format", "-"))
