"""Requests as bytes, exactly as an attacker sends them, over a real socket."""

import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

PATIENCE_S = 10.0
START_S = 60.0
MORE_S = 0.2
"""How long to wait for more once something has come."""

Header = tuple[str | bytes, str | bytes]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the status of each response, 0 where the connection was only closed."""

    statuses: tuple[int, ...]
    text: bytes


def raw(
    method: str,
    target: str | bytes,
    headers: Sequence[Header] = (),
    body: bytes = b"",
    *,
    host: str = "news.example",
) -> bytes:
    """A request with these headers in this order; Content-Length is added where there is a body."""
    lines = [b"%s %s HTTP/1.1" % (method.encode(), _bytes(target)), b"Host: " + host.encode()]
    lines += [_bytes(name) + b": " + _bytes(value) for name, value in headers]
    if body:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join([*lines, b"Connection: close", b"", b""]) + body


def exchange(address: tuple[str, int], sent: bytes, *, timeout_s: float = PATIENCE_S) -> Reply:
    """What the server answers to `sent` until it closes the connection, or says no more."""
    received = b""
    with socket.create_connection(address, timeout_s) as connection:
        try:
            connection.sendall(sent)
            while piece := connection.recv(65_536):
                received += piece
                connection.settimeout(MORE_S)
        except (ConnectionError, TimeoutError):
            pass  # it has closed already, or waits for what will not come
    return Reply(statuses=_statuses(received), text=received)


def address_in(url: str) -> tuple[str, int]:
    """Host and port of `url`."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    return parts.hostname, parts.port


def wait_for(address: tuple[str, int]) -> None:
    """Return once somebody listens there."""
    deadline = time.monotonic() + START_S
    while True:
        try:
            socket.create_connection(address, PATIENCE_S).close()
        except ConnectionRefusedError:
            assert time.monotonic() < deadline, "the server does not start"
            time.sleep(0.05)
        else:
            return


def _statuses(received: bytes) -> tuple[int, ...]:
    found = []
    for line in received.split(b"\r\n"):
        if line.startswith(b"HTTP/1.1 ") and line[9:12].isdigit():
            found.append(int(line[9:12]))
    return tuple(found) or (0,)


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8")
