"""Serves the application with uvicorn until a signal asks it to stop."""

import asyncio
import errno
import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.draining import Drain
from api.slow_clients import PromptProtocol
from core.errors import ConfigError
from core.settings import Settings

logger = logging.getLogger(__name__)

FINISH_S = 10
"""How long requests in work may take to end once the server listens no more."""

LAST_WORDS_S = 2
"""After that: to tell whoever still waits that the server ends."""

_BACKLOG = 512


def serve(
    app: ASGIApp,
    settings: Settings,
    *,
    on_started: Callable[[str], None],
    drain: Drain | None = None,
) -> None:
    """Serve `app` until SIGINT or SIGTERM; requests in work are finished first.

    After the first signal the server goes on listening for `settings.drain_s`; the second ends
    it at once.

    Args:
        app: The application; `drain` is the one that it was made with.
        settings: Address and times.
        on_started: Is called with the URL once connections are accepted.
        drain: Is told how far the server is on its way down.

    Raises:
        ConfigError: the address cannot be bound.
        Exception: whatever opening or closing the services of `app` raised.
    """
    listener = _bind(settings.host, settings.port)
    lifespan = _RememberedLifespan(app)
    server = _AnnouncedServer(
        uvicorn.Config(
            lifespan,
            host=settings.host,
            port=settings.port,
            lifespan="on",
            http=PromptProtocol,
            ws="none",
            log_config=None,  # logging is configured once, by the command
            access_log=False,  # api.envelope writes the line of a request
            proxy_headers=False,
            server_header=False,
            backlog=_BACKLOG,
            timeout_graceful_shutdown=FINISH_S + LAST_WORDS_S,
        ),
        on_started=on_started,
        drain=drain or Drain(),
        drain_s=settings.drain_s,
    )
    try:
        with listener, _signals_as_interrupts():
            server.run(sockets=[listener])
    except KeyboardInterrupt:  # uvicorn raises the signal again once it has shut down
        pass
    except SystemExit:  # uvicorn's way to say that the start failed
        if lifespan.failure is None:
            raise
    if lifespan.failure is not None:
        raise lifespan.failure


class _AnnouncedServer(uvicorn.Server):
    def __init__(
        self,
        config: uvicorn.Config,
        *,
        on_started: Callable[[str], None],
        drain: Drain,
        drain_s: float,
    ) -> None:
        super().__init__(config)
        self._on_started = on_started
        self._drain = drain
        self._drain_s = drain_s
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_told = False

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The first signal begins the way down, the second ends it."""
        if self._is_told:
            self.should_exit = self.force_exit = True
        elif self._loop is None:
            self.should_exit = True
        else:
            # A signal comes between any two steps of the loop, not at the end of one.
            self._loop.call_soon_threadsafe(self._begin_to_stop)
        self._is_told = True

    def _begin_to_stop(self) -> None:
        logger.info("told to stop drain_s=%g", self._drain_s)
        self._drain.begin()
        loop = asyncio.get_running_loop()
        loop.call_later(self._drain_s, self._stop_listening)
        loop.call_later(self._drain_s + FINISH_S, self._drain.cut)

    def _stop_listening(self) -> None:
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        try:
            await super().startup(sockets)
        except OSError as exc:  # taken by another process since it was bound
            await self.lifespan.shutdown()
            raise _bind_error(exc, self.config.host, self.config.port) from exc
        if self.started and sockets:
            try:
                self._on_started(_url(sockets[0]))
            except BaseException:
                await self.shutdown(sockets)
                raise


class _RememberedLifespan:
    """Keeps the error that ended the start or the stop: uvicorn would only log its trace."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.failure: Exception | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return

        async def send_without_trace(message: Message) -> None:
            await send({key: value for key, value in message.items() if key != "message"})

        try:
            await self._app(scope, receive, send_without_trace)
        # Whatever it is, it is raised again; it is kept because uvicorn only logs its trace.
        except Exception as exc:
            self.failure = exc
            raise


@contextmanager
def _signals_as_interrupts() -> Iterator[None]:
    """Let SIGTERM end the server as Ctrl-C does: by a return, not by the death of the process."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)


def _bind(host: str, port: int) -> socket.socket:
    """A bound socket that does not listen yet: a taken port shows before any model loads."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (socket.gaierror, UnicodeError) as exc:
        raise ConfigError(
            f"the address {host!r} is unknown: set SANAD_HOST, e.g. to 127.0.0.1"
        ) from exc
    family, kind, protocol, _, address = min(found, key=lambda entry: entry[0])  # IPv4 first
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as exc:
        listener.close()
        raise _bind_error(exc, host, port) from exc
    return listener


def _bind_error(exc: OSError, host: str, port: int) -> ConfigError:
    if exc.errno == errno.EADDRINUSE:
        return ConfigError(
            f"port {port} on {host} is in use: stop the other process, or set SANAD_PORT to a "
            "free port"
        )
    if exc.errno == errno.EACCES:
        return ConfigError(f"port {port} needs privileges: set SANAD_PORT to 1024 or more")
    return ConfigError(f"{host} port {port} cannot be bound: set SANAD_HOST or SANAD_PORT")


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
