"""A request with a key is carried out once, however often it is sent."""

import threading
from typing import Any

import anyio
import pytest
from starlette.testclient import TestClient

from api.idempotency import Done, RememberedRequests
from api.problems import Problem
from core.errors import EmbedderUnavailable
from core.ports import Precondition, Verdict
from core.types import Article
from tests.api.archive import Archive, served
from tests.api.doubles import HashedWords, ParagraphWriter
from tests.api.test_articles import body, path
from tests.api.test_leaving import PATIENCE_S, listening
from tests.api.test_leaving import client as connected

KEY = {"Idempotency-Key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"'}


def test_a_put_sent_twice_says_the_same_and_does_not_undo_what_came_between(
    client: TestClient,
) -> None:
    first = client.put(path("أ"), json=body(), headers=KEY)
    client.put(path("أ"), json=body(title="أحدث"))
    again = client.put(path("أ"), json=body(), headers=KEY)
    assert (again.status_code, again.text) == (first.status_code, first.text) == (201, first.text)
    assert client.get(path("أ")).json()["title"] == "أحدث"


def test_a_delete_sent_twice_is_done_both_times(client: TestClient) -> None:
    client.put(path("a"), json=body())
    statuses = [client.delete(path("a"), headers=KEY).status_code for _ in range(2)]
    assert statuses == [204, 204]
    assert client.delete(path("a")).status_code == 404


@pytest.mark.parametrize(
    "other",
    [
        {"url": path("a"), "json": body(title="other")},
        {"url": path("b"), "json": body()},
        {"url": path("a"), "json": body(), "headers": KEY | {"If-None-Match": '"x"'}},
    ],
)
def test_a_key_is_good_for_one_request_alone(client: TestClient, other: dict[str, Any]) -> None:
    client.put(path("a"), json=body(), headers=KEY)
    response = client.put(**({"headers": KEY} | other))
    assert response.status_code == 422
    assert response.json()["type"] == "urn:sanad:problem:idempotency-mismatch"
    assert client.get(path("b")).status_code == 404


@pytest.mark.parametrize("key", ["", "x" * 256, "مفتاح".encode(), '"', 'a"b', "a b", "a\tb"])
def test_what_is_no_key_is_refused(client: TestClient, key: str | bytes) -> None:
    response = client.put(path("a"), json=body(), headers={"Idempotency-Key": key})  # type: ignore[dict-item]  # bytes are sent as they are
    assert response.status_code == 400
    assert response.json()["type"] == "urn:sanad:problem:malformed-idempotency-key"
    assert client.get(path("a")).status_code == 404


class Failing(ParagraphWriter):
    """Fails at its first write."""

    fails = True

    async def put(self, article: Article, *, precondition: Precondition | None = None) -> Verdict:
        if self.fails:
            self.fails = False
            raise EmbedderUnavailable("gone")
        return await super().put(article, precondition=precondition)


def test_a_request_that_failed_may_be_tried_again_with_its_key(archive: Archive) -> None:
    archive.writer = Failing(archive.store, HashedWords())
    with served(archive) as client:
        assert client.put(path("a"), json=body(), headers=KEY).status_code == 503
        assert client.put(path("a"), json=body(), headers=KEY).status_code == 201
        again = client.put(path("a"), json=body(), headers=KEY)
    assert again.headers["idempotency-replayed"] == "true"


class Slow(ParagraphWriter):
    """Holds every write until it is let go."""

    def __init__(self, archive: Archive) -> None:
        super().__init__(archive.store, HashedWords())
        self.entered = threading.Event()
        self.let_go = threading.Event()

    async def put(self, article: Article, *, precondition: Precondition | None = None) -> Verdict:
        self.entered.set()
        while not self.let_go.is_set():  # noqa: ASYNC110 - set by another thread
            await anyio.sleep(0.01)
        return await super().put(article, precondition=precondition)


def test_a_request_that_is_being_worked_on_is_not_begun_again(archive: Archive) -> None:
    archive.writer = writer = Slow(archive)
    statuses = []
    with listening(archive) as url, connected(url) as one, connected(url) as other:

        def put() -> None:
            statuses.append(one.put(path("a"), json=body(), headers=KEY).status_code)

        first = threading.Thread(target=put)
        first.start()
        assert writer.entered.wait(PATIENCE_S)
        second = other.put(path("a"), json=body(), headers=KEY)
        writer.let_go.set()
        first.join(PATIENCE_S)
        third = other.put(path("a"), json=body(), headers=KEY)
    assert (second.status_code, second.headers["retry-after"]) == (409, "5")
    assert second.json()["type"] == "urn:sanad:problem:idempotency-running"
    assert statuses == [201]
    assert (third.status_code, third.headers["idempotency-replayed"]) == (201, "true")


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


async def done() -> Done:
    return Done(status=204, body=None)


async def never() -> Done:
    raise AssertionError("it must not be done again")


@pytest.mark.anyio
async def test_what_was_done_is_forgotten_after_its_time() -> None:
    clock = Clock()
    remembered = RememberedRequests(kept_s=100, clock=clock)
    await remembered.once("k", b"r", done)
    clock.now = 100
    await remembered.once("k", b"r", never)
    clock.now = 101
    with pytest.raises(AssertionError):
        await remembered.once("k", b"r", never)
    await remembered.once("k", b"another", done)


@pytest.mark.anyio
async def test_no_more_is_remembered_than_there_is_room_for() -> None:
    remembered = RememberedRequests(max_kept=3)
    with remembered.running("long", b"r"):
        for number in range(10):
            await remembered.once(f"k{number}", b"r", done)
        for number in (7, 8):
            await remembered.once(f"k{number}", b"r", never)
        assert len(remembered._kept) <= 3
    with remembered.running("long", b"another"):
        pass


@pytest.mark.anyio
async def test_work_that_is_cancelled_may_be_done_again() -> None:
    remembered = RememberedRequests()

    async def slow() -> Done:
        await anyio.sleep(60)
        return await done()

    with anyio.move_on_after(0.01):
        await remembered.once("k", b"r", slow)
    assert (await remembered.once("k", b"r", done)).status_code == 204


@pytest.mark.anyio
async def test_one_key_cannot_be_run_twice_at_a_time() -> None:
    remembered = RememberedRequests()
    with remembered.running("k", b"r"), pytest.raises(Problem, match="being worked on"):
        await remembered.once("k", b"r", never)
