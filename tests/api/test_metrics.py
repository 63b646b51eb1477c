"""/metrics counts what was asked and answered, for operators only, under bounded names."""

import re
import time
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import anyio
import anyio.to_thread
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text
from starlette.testclient import TestClient

from api.metrics import Metrics
from api.metrics.chat import CountedChatModel
from api.observing import observed
from core.backends.serving_embedder import open_serving_embedder
from core.chat import ChatDelta, ChatEnd, ChatEvent, ChatRequest, ChatUsage, FinishReason
from core.errors import (
    BackendError,
    EmbedderBusy,
    GeneratorBusy,
    GeneratorRejected,
    GeneratorUnavailable,
)
from tests.api.archive import Archive, served
from tests.api.doubles import HashedWords, Raises, Says
from tests.api.news import ABSTENTION, ARTICLES

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def samples_of(text: str) -> Samples:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in read_text(text)
        for sample in family.samples
    }


def scraped(client: TestClient) -> Samples:
    response = client.get("/metrics")
    assert response.status_code == 200, response.text
    return samples_of(response.text)


async def told_by(metrics: Metrics) -> Samples:
    text, _ = await anyio.to_thread.run_sync(metrics.exposition, "")
    return samples_of(text.decode())


def value(samples: Samples, name: str, **labels: str) -> float:
    return samples.get((name, tuple(sorted(labels.items()))), 0.0)


def test_requests_are_counted_by_template_method_and_status(client: TestClient) -> None:
    client.get("/v1/articles/almadar-1")
    client.get("/v1/articles/en-5")
    client.get("/v1/articles/none-such")
    client.get("/nothing/at/all")
    counted = scraped(client)
    route = "/v1/articles/{article_id}"
    for status, count in (("200", 2), ("404", 1)):
        told = value(counted, "sanad_http_requests_total", method="GET", route=route, status=status)
        assert told == count
    seconds = value(counted, "sanad_http_request_seconds_count", method="GET", route=route)
    assert seconds == 3
    assert value(counted, "sanad_http_requests_total", method="GET", route="-", status="404") == 1
    # The scrape itself.
    assert value(counted, "sanad_http_requests_in_work") == 1


def test_no_label_holds_what_a_caller_made_up(client: TestClient) -> None:
    client.request("BREW", "/v1/77123")
    client.get("/v1/articles/77123", headers={"X-Request-ID": "77123"})
    client.post("/v1/search", json={"query": "77123", "mode": "77123"})
    client.post("/v1/answers", json={"question": "77123 harbour"})
    assert "77123" not in client.get("/metrics").text


def test_searches_and_their_stages_are_counted(client: TestClient) -> None:
    client.post("/v1/search", json={"query": "معاهدة"})
    client.post("/v1/search", json={"query": "معاهدة", "filters": {"sources": ["none"]}})
    counted = scraped(client)
    assert value(counted, "sanad_searches_total", mode="hybrid", found="some") == 1
    assert value(counted, "sanad_searches_total", mode="hybrid", found="none") == 1
    for stage in ("embed", "search"):
        assert value(counted, "sanad_stage_seconds_count", door="search", stage=stage) == 2


def test_answers_are_counted_by_status_with_quotes_and_first_sentence(client: TestClient) -> None:
    streamed = client.post("/v1/answers", json={"question": "معاهدة شراكة", "stream": True})
    assert "event: delta" in streamed.text
    client.post("/v1/answers", json={"question": "harbour strike"})
    client.post("/v1/answers", json={"question": "zzz qqq"})
    counted = scraped(client)
    told = {
        status: value(counted, "sanad_answers_total", status=status, mode="extractive")
        for status in ("answered", "partial", "abstained")
    }
    assert told == {"answered": 2, "partial": 0, "abstained": 1}
    assert value(counted, "sanad_answer_quotes_total") >= 2
    assert value(counted, "sanad_answer_seconds_count") == 3
    assert value(counted, "sanad_answer_first_sentence_seconds_count") == 1
    assert value(counted, "sanad_stage_seconds_count", door="answers", stage="embed") == 3


def test_withheld_sentences_and_stages_nobody_knows_are_counted(archive: Archive) -> None:
    strange = MappingProxyType({"embed": 1.0, "سرّ 77123": 2.0})
    archive.answerer = Says(replace(ABSTENTION, withheld=3, timing_ms=dict(strange)))
    with served(archive) as client:
        client.post("/v1/answers", json={"question": "x"})
        counted = scraped(client)
    assert value(counted, "sanad_answer_sentences_withheld_total") == 3
    assert value(counted, "sanad_stage_seconds_count", door="answers", stage="other") == 1


def test_streams_are_counted_by_how_they_ended(archive: Archive) -> None:
    with served(archive) as client:
        client.post("/v1/answers", json={"question": "معاهدة", "stream": True})
        counted = scraped(client)
    assert value(counted, "sanad_streams_total", end="done") == 1
    assert value(counted, "sanad_streams_open") == 0
    archive.answerer = Raises(EmbedderBusy("full"))
    with served(archive) as client:
        client.post("/v1/answers", json={"question": "معاهدة", "stream": True})
        counted = scraped(client)
    assert value(counted, "sanad_streams_total", end="failed") == 1
    assert value(counted, "sanad_streams_open") == 0


def test_the_index_and_the_load_of_its_model_are_told(archive: Archive) -> None:
    async def serve() -> Samples:
        async with open_serving_embedder(HashedWords()) as archive.embedder:
            await archive.embedder.embed_queries(["معاهدة"])
            await archive.embedder.embed_queries(["معاهدة"])
            metrics = Metrics()
            async with archive.open_services() as services:
                opened = replace(
                    services, embedder_figures=archive.embedder.figures, metrics=metrics
                )
                async with observed(opened):
                    await anyio.wait_all_tasks_blocked()
                    return await told_by(metrics)

    counted = anyio.run(serve)
    assert value(counted, "sanad_index_articles") == len(ARTICLES)
    assert value(counted, "sanad_index_passages") == 7
    assert value(counted, "sanad_embedder_questions_total", cache="miss") == 1
    assert value(counted, "sanad_embedder_questions_total", cache="hit") == 1
    assert value(counted, "sanad_embedder_pass_texts_count") == 1
    assert value(counted, "sanad_embedder_pass_texts_sum") == 1


class Replies:
    """A chat model that says one thing and ends, or fails."""

    name = "test"

    def __init__(self, end: ChatEnd | Exception) -> None:
        self._end = end

    async def stream(self, _: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        yield ChatDelta(text="…")
        if isinstance(self._end, Exception):
            raise self._end
        yield self._end


REQUEST = ChatRequest(messages=(), max_tokens=1, timeout_s=1)


@pytest.mark.parametrize(
    ("end", "outcome"),
    [
        (ChatEnd(reason=FinishReason.STOP), "done"),
        (ChatEnd(reason=FinishReason.LENGTH), "cut"),
        (GeneratorBusy("full"), "busy"),
        (GeneratorUnavailable("dead"), "unavailable"),
        (GeneratorRejected("no key"), "rejected"),
    ],
)
@pytest.mark.anyio
async def test_calls_to_the_chat_endpoint_are_counted_by_outcome(
    end: ChatEnd | Exception, outcome: str
) -> None:
    metrics = Metrics()
    model = CountedChatModel(Replies(end), metrics.chat)
    told = []
    with suppress(BackendError):
        async for event in model.stream(REQUEST):
            told.append(type(event))
    assert told[0] is ChatDelta
    assert (told[-1] is ChatEnd) is isinstance(end, ChatEnd)
    counted = await told_by(metrics)
    assert value(counted, "sanad_chat_calls_total", outcome=outcome) == 1


@pytest.mark.anyio
async def test_tokens_and_abandoned_replies_are_counted() -> None:
    metrics = Metrics()
    usage = ChatUsage(prompt_tokens=30, reply_tokens=4)
    whole = CountedChatModel(Replies(ChatEnd(reason=FinishReason.STOP, usage=usage)), metrics.chat)
    async for _ in whole.stream(REQUEST):
        pass
    left = whole.stream(REQUEST)
    await anext(left)
    await left.aclose()
    counted = await told_by(metrics)
    assert value(counted, "sanad_chat_tokens_total", kind="prompt") == 30
    assert value(counted, "sanad_chat_tokens_total", kind="reply") == 4
    assert value(counted, "sanad_chat_calls_total", outcome="abandoned") == 1


def test_both_formats_are_served_as_accept_asks(client: TestClient) -> None:
    plain = client.get("/metrics")
    assert plain.headers["content-type"].startswith("text/plain; version=")
    asked = {"Accept": "application/openmetrics-text; version=1.0.0"}
    modern = client.get("/metrics", headers=asked)
    assert modern.headers["content-type"].startswith("application/openmetrics-text")
    names = {family.name for family in read_openmetrics(modern.text)}
    assert {"sanad_http_requests", "sanad_index_articles", "process_cpu_seconds"} <= names


def test_two_applications_in_one_process_keep_their_numbers_apart(
    archive: Archive, tmp_path: Path
) -> None:
    with served(archive) as one, served(Archive.empty(data_dir=tmp_path)) as other:
        one.get("/health")
        labels = {"method": "GET", "route": "/health", "status": "200"}
        assert value(scraped(one), "sanad_http_requests_total", **labels) == 1
        assert value(scraped(other), "sanad_http_requests_total", **labels) == 0


def test_who_asks_from_elsewhere_without_a_key_is_refused(client: TestClient) -> None:
    response = client.get("/metrics", headers={"Host": "archive.example"})
    assert response.status_code == 403
    assert "sanad_" not in response.text


def test_a_scrape_takes_less_than_five_milliseconds_of_a_processor() -> None:
    metrics = Metrics()
    for route in range(15):
        for status in (200, 404, 422):
            metrics.requests.ended(method="POST", route=f"/v1/{route}", status=status, seconds=0.01)
    took_ms = []
    for _ in range(20):
        started = time.thread_time()
        text, _media_type = metrics.exposition("")
        took_ms.append((time.thread_time() - started) * 1e3)
    assert len(re.findall(rb"^sanad_", text, re.MULTILINE)) > 300
    assert min(took_ms) < 5
