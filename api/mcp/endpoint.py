"""Where the protocol is spoken: POST /mcp, within all that surrounds other requests."""

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from api.access.guard import caller_of
from api.problem_kinds import FORBIDDEN
from api.problems import Problem

MCP_PATH = "/mcp"


def mcp_route() -> Route:
    """The route of the protocol, for whoever has a key; each tool asks for its scope."""
    return _NamedRoute(MCP_PATH, endpoint=_Endpoint(), methods=["POST"])


class _NamedRoute(Route):
    """A route that the log line of a request can name, as those of FastAPI."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, child = super().matches(scope)
        return match, {**child, "route": self}


class _Endpoint:
    """Loads the protocol's SDK with the first request, and off the event loop."""

    def __init__(self) -> None:
        self._server: ASGIApp | None = None
        self._loading = anyio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        caller = await caller_of(Request(scope))
        if caller.kind == "visitor":
            raise Problem(FORBIDDEN, "readers of a site ask by POST /v1/answers")
        async with self._loading:
            if self._server is None:
                self._server = await anyio.to_thread.run_sync(_load)
        await self._server(scope, receive, send)


def _load() -> ASGIApp:
    # Here and not above: a server that is never asked in this protocol starts without it.
    from api.mcp.server import McpServer  # noqa: PLC0415

    return McpServer()
