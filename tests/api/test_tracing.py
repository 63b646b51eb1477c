"""Traces: a span a request with its stages below it, where the operator asked for them."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode, format_span_id, format_trace_id
from starlette.testclient import TestClient

from api.app import create_app
from api.metrics import Metrics
from api.metrics.chat import CountedChatModel
from core.backends.otel_tracer import OtelTracer
from core.chat import ChatEnd, ChatRequest, ChatUsage, FinishReason
from core.spans import entered, span
from tests.api.archive import URL, Archive
from tests.api.doubles import Raises
from tests.api.test_metrics import Replies

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = "00f067aa0ba902b7"
TRACEPARENT = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
SECRET = "77123 ما سر القصر"


class Traced:
    """A tracer whose spans are kept."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        provider = TracerProvider(shutdown_on_exit=False)
        provider.add_span_processor(SimpleSpanProcessor(self._exporter))
        self.tracer = OtelTracer(provider)

    @property
    def spans(self) -> list[ReadableSpan]:
        return list(self._exporter.get_finished_spans())

    def named(self, name: str) -> ReadableSpan:
        [found] = [each for each in self.spans if each.name == name]
        return found


@pytest.fixture
def traced() -> Traced:
    return Traced()


@pytest.fixture
def client(archive: Archive, traced: Traced) -> Iterator[TestClient]:
    with tracing(archive, traced) as client:
        yield client


@contextmanager
def tracing(archive: Archive, traced: Traced) -> Iterator[TestClient]:
    archive.tracer = traced.tracer
    app = create_app(archive.open_services, settings=archive.settings)
    with TestClient(app, base_url=URL, raise_server_exceptions=False) as client:
        yield client


def parent_of(each: ReadableSpan) -> str:
    assert each.parent is not None
    return format_span_id(each.parent.span_id)


def id_of(each: ReadableSpan) -> str:
    return format_span_id(each.context.span_id)


def test_a_request_is_a_span_below_its_callers_with_the_stages_below_it(
    client: TestClient, traced: Traced
) -> None:
    client.post("/v1/search", json={"query": SECRET}, headers=TRACEPARENT)
    request = traced.named("POST /v1/search")
    assert request.kind is SpanKind.SERVER
    assert (format_trace_id(request.context.trace_id), parent_of(request)) == (TRACE, PARENT)
    attributes: Mapping[str, object] = dict(request.attributes or {})
    assert attributes == {
        "http.request.method": "POST",
        "http.route": "/v1/search",
        "http.response.status_code": 200,
    }
    for stage in ("embed", "search"):
        assert parent_of(traced.named(stage)) == id_of(request)


@pytest.mark.parametrize("stream", [False, True])
def test_the_stages_of_an_answer_stand_below_it(
    client: TestClient, traced: Traced, stream: bool
) -> None:
    client.post("/v1/answers", json={"question": "معاهدة شراكة", "stream": stream})
    request, answer = traced.named("POST /v1/answers"), traced.named("answer")
    assert parent_of(answer) == id_of(request)
    for stage in ("embed", "search"):
        assert parent_of(traced.named(stage)) == id_of(answer)
    assert dict(answer.attributes or {}) == {
        "sanad.answer.status": "answered",
        "sanad.answer.mode": "extractive",
        "sanad.answer.citations": 1,
    }


def test_the_caller_and_the_log_are_told_the_same_span(
    client: TestClient, traced: Traced, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    response = client.get("/health", headers=TRACEPARENT)
    [request] = traced.spans
    assert response.headers["traceparent"] == f"00-{TRACE}-{id_of(request)}-01"
    assert f"trace_id={TRACE} span_id={id_of(request)}" in caplog.text


def test_without_a_caller_that_traces_a_request_begins_a_trace(
    client: TestClient, traced: Traced
) -> None:
    client.get("/health", headers={"traceparent": "00-zero-zero-01"})
    client.get("/health")
    first, second = traced.spans
    assert (first.parent, second.parent) == (None, None)
    assert first.context.trace_id != second.context.trace_id


def test_a_failed_part_marks_its_spans_and_quotes_nothing(archive: Archive, traced: Traced) -> None:
    archive.answerer = Raises(ValueError(SECRET))
    with tracing(archive, traced) as client:
        client.post("/v1/answers", json={"question": SECRET, "stream": True})
    answer = traced.named("answer")
    assert answer.status.status_code is StatusCode.ERROR
    assert dict(answer.attributes or {}) == {"error.type": "ValueError"}
    assert dict(traced.named("POST /v1/answers").attributes or {})["error.type"] == "500"
    assert "77123" not in "".join(each.to_json() for each in traced.spans)


def test_a_path_that_nothing_serves_is_not_named(client: TestClient, traced: Traced) -> None:
    client.get("/77123/secret")
    [request] = traced.spans
    assert request.name == "GET"
    assert "77123" not in request.to_json()


@pytest.mark.anyio
async def test_a_call_to_the_chat_endpoint_is_a_span_with_its_tokens(traced: Traced) -> None:
    usage = ChatUsage(prompt_tokens=30, reply_tokens=4)
    end = ChatEnd(reason=FinishReason.STOP, usage=usage)
    model = CountedChatModel(Replies(end), Metrics().chat)
    with entered(traced.tracer.begin("request", headers={})):
        async for _ in model.stream(ChatRequest(messages=(), max_tokens=1, timeout_s=1)):
            pass
    called = traced.named("llm")
    assert parent_of(called) == id_of(traced.named("request"))
    assert dict(called.attributes or {}) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "test",
        "gen_ai.usage.input_tokens": 30,
        "gen_ai.usage.output_tokens": 4,
    }


def test_where_nobody_traces_a_stage_costs_nothing_and_fails_nothing() -> None:
    with span("outer") as outer, span("inner") as inner:
        inner.set("key", 1)
        inner.rename("other")
    assert outer is inner
    assert outer.trace_id == ""
