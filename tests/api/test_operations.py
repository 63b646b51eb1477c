"""/v1/index, /health and /ready tell the truth about the server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import anyio
import anyio.lowlevel
import pytest
from starlette.testclient import TestClient

import api.readiness
from api.app import create_app
from api.readiness import SharedCheck
from api.services import Services
from core.backends.serving_embedder import open_serving_embedder
from core.errors import (
    EmbedderUnavailable,
    IndexIdentityMismatch,
    StoreRejected,
    StoreUnavailable,
)
from tests.api.archive import URL, Archive, served
from tests.api.doubles import IDENTITY, HashedWords, Raises
from tests.api.news import ARTICLES


def test_the_index_names_its_parts_and_counts_its_languages(client: TestClient) -> None:
    given = client.get("/v1/index").json()
    assert given["identity"] == IDENTITY.as_dict()
    assert given["articles"] == len(ARTICLES)
    assert given["passages"] == 7
    assert list(given["languages"].items()) == [("ar", 3), ("en", 2), ("fa", 1), ("zh", 1)]
    assert given["embedder"] is None
    assert given["reranker"] is None


def test_the_index_tells_the_load_of_its_model(archive: Archive) -> None:
    @asynccontextmanager
    async def open_counting() -> AsyncIterator[Services]:
        async with (
            open_serving_embedder(HashedWords()) as archive.embedder,
            archive.open_services() as services,
        ):
            yield replace(services, embedder_figures=archive.embedder.figures)

    app = create_app(open_counting, settings=archive.settings)
    with TestClient(app, base_url=URL) as client:
        for query in ("معاهدة", "长江大桥", "معاهدة"):
            client.post("/v1/search", json={"query": query})
        given = client.get("/v1/index").json()["embedder"]
    assert given.pop("cached_bytes") > 0
    assert given == {
        "hits": 1,
        "misses": 2,
        "cached": 2,
        "waiting": 0,
        "batches": 2,
        "batch_texts": 2,
        "rejected_busy": 0,
    }


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_health_answers_without_asking_the_parts(archive: Archive, method: str) -> None:
    archive.articles = Raises(StoreUnavailable("gone"))
    archive.check_error = StoreUnavailable("gone")
    with served(archive) as client:
        response = client.request(method, "/health")
    assert response.status_code == 200
    assert response.text == ('{"status":"ok"}' if method == "GET" else "")


def test_ready_says_so_when_every_part_answers(client: TestClient) -> None:
    assert (client.get("/ready").status_code, client.get("/ready").json()) == (
        200,
        {"status": "ready"},
    )


@pytest.mark.parametrize(
    ("error", "detail"),
    [
        (StoreUnavailable("http://10.0.0.3:6333 refused"), "The index does not answer now"),
        (EmbedderUnavailable("cuda"), "The model does not answer now"),
        (StoreRejected("Wrong input: Not existing vector name"), "The index refused the request"),
        (IndexIdentityMismatch("built by A, configured is B: run `sanad reindex`"), "built by A"),
    ],
)
def test_ready_is_503_for_any_fault_of_any_part(
    archive: Archive, error: Exception, detail: str
) -> None:
    archive.check_error = error
    with served(archive) as client:
        response = client.get("/ready")
        alive = client.get("/health")
    assert response.status_code == 503
    assert response.json()["type"] == "urn:sanad:problem:not-ready"
    assert detail in response.json()["detail"]
    assert "10.0.0.3" not in response.text
    assert int(response.headers["retry-after"]) > 0
    assert alive.status_code == 200


def test_a_part_that_never_answers_is_not_ready(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api.readiness, "READY_TIMEOUT_S", 0.05)
    archive.check = anyio.sleep_forever
    with served(archive) as client:
        response = client.get("/ready")
    assert response.status_code == 503
    assert "has not answered" in response.json()["detail"]


class Counted:
    """A check that is counted, and fails with what it is told."""

    def __init__(self) -> None:
        self.times = 0
        self.fault: Exception | None = None

    async def __call__(self) -> None:
        self.times += 1
        await anyio.lowlevel.checkpoint()
        if self.fault is not None:
            raise self.fault


@pytest.mark.anyio
async def test_parts_are_checked_once_a_second_however_many_ask() -> None:
    check, seconds = Counted(), [0.0]
    shared = SharedCheck(check, clock=lambda: seconds[0])
    async with anyio.create_task_group() as tasks:
        for _ in range(10):
            tasks.start_soon(shared)
    assert check.times == 1
    check.fault = StoreUnavailable("gone")
    seconds[0] = 0.9
    await shared()
    seconds[0] = 1.0
    for _ in range(3):
        with pytest.raises(StoreUnavailable, match="gone"):
            await shared()
    assert check.times == 2
    check.fault = None
    seconds[0] = 2.0
    await shared()


def test_services_open_before_the_first_request_and_close_after_the_last(
    archive: Archive,
) -> None:
    with served(archive) as client:
        assert (archive.opened, archive.closed) == (1, 0)
        client.get("/health")
    assert (archive.opened, archive.closed) == (1, 1)
