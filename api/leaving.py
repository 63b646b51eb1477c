"""Work that nobody will read is stopped: for a client that left, or by a server that ends."""

from collections.abc import Callable, Collection

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.draining import drain_of, stopped
from api.problems import problem_response
from core.tasks import bare_faults

READ_PATHS = frozenset({
    "/v1/search",
    "/v1/answers",
    "/v1/articles",
    "/v1/chat/completions",
    "/mcp",
})
"""Where nothing is written: writes are finished even if nobody waits for the outcome."""


class CancelWhenClientLeaves:
    """ASGI middleware that cancels the application when the client disconnects.

    So it does when the server ends and has not begun to answer: the client is told to ask again.
    """

    def __init__(self, app: ASGIApp, *, paths: Collection[str] = READ_PATHS) -> None:
        self._app = app
        self._paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; other scopes and paths pass through."""
        if scope["type"] != "http" or scope["path"] not in self._paths:
            await self._app(scope, receive, send)
            return
        connection = _Connection(receive, send)
        with bare_faults():
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(connection.watch, tasks.cancel_scope)
                with anyio.CancelScope() as work, drain_of(scope).at_cut(connection.stop(work)):
                    await self._app(scope, connection.receive, connection.send)
                if work.cancelled_caught:
                    problem = stopped("the server was stopped before it had an answer")
                    response = problem_response(problem, request_id=scope["state"]["request_id"])
                    await response(scope, receive, send)
                tasks.cancel_scope.cancel()


class _Connection:
    """Lets the application read the body, and listens for the disconnect after it."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._body_read = anyio.Event()
        self._gone = anyio.Event()
        self._begun = False
        self._answered = False

    async def receive(self) -> Message:
        if self._body_read.is_set():
            # The watcher has the server's ear: two listeners would take turns.
            await self._gone.wait()
            return {"type": "http.disconnect"}
        message = await self._receive()
        if message["type"] != "http.request" or not message.get("more_body", False):
            self._body_read.set()
        return message

    async def send(self, message: Message) -> None:
        self._begun = True
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            # From here on the server tells of a disconnect although the client is there.
            self._answered = True
        await self._send(message)

    def stop(self, work: anyio.CancelScope) -> Callable[[], None]:
        """Cancels `work`, unless it has begun to answer: a stream ends itself."""

        def stop_work() -> None:
            if not self._begun:
                work.cancel()

        return stop_work

    async def watch(self, work: anyio.CancelScope) -> None:
        await self._body_read.wait()
        message = await self._receive()
        while message["type"] != "http.disconnect":
            message = await self._receive()
        self._gone.set()
        if not self._answered:
            work.cancel()
