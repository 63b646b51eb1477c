"""What a client that left has asked for is not worked on, over a real connection."""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import anyio
import httpx
import pytest
import uvicorn

import api.mcp.server  # noqa: F401 - else it loads with the first request, which leaves too early
from api.app import create_app
from core.types import TokenVectors
from tests.api.archive import Archive
from tests.api.doubles import HashedWords, Raises

PATIENCE_S = 10


class Held(HashedWords):
    """Holds every question, and tells whether its caller was cancelled or served."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.cancelled = threading.Event()
        self.let_go = threading.Event()

    async def embed_query_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        self.entered.set()
        try:
            while not self.let_go.is_set():  # noqa: ASYNC110 - set by another thread
                await anyio.sleep(0.01)
        except anyio.get_cancelled_exc_class():
            self.cancelled.set()
            raise
        return await super().embed_query_tokens(texts)


@contextmanager
def listening(archive: Archive) -> Iterator[str]:
    """The URL of a real server over `archive`."""
    app = create_app(archive.open_services, settings=archive.settings)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="on"))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(PATIENCE_S)
    assert not thread.is_alive()


def client(url: str, *, timeout_s: float = PATIENCE_S) -> httpx.Client:
    retrying = httpx.HTTPTransport(retries=5)  # the server may not listen yet
    return httpx.Client(
        base_url=url,
        timeout=timeout_s,
        trust_env=False,
        transport=retrying,
        headers={"Accept": "application/json, text/event-stream"},
    )


ASKED: list[tuple[str, dict[str, object]]] = [
    ("/v1/search", {"query": "معاهدة 🌍"}),
    ("/v1/answers", {"question": "长江大桥"}),
    (
        "/v1/chat/completions",
        {"model": "sanad", "messages": [{"role": "user", "content": "معاهدة"}]},
    ),
    (
        "/mcp",
        {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "tools/call",
            "params": {"name": "search", "arguments": {"query": "معاهدة"}},
        },
    ),
]


@pytest.mark.parametrize(("path", "body"), ASKED)
def test_the_work_for_a_client_that_left_is_cancelled(
    archive: Archive, path: str, body: dict[str, object]
) -> None:
    archive.embedder = held = Held()
    with listening(archive) as url, client(url) as other:
        assert other.get("/health").status_code == 200
        with client(url, timeout_s=0.3) as leaving, pytest.raises(httpx.ReadTimeout):
            leaving.post(path, json=body)
        assert held.entered.is_set()
        assert held.cancelled.wait(PATIENCE_S)
        held.let_go.set()
        assert other.post(path, json=body).status_code == 200


@pytest.mark.parametrize(("path", "body"), ASKED)
def test_a_client_that_waits_is_answered_many_times_on_one_connection(
    archive: Archive, path: str, body: dict[str, object]
) -> None:
    archive.embedder = held = Held()
    held.let_go.set()
    with listening(archive) as url, client(url) as waiting:
        statuses = [waiting.post(path, json=body).status_code for _ in range(20)]
    assert statuses == [200] * 20
    assert not held.cancelled.is_set()


def test_a_fault_passes_through_as_it_was_raised(
    archive: Archive, caplog: pytest.LogCaptureFixture
) -> None:
    archive.searcher = Raises(ZeroDivisionError("a fault of ours"))
    with listening(archive) as url, client(url) as waiting:
        response = waiting.post("/v1/search", json={"query": "x"})
    assert response.status_code == 500
    assert "ZeroDivisionError: a fault of ours" in caplog.text
    assert "ExceptionGroup" not in caplog.text
