"""The event loop stays free: while a model works, other requests are answered."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import anyio.to_thread
import pytest
from blockbuster import BlockingError
from starlette.testclient import TestClient

from core.types import TokenVectors
from tests.api.archive import Archive, served
from tests.api.doubles import HashedWords

PATIENCE_S = 10


class HeldInThread(HashedWords):
    """Its thread waits until the test lets it go on, as a real model waits for the processor."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.let_go = threading.Event()

    def _hold(self) -> None:
        self.entered.set()
        if not self.let_go.wait(PATIENCE_S):
            raise TimeoutError("the test did not let go")

    async def embed_query_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        await anyio.to_thread.run_sync(self._hold)
        return await super().embed_query_tokens(texts)


class BusyInThread(HashedWords):
    """Computes in pure Python for a while: the worst neighbour that a thread can have."""

    busy_s = 1.0

    def __init__(self) -> None:
        self.entered = threading.Event()

    def _compute(self) -> None:
        self.entered.set()
        end = time.monotonic() + self.busy_s
        while time.monotonic() < end:
            sum(range(1_000))

    async def embed_query_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        await anyio.to_thread.run_sync(self._compute)
        return await super().embed_query_tokens(texts)


class BlocksTheLoop(HashedWords):
    """What must never be written: the model is called on the loop itself."""

    async def embed_query_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        time.sleep(0.01)  # noqa: ASYNC251 - the fault that the test is about
        return await super().embed_query_tokens(texts)


@pytest.mark.parametrize("path", ["/v1/search", "/v1/answers"])
def test_health_answers_while_the_model_is_held(path: str) -> None:
    archive = Archive.empty()
    archive.embedder = held = HeldInThread()
    field = "query" if path == "/v1/search" else "question"
    with served(archive) as client, ThreadPoolExecutor(1) as pool:
        slow = pool.submit(client.post, path, json={field: "معاهدة"})
        assert held.entered.wait(PATIENCE_S)
        try:
            alive = client.get("/health").status_code
            waiting = not slow.done()
        finally:
            held.let_go.set()
        assert (alive, waiting) == (200, True)
        assert slow.result(PATIENCE_S).status_code == 200


def test_health_answers_in_time_beside_a_thread_that_computes() -> None:
    archive = Archive.empty()
    archive.embedder = busy = BusyInThread()
    with served(archive) as client, ThreadPoolExecutor(1) as pool:
        client.get("/health")
        slow = pool.submit(client.post, "/v1/search", json={"query": "معاهدة"})
        assert busy.entered.wait(PATIENCE_S)
        started = time.monotonic()
        answered = 0
        while not slow.done():
            assert client.get("/health").status_code == 200
            answered += 1
        took = time.monotonic() - started
        assert slow.result().status_code == 200
    assert answered >= 2, f"only {answered} answers in {took:.1f} s"


def test_many_searches_at_once_are_all_answered(client: TestClient) -> None:
    queries = ["معاهدة", "长江大桥", "harbour strike of the dockers", "بارش برف"] * 8
    with ThreadPoolExecutor(8) as pool:
        responses = list(
            pool.map(lambda query: client.post("/v1/search", json={"query": query}), queries)
        )
    assert {response.status_code for response in responses} == {200}
    first = [response.json()["results"][0]["article"]["id"] for response in responses]
    assert first == first[:4] * 8


def test_a_call_that_blocks_the_loop_would_be_seen(archive: Archive) -> None:
    archive.embedder = BlocksTheLoop()
    with served(archive) as client:
        assert client.post("/v1/search", json={"query": "x"}).status_code == 500
    with pytest.raises(BlockingError):
        anyio.run(BlocksTheLoop().embed_query_tokens, ["x"])
