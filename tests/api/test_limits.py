"""No request is larger than the settings allow, however its size is told."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from api.app import create_app
from api.limits import SizeLimits
from core.settings import Settings
from tests.api.archive import Archive, served

LIMIT = 10_000


@pytest.fixture
def client() -> Iterator[TestClient]:
    with served(Archive.empty(max_request_bytes=LIMIT, max_article_chars=1_000)) as client:
        yield client


def put(client: TestClient, content: bytes | Iterator[bytes]) -> tuple[int, str]:
    response = client.put(
        "/v1/articles/a", content=content, headers={"Content-Type": "application/json"}
    )
    return response.status_code, response.text


def padded(size: int) -> bytes:
    head, tail = b'{"title": "t", "body": "b"', b"}"
    return head + b" " * (size - len(head) - len(tail)) + tail


def test_a_body_as_large_as_allowed_is_taken(client: TestClient) -> None:
    assert put(client, padded(LIMIT))[0] == 201


def test_a_body_one_byte_too_large_is_refused_by_its_declared_length(client: TestClient) -> None:
    status, text = put(client, padded(LIMIT + 1))
    assert status == 413
    assert "at most 10000 bytes are allowed; the body has 10001 bytes" in text


def test_an_article_is_as_long_as_allowed_and_no_longer(client: TestClient) -> None:
    assert put(client, b'{"title": "t", "body": "' + b"b" * 1_000 + b'"}')[0] == 201
    status, text = put(client, b'{"title": "t", "body": "' + b"b" * 1_001 + b'"}')
    assert status == 422
    assert "the body has 1001 characters; at most 1000 are allowed" in text


@pytest.fixture
def app() -> FastAPI:
    # Outside of any loop, as a server makes it: files are read.
    return create_app(Archive.empty().open_services, settings=Settings(max_request_bytes=LIMIT))


@pytest.mark.anyio
@pytest.mark.parametrize(("chunks", "allowed"), [(10, True), (11, False), (10_000_000, False)])
async def test_a_streamed_body_is_read_no_further_than_the_limit(
    app: FastAPI, chunks: int, *, allowed: bool
) -> None:
    received, sent = 0, []

    async def endless() -> Message:
        nonlocal received
        received += 1
        return {"type": "http.request", "body": b"x" * 1_000, "more_body": received < chunks}

    async def send(message: Message) -> None:
        sent.append(message)

    async with Archive.empty(max_request_bytes=LIMIT).open_services() as services:
        scope: Scope = {
            "type": "http",
            "method": "POST",
            "path": "/v1/search",
            "raw_path": b"/v1/search",
            "root_path": "",
            "query_string": b"",
            "headers": [(b"content-type", b"application/json")],
            "state": {"services": services},
        }
        await app(scope, endless, send)
    assert sent[0]["status"] == (400 if allowed else 413)
    assert received == min(chunks, 11)


@pytest.mark.anyio
async def test_what_is_no_request_passes_through() -> None:
    seen = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])

    async def receive() -> Message:
        return {}

    async def send(message: Message) -> None:
        raise AssertionError(message)

    await SizeLimits(app, max_body_bytes=1)({"type": "lifespan"}, receive, send)
    assert seen == ["lifespan"]
