"""A chat completions server small enough for tests: real HTTP that says what a script tells it."""

import json
import select
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

STREAM = {"Content-Type": "text/event-stream; charset=utf-8"}
JSON = {"Content-Type": "application/json"}
HELD_S = 20.0
"""A held connection that nobody leaves fails its test rather than the run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as it came over the wire."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def texts(self) -> str:
        return "\n".join(message["content"] for message in self.body["messages"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the server answers: `chunks` one after the other, each after `pause_s`.

    Then it ends the reply, drops the connection, or holds it until the client leaves.
    """

    chunks: tuple[bytes, ...] = ()
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: STREAM)
    delay_s: float = 0.0
    pause_s: float = 0.0
    is_dropped: bool = False
    is_held: bool = False


def event(value: object) -> bytes:
    data = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"data: {data}\n\n".encode()


def delta(text: str | None, *, reason: str | None = None) -> bytes:
    content = {} if text is None else {"content": text}
    return event({"choices": [{"index": 0, "delta": content, "finish_reason": reason}]})


def says(text: str, *, size: int = 7, reason: str | None = "stop", **more: Any) -> Reply:
    """A well-formed stream of `text`; without a reason it breaks off."""
    pieces = [delta(text[start : start + size]) for start in range(0, len(text), size)]
    role = event({"choices": [{"index": 0, "delta": {"role": "assistant"}}]})
    usage = event({"choices": [], "usage": {"prompt_tokens": 11, "completion_tokens": 7}})
    end = [] if reason is None else [delta(None, reason=reason), usage, event("[DONE]")]
    return Reply(chunks=(role, *pieces, *end), **more)


def sentences(*given: tuple[str, Sequence[str]], **more: Any) -> Reply:
    """A stream of the JSON that our schema asks for."""
    listed = [{"citations": list(ids), "text": text} for text, ids in given]
    return says(json.dumps({"sentences": listed}, ensure_ascii=False), **more)


def refuses(status: int, message: str = "scripted", **headers: str) -> Reply:
    error = {"error": {"message": message, "type": "invalid_request_error", "code": "scripted"}}
    return Reply(status=status, chunks=(json.dumps(error).encode(),), headers=JSON | headers)


class ChatEndpoint:
    """The state behind the server; `replies` are given in turn, the last again and again.

    A reply may be a function of what was asked: ids are made anew for every request.
    """

    def __init__(self) -> None:
        self.replies: list[Any] = [says("")]
        self.asked: list[Asked] = []
        self.url = ""
        self.left = threading.Event()
        self._lock = threading.Lock()

    def next_reply(self, asked: Asked) -> Reply:
        with self._lock:
            self.asked.append(asked)
            reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        found: Reply = reply(asked) if callable(reply) else reply
        return found


class _Handler(BaseHTTPRequestHandler):
    server: "_Server"
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:  # noqa: N802 - the name http.server looks for
        endpoint = self.server.endpoint
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {key.lower(): value for key, value in self.headers.items()}
        asked = Asked(path=self.path, headers=headers, body=json.loads(content))
        reply = endpoint.next_reply(asked)
        try:
            self._send(reply)
        except (BrokenPipeError, ConnectionResetError):
            endpoint.left.set()
            self.close_connection = True

    def _send(self, reply: Reply) -> None:
        time.sleep(reply.delay_s)
        self.send_response(reply.status)
        for name, value in (reply.headers | {"Transfer-Encoding": "chunked"}).items():
            self.send_header(name, value)
        self.end_headers()
        for chunk in reply.chunks:
            time.sleep(reply.pause_s)
            self.wfile.write(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
        if reply.is_held:
            self._hold()
        if reply.is_dropped or reply.is_held:
            self.close_connection = True
            return
        self.wfile.write(b"0\r\n\r\n")

    def _hold(self) -> None:
        readable, _, _ = select.select([self.connection], [], [], HELD_S)
        if readable and self.connection.recv(1) == b"":
            self.server.endpoint.left.set()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as in the base class
        """Stay silent."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, endpoint: ChatEndpoint) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.endpoint = endpoint


@contextmanager
def running_endpoint() -> Iterator[ChatEndpoint]:
    """An endpoint that serves at its `url` for as long as the context lasts."""
    endpoint = ChatEndpoint()
    server = _Server(endpoint)
    endpoint.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def held(reply: Reply) -> Reply:
    """`reply` without its last three events, its end: it stays open until the client leaves."""
    return replace(reply, chunks=reply.chunks[:-3], is_held=True)
