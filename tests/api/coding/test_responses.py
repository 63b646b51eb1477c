"""Responses are coded for those who take it, and mean the same."""

import gzip
import json
from collections.abc import Callable

import pytest
import zstandard
from starlette.testclient import TestClient

from tests.api.event_streams import events_of
from tests.api.test_articles import body, path

BODY = "سطر من المقال ٢٠٢٤ 🌍 长江大桥.\n" * 3_000

DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "zstd": lambda coded: zstandard.ZstdDecompressor().decompressobj().decompress(coded),
}


@pytest.fixture
def long_article(client: TestClient) -> str:
    assert client.put(path("long"), json=body(body=BODY)).status_code == 201
    return path("long")


def raw(
    client: TestClient, url: str, accepted: str, **headers: str
) -> tuple[bytes, dict[str, str]]:
    """The body as it was sent, and the headers."""
    headers = {"Accept-Encoding": accepted} | headers
    with client.stream("GET", url, headers=headers) as response:
        return b"".join(response.iter_raw()), dict(response.headers)


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("gzip", "gzip"),
        ("zstd", "zstd"),
        ("GZIP", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("zstd;q=0.5, gzip;q=0.9", "gzip"),
        ("zstd;q=0, gzip", "gzip"),
        ("*", "zstd"),
        ("zstd;q=0, *", "gzip"),
        ("identity, gzip;q=0.5", None),
        ("br", None),
        ("gzip;q=0", None),
        ("*;q=0", None),
        ("", None),
    ],
)
def test_the_coding_is_the_one_that_is_wanted_most(
    client: TestClient, long_article: str, accepted: str, expected: str | None
) -> None:
    sent, headers = raw(client, long_article, accepted)
    assert headers.get("content-encoding") == expected
    assert "Accept-Encoding" in headers["vary"].split(", ")
    assert int(headers["content-length"]) == len(sent)
    plain = sent if expected is None else DECODERS[expected](sent)
    assert json.loads(plain)["body"] == BODY
    if expected is not None:
        assert len(sent) < len(plain) / 20


def test_what_is_small_is_sent_as_it_is(client: TestClient) -> None:
    sent, headers = raw(client, "/health", "gzip")
    assert (sent, headers.get("content-encoding")) == (b'{"status":"ok"}', None)


@pytest.mark.parametrize("coding", sorted(DECODERS))
def test_a_tag_of_a_coded_form_is_its_own_and_good_for_a_write(
    client: TestClient, long_article: str, coding: str
) -> None:
    _, plain = raw(client, long_article, "identity")
    _, coded = raw(client, long_article, coding)
    assert coded["etag"] == f'{plain["etag"][:-1]}-{coding}"'
    for tag in (plain["etag"], coded["etag"]):
        headers = {"If-None-Match": tag, "Accept-Encoding": coding}
        assert client.get(long_article, headers=headers).status_code == 304
    changed = body(title="جديد", body=BODY)
    written = client.put(long_article, json=changed, headers={"If-Match": coded["etag"]})
    assert written.status_code == 200


def test_an_answer_that_comes_as_it_is_made_is_not_coded(client: TestClient) -> None:
    asked = {"question": "معاهدة شراكة استراتيجية؟", "stream": True}
    headers = {"Accept-Encoding": "gzip, zstd"}
    with client.stream("POST", "/v1/answers", json=asked, headers=headers) as response:
        assert "content-encoding" not in response.headers
        text = b"".join(response.iter_raw()).decode()
    assert events_of(text)[-1].name == "answer"
