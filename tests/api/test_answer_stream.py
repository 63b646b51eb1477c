"""POST /v1/answers as server-sent events: what is sent, in which order, and what it says."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

import anyio
import pytest
from starlette.testclient import TestClient

from api.event_stream import HEARTBEAT, StreamTiming
from core.errors import EmbedderBusy, StoreUnavailable
from core.types import Answer
from retrieval.answering.events import AnswerEvent, PassagesFound, last_answer
from retrieval.query import Question
from tests.api.archive import Archive, served
from tests.api.doubles import Raises, Says
from tests.api.event_streams import Event, events_of
from tests.api.news import ABSTENTION, ARABIC

QUESTION = "معاهدة شراكة استراتيجية؟"
STRIKE = "The harbour strike of the dockers ended on Monday"


@dataclass
class FailsLater:
    """An answerer that finds its passages and then fails."""

    error: Exception

    async def answer(self, question: Question) -> Answer:
        return await last_answer(self.stream(question))

    async def stream(self, _: Question) -> AsyncGenerator[AnswerEvent]:
        yield PassagesFound(hits=())
        raise self.error


@dataclass
class FailsSlowly(FailsLater):
    """An answerer that takes its time and then fails before it has found anything."""

    async def stream(self, _: Question) -> AsyncGenerator[AnswerEvent]:
        await anyio.sleep(0.2)
        raise self.error
        yield


def ask(client: TestClient, question: str, **body: object) -> list[Event]:
    response = client.post("/v1/answers", json={"question": question, "stream": True} | body)
    assert response.status_code == 200, response.text
    return events_of(response.text)


def whole(client: TestClient, question: str) -> dict[str, Any]:
    given: dict[str, Any] = client.post("/v1/answers", json={"question": question}).json()
    return given


def untimed(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key not in {"id", "timing_ms"}}


@pytest.mark.parametrize("question", [QUESTION, STRIKE, "长江大桥", "بارش برف در البرز 🌍"])
def test_passages_come_first_and_citations_before_their_sentences(
    client: TestClient, question: str
) -> None:
    events = ask(client, question)
    names = [event.name for event in events]
    assert (names[0], names[-1]) == ("passages", "answer")
    known: set[int] = set()
    for event in events:
        if event.name == "citation":
            known.add(event.data["number"])
        if event.name == "delta":
            assert known.issuperset(event.data["sentence"]["citations"])
    assert [event.id for event in events] == [str(n) for n in range(1, len(events) + 1)]


@pytest.mark.parametrize("question", [QUESTION, STRIKE, "Who won in 1890?"])
def test_the_last_event_is_the_answer_that_json_gives(client: TestClient, question: str) -> None:
    assert untimed(ask(client, question)[-1].data) == untimed(whole(client, question))


def test_the_deltas_add_up_to_the_text_and_their_sentences_point_into_it(
    client: TestClient,
) -> None:
    *events, last = ask(client, STRIKE)
    deltas = [event.data for event in events if event.name == "delta"]
    assert "".join(delta["text"] for delta in deltas) == last.data["text"]
    assert [delta["sentence"] for delta in deltas] == last.data["sentences"]
    citations = [event.data for event in events if event.name == "citation"]
    assert citations == last.data["citations"]


def test_passages_have_the_shape_of_search_results(client: TestClient) -> None:
    found = client.post("/v1/search", json={"query": QUESTION, "limit": 3}).json()["results"]
    assert ask(client, QUESTION)[0].data == {"results": found}


def test_an_abstention_is_streamed_too(archive: Archive) -> None:
    archive.answerer = Says(ABSTENTION)
    with served(archive) as client:
        passages, answer = ask(client, "من فاز بكأس العالم 1890؟")
    assert passages.data == {"results": []}
    assert answer.data["status"] == "abstained"
    assert [header["id"] for header in answer.data["nearest"]] == [ARABIC.id]


@pytest.mark.parametrize(
    "accept", ["text/event-stream", "text/event-stream, */*;q=0.1", "TEXT/event-stream;q=1"]
)
def test_a_caller_who_would_rather_read_events_gets_them(client: TestClient, accept: str) -> None:
    response = client.post("/v1/answers", json={"question": STRIKE}, headers={"Accept": accept})
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert events_of(response.text)[-1].name == "answer"


def test_nothing_between_holds_events_back_or_keeps_them(client: TestClient) -> None:
    response = client.post("/v1/answers", json={"question": STRIKE, "stream": True})
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-accel-buffering"] == "no"
    assert "content-length" not in response.headers


def test_a_fault_before_the_first_event_is_an_ordinary_problem(archive: Archive) -> None:
    archive.answerer = Raises(EmbedderBusy("1024 questions wait"))
    with served(archive) as client:
        response = client.post("/v1/answers", json={"question": STRIKE, "stream": True})
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["type"] == "urn:sanad:problem:busy"


def test_an_unexpected_fault_before_the_first_event_is_an_ordinary_problem(
    archive: Archive,
) -> None:
    archive.answerer = Raises(ZeroDivisionError("a fault of ours"))
    with served(archive) as client:
        response = client.post("/v1/answers", json={"question": STRIKE, "stream": True})
    assert response.status_code == 500
    assert response.json()["type"] == "urn:sanad:problem:unexpected"


def test_a_fault_after_a_heartbeat_is_an_event_too(archive: Archive) -> None:
    archive.stream_timing = StreamTiming(heartbeat_s=0.05)
    archive.answerer = FailsSlowly(StoreUnavailable("10.0.0.7 refused"))
    with served(archive) as client:
        response = client.post("/v1/answers", json={"question": STRIKE, "stream": True})
    assert response.status_code == 200
    assert response.content.startswith(HEARTBEAT)
    [failed] = events_of(response.text)
    assert (failed.name, failed.data["status"]) == ("error", 503)


@pytest.mark.parametrize(
    ("error", "slug", "status"),
    [
        (StoreUnavailable("10.0.0.7 refused"), "store-unavailable", 503),
        (ZeroDivisionError("a fault of ours"), "unexpected", 500),
    ],
)
def test_a_fault_after_the_first_event_is_the_last_event(
    archive: Archive,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    slug: str,
    status: int,
) -> None:
    archive.answerer = FailsLater(error)
    with served(archive) as client:
        response = client.post(
            "/v1/answers",
            json={"question": STRIKE, "stream": True},
            headers={"X-Request-ID": "asked-1"},
        )
    assert response.status_code == 200
    passages, failed = events_of(response.text)
    assert (passages.name, failed.name, failed.id) == ("passages", "error", "2")
    assert failed.data["type"] == f"urn:sanad:problem:{slug}"
    assert (failed.data["status"], failed.data["request_id"]) == (status, "asked-1")
    assert str(error) not in response.text
    assert str(error) in caplog.text
