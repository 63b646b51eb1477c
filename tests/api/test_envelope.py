"""Every response carries an id and safe headers; every request leaves one line in the log."""

import logging
import re

import pytest
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from api.envelope import RequestEnvelope
from tests.api.archive import Archive, served
from tests.api.doubles import Raises

SECRET_QUERY = "ما سر القصر 77123"


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [r.getMessage() for r in caplog.records if r.name == "api.envelope"]


@pytest.mark.parametrize("given", ["7f3c", "018f-AB_cd.e:f", "x" * 128])
def test_a_sane_request_id_is_kept(client: TestClient, given: str) -> None:
    response = client.get("/health", headers={"X-Request-ID": given})
    assert response.headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "a b", "x" * 129, "a=1 status=200", "é", "<b>"])
def test_any_other_request_id_is_replaced(client: TestClient, given: str) -> None:
    response = client.get("/health", headers={b"X-Request-ID": given.encode("utf-8")})
    assert re.fullmatch("[0-9a-f]{32}", response.headers["x-request-id"])


def test_ids_differ_between_requests(client: TestClient) -> None:
    ids = {client.get("/health").headers["x-request-id"] for _ in range(3)}
    assert len(ids) == 3


@pytest.mark.parametrize("path", ["/health", "/v1/articles/almadar-1", "/nothing", "/docs"])
def test_every_response_has_safe_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_a_request_leaves_one_line_with_its_template_and_never_its_text(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    client.get("/v1/articles/77123/passages", headers={"X-Request-ID": "r1"})
    client.post("/v1/search", json={"query": SECRET_QUERY}, headers={"X-Request-ID": "r2"})
    client.post("/v1/answers", json={"question": [SECRET_QUERY]}, headers={"X-Request-ID": "r3"})
    client.get("/nothing/77123", headers={"X-Request-ID": "r4"})
    known = "trace_id=N span_id=N caller=local"
    expected = [
        "method=GET route=/v1/articles/{article_id}/passages status=404 ms=N request_id=r1 "
        + known,
        f"method=POST route=/v1/search status=200 ms=N request_id=r2 {known} query_id=N results=6",
        f"method=POST route=/v1/answers status=422 ms=N request_id=r3 {known}",
        "method=GET route=- status=404 ms=N request_id=r4 trace_id=N span_id=N",
    ]
    varying = re.compile(
        r"(?<= ms=)[0-9.]+|(?<= trace_id=)[0-9a-f]{32}|(?<= span_id=)[0-9a-f]{16}"
        r"|(?<= query_id=)[0-9a-f-]+"
    )
    told = [varying.sub("N", line) for line in lines(caplog)]
    assert told == [f"request {line}" for line in expected]
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("api")]
    assert not any("77123" in line for line in ours)


def test_an_unexpected_error_is_logged_with_its_cause_and_the_id_that_the_caller_got(
    archive: Archive, caplog: pytest.LogCaptureFixture
) -> None:
    archive.searcher = Raises(ZeroDivisionError("the cause"))
    with served(archive) as client:
        response = client.post("/v1/search", json={"query": "x"})
    request_id = response.json()["request_id"]
    record = next(record for record in caplog.records if record.levelno == logging.ERROR)
    assert request_id in record.getMessage()
    assert record.exc_info is not None
    assert "the cause" in str(record.exc_info[1])
    assert response.headers["x-request-id"] == request_id


async def _receive() -> Message:
    return {"type": "http.disconnect"}


def _scope() -> Scope:
    return {"type": "http", "method": "GET", "path": "/", "headers": [], "state": {}}


@pytest.mark.anyio
async def test_an_error_after_the_first_byte_breaks_the_connection() -> None:
    sent: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("half way")

    async def send(message: Message) -> None:
        sent.append(message)

    with pytest.raises(RuntimeError, match="half way"):
        await RequestEnvelope(app, new_id=lambda _: "id-1")(_scope(), _receive, send)
    assert [message["type"] for message in sent] == ["http.response.start"]


@pytest.mark.anyio
async def test_a_client_that_left_is_logged_as_such(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()

    async def send(message: Message) -> None:
        raise AssertionError(message)

    await RequestEnvelope(app, new_id=lambda _: "id-1")(_scope(), _receive, send)
    assert "status=499" in lines(caplog)[0]
