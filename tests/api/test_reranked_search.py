"""Search through a reranker: a real cross-encoder that never blocks, and faults that are told."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio.to_thread
import pytest
from starlette.testclient import TestClient

from core.backends.cross_encoder_reranker import CrossEncoderReranker
from core.backends.memory_reranker import OverlapReranker
from core.errors import RerankerBusy
from tests.api.archive import Archive, served
from tests.api.doubles import Raises
from tests.core.backends.tiny_cross_encoder import MAX_TOKENS, write_cross_encoder

PATIENCE_S = 10


@pytest.fixture(scope="module")
def reranker(tmp_path_factory: pytest.TempPathFactory) -> CrossEncoderReranker:
    folder = write_cross_encoder(tmp_path_factory.mktemp("models") / "tiny")
    return CrossEncoderReranker(folder, model="folder:tiny", revision="abc")


def search(client: TestClient, **body: object) -> dict[str, Any]:
    response = client.post("/v1/search", json={"explain": True, "group_by": "passage", **body})
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


@pytest.mark.parametrize("query", ["معاهدة الشراكة 🤝", "بارش برف", "harbour strike", "长江大桥"])
def test_the_first_results_stand_in_its_order_and_say_so(
    reranker: CrossEncoderReranker, query: str
) -> None:
    archive = Archive.empty(reranker_depth=3)
    archive.reranker = reranker
    with served(archive) as client:
        found = search(client, query=query)

    results = found["results"]
    scores = [result["explain"]["reranker_score"] for result in results]
    assert scores[:3] == sorted(scores[:3], reverse=True)
    assert scores[3:] == [None] * (len(results) - 3)
    assert [result["explain"]["reranker_rank"] for result in results[:3]] == [1, 2, 3]
    for result in results:
        parts = {part["name"]: part for part in result["explain"]["contributions"]}
        assert ("reranker" in parts) == (result["rank"] <= 3)
        assert sum(part["adds"] for part in parts.values()) == pytest.approx(result["score"])
    assert set(found["timing_ms"]) == {"embed", "search", "rerank"}


def test_the_index_names_it_and_how_far_it_reads(reranker: CrossEncoderReranker) -> None:
    archive = Archive.empty(reranker="/srv/models/tiny", reranker_depth=3)
    archive.reranker = reranker
    with served(archive) as client:
        response = client.get("/v1/index")

    assert response.json()["reranker"] == {
        "model": "folder:tiny",
        "revision": "abc",
        "precision": "fp32",
        "max_tokens": MAX_TOKENS,
        "depth": 3,
    }
    assert "/srv" not in response.text


class HeldInThread(OverlapReranker):
    """Its thread waits until the test lets it go on, as a real model waits for the processor."""

    def __init__(self) -> None:
        super().__init__()
        self.entered = threading.Event()
        self.let_go = threading.Event()

    def _hold(self) -> None:
        self.entered.set()
        if not self.let_go.wait(PATIENCE_S):
            raise TimeoutError("the test did not let go")

    async def score(self, question: str, texts: Sequence[str]) -> list[float]:
        await anyio.to_thread.run_sync(self._hold)
        return await super().score(question, texts)


def test_health_and_searches_by_words_are_answered_while_it_is_held(archive: Archive) -> None:
    archive.reranker = held = HeldInThread()
    with served(archive) as client, ThreadPoolExecutor(1) as pool:
        slow = pool.submit(client.post, "/v1/search", json={"query": "معاهدة"})
        assert held.entered.wait(PATIENCE_S)
        try:
            alive = client.get("/health").status_code
            words = search(client, query="معاهدة", mode="lexical")
            waiting = not slow.done()
        finally:
            held.let_go.set()
        assert (alive, waiting) == (200, True)
        assert slow.result(PATIENCE_S).status_code == 200
    assert words["results"]


def test_a_full_line_before_it_is_503_and_says_when_to_come_again(
    archive: Archive, caplog: pytest.LogCaptureFixture
) -> None:
    archive.reranker = Raises(RerankerBusy("64 calls wait for the reranker, at most 64 may"))
    archive.reranker.identity = OverlapReranker().identity
    with served(archive) as client:
        response = client.post("/v1/search", json={"query": "معاهدة"})

    assert response.status_code == 503
    assert response.json()["type"] == "urn:sanad:problem:reranker-busy"
    assert int(response.headers["retry-after"]) > 0
    assert "Traceback" not in caplog.text
