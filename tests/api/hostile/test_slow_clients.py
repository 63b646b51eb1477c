"""Clients that take their time are left within a bound, while all others are served."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import repeat

import pytest
import uvicorn

from api.app import create_app
from api.limits import BodyPace
from api.slow_clients import PromptProtocol
from tests.api.archive import Archive
from tests.api.hostile.wire import exchange, raw, wait_for

BOUND_S = 0.5
SLACK_S = 10.0
"""For a busy machine: without a bound they would stay forever."""

HEAD = b"POST /v1/answers HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
Sends = Callable[[], Iterator[bytes]]


class QuickProtocol(PromptProtocol):
    """As served, with a bound that a test can wait for."""

    head_s = BOUND_S


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    archive = Archive.empty()
    pace = BodyPace(patience_s=BOUND_S, bytes_a_second=1e9)
    app = create_app(archive.open_services, settings=archive.settings, body_pace=pace)
    config = uvicorn.Config(app, http=QuickProtocol, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        found: tuple[str, int] = listener.getsockname()
        try:
            wait_for(found)
            yield found
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(autouse=True)
def _blockbuster() -> None:
    """The attackers' sockets are in threads of their own."""


def _once(*sent: bytes) -> Sends:
    return lambda: iter(sent)


def _drip(first: bytes, drop: bytes) -> Sends:
    def sends() -> Iterator[bytes]:
        yield first
        yield from repeat(drop)

    return sends


SLOW: dict[str, Sends] = {
    "says nothing": _once(),
    "half a request line": _once(b"GET /hea"),
    "a request line alone": _once(b"GET /health HTTP/1.1\r\n"),
    "no end of the head": _once(HEAD),
    "a head letter by letter": _drip(b"GET / HTTP/1.1\r\nX-A: ", b"a"),
    "a header after another": _drip(b"GET / HTTP/1.1\r\nHost: localhost\r\n", b"X: y\r\n"),
    "empty lines for ever": _drip(b"", b"\r\n"),
    "a body that does not come": _once(HEAD + b"Content-Length: 50\r\n\r\n"),
    "half a body": _once(HEAD + b"Content-Length: 50\r\n\r\n" + b'{"question": '),
    "a body letter by letter": _drip(HEAD + b"Content-Length: 9999\r\n\r\n", b" "),
    "a chunk that does not come": _once(HEAD + b"Transfer-Encoding: chunked\r\n\r\n"),
    "half a chunk": _once(HEAD + b"Transfer-Encoding: chunked\r\n\r\nff\r\n{"),
    "chunks of one byte": _drip(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "a second request that does not come": _once(raw("GET", "/health")[:-13] + b"\r\n\r\nGET /h"),
}


def _is_well(address: tuple[str, int]) -> bool:
    return exchange(address, raw("GET", "/health")).statuses == (200,)


def _is_left(connection: socket.socket, sends: Iterator[bytes]) -> bool:
    """Whether the server ends the connection although the client goes on."""
    connection.settimeout(0.02)
    deadline = time.monotonic() + BOUND_S + SLACK_S
    while time.monotonic() < deadline:
        try:
            connection.sendall(next(sends, b""))
            if not connection.recv(65_536):
                return True
        except TimeoutError:
            continue
        except OSError:
            return True
    return False


@pytest.mark.parametrize("name", SLOW)
def test_a_slow_client_is_left_and_others_are_served(address: tuple[str, int], name: str) -> None:
    with socket.create_connection(address, SLACK_S) as connection:
        assert _is_well(address)
        assert _is_left(connection, SLOW[name]())
    assert _is_well(address)


def test_two_hundred_of_them_at_once_keep_nobody_from_being_served(
    address: tuple[str, int],
) -> None:
    with ExitStack() as connections:
        slow = [
            connections.enter_context(socket.create_connection(address, SLACK_S))
            for _ in range(200)
        ]
        for number, connection in enumerate(slow):
            connection.sendall(next(list(SLOW.values())[number % len(SLOW)](), b""))
        assert _is_well(address)
        assert all(_is_left(connection, iter(())) for connection in slow)
    assert _is_well(address)


def test_a_client_that_is_prompt_may_be_idle_in_between(address: tuple[str, int]) -> None:
    request = raw("GET", "/health").replace(b"Connection: close\r\n", b"")
    with socket.create_connection(address, SLACK_S) as connection:
        for _ in range(3):
            connection.sendall(request)
            received = b""
            while not received.endswith(b"}"):
                received += connection.recv(65_536)
            assert received.startswith(b"HTTP/1.1 200 OK")
            time.sleep(2 * BOUND_S)
