"""Coded bodies of requests are taken as plain ones are, within the same bounds."""

import gzip
import json

import pytest
import zstandard
from starlette.testclient import TestClient

from tests.api.archive import Archive, served
from tests.api.batch.uploads import NDJSON, PATH, article, lines, told
from tests.api.coding.test_decoders import CODINGS, ENCODERS

JSON = {"Content-Type": "application/json"}
SEARCH = json.dumps({"query": "معاهدة 🌍"}, ensure_ascii=False).encode()


def search(client: TestClient, content: bytes, coding: str) -> tuple[int, str]:
    headers = JSON | {"Content-Encoding": coding}
    response = client.post("/v1/search", content=content, headers=headers)
    return response.status_code, response.text


@pytest.mark.parametrize("coding", CODINGS)
def test_a_coded_body_is_understood(client: TestClient, coding: str) -> None:
    status, text = search(client, ENCODERS[coding](SEARCH), coding.upper())
    assert status == 200
    assert json.loads(text)["results"]


@pytest.mark.parametrize("coding", CODINGS)
def test_a_body_that_expands_beyond_the_bound_is_refused(coding: str) -> None:
    with served(Archive.empty(max_request_bytes=100_000)) as client:
        bomb = ENCODERS[coding](b'{"query": "' + b" " * 50_000_000 + b'x"}')
        assert len(bomb) < 100_000
        status, text = search(client, bomb, coding)
        fits = ENCODERS[coding](SEARCH + b" " * (100_000 - len(SEARCH)))
        assert search(client, fits, coding)[0] == 200
    assert status == 413
    assert "has more when decoded" in text


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize(
    ("method", "path", "size"), [("PUT", PATH, 200_000), ("POST", "/v1/visitors", 50_000)]
)
def test_a_coded_body_has_the_bound_of_a_plain_one_at(
    method: str, path: str, size: int, coding: str
) -> None:
    """PUT writes the article whose id is "batch": one article, not any number of them."""
    bomb = ENCODERS[coding](b'{"site": "' + b" " * size + b'x"}')
    headers = JSON | {"Content-Encoding": coding}
    with served(Archive.empty(max_request_bytes=100_000)) as client:
        assert client.request(method, path, content=bomb, headers=headers).status_code == 413


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("content", [SEARCH, b"\x1f\x8b", ENCODERS["gzip"](SEARCH)[:-3], b""])
def test_what_is_not_coded_as_it_says_is_refused(
    client: TestClient, coding: str, content: bytes
) -> None:
    status, text = search(client, content, coding)
    if content:
        assert (status, json.loads(text)["type"]) == (400, "urn:sanad:problem:malformed-coding")
    else:
        assert status == 422


@pytest.mark.parametrize("coding", ["br", "gzip, zstd"])
def test_an_unknown_coding_is_refused(client: TestClient, coding: str) -> None:
    response = client.post(
        "/v1/search", content=SEARCH, headers=JSON | {"Content-Encoding": coding}
    )
    assert response.status_code == 415
    assert response.json()["type"] == "urn:sanad:problem:unsupported-coding"
    assert response.headers["accept-encoding"] == "gzip, zstd"


@pytest.mark.parametrize("coding", CODINGS)
def test_a_batch_may_be_coded_and_larger_than_any_other_request(coding: str) -> None:
    plain = lines(*(article(n, body="ب" * 1_000) for n in range(200)))
    with served(Archive.empty(max_request_bytes=10_000)) as client:
        headers = NDJSON | {"Content-Encoding": coding}
        response = client.post(PATH, content=ENCODERS[coding](plain), headers=headers)
    verdicts, summary = told(response.text)
    assert (len(verdicts), summary["indexed"], summary["complete"]) == (200, 200, True)


def test_a_batch_that_is_one_endless_line_is_one_rejected_line() -> None:
    bomb = zstandard.ZstdCompressor().compress(bytes(200_000_000))
    with served(Archive.empty(max_request_bytes=10_000)) as client:
        headers = NDJSON | {"Content-Encoding": "zstd"}
        response = client.post(PATH, content=bomb, headers=headers)
    [verdict], summary = told(response.text)
    assert verdict["problem"]["type"] == "urn:sanad:problem:line-too-long"
    assert summary["complete"] is True


def test_a_batch_that_ends_too_early_tells_what_was_indexed(client: TestClient) -> None:
    coded = gzip.compress(lines(*(article(n) for n in range(100))))
    headers = NDJSON | {"Content-Encoding": "gzip"}
    response = client.post(PATH, content=coded[:-10], headers=headers)
    verdicts, summary = told(response.text)
    assert summary["complete"] is False
    assert summary["problem"]["type"] == "urn:sanad:problem:malformed-coding"
    assert summary["indexed"] == len(verdicts)
