"""A line that cannot be indexed gives a reason with file and line, and the run goes on.

Each lies between two good articles, so that a test also shows that nothing else is lost.
"""

import json
from pathlib import Path

import pytest

from indexing.sources import Rejection, SourceArticle, read_sources
from tests.indexing.bad_input import GOOD, SETTINGS, record


def without(key: str) -> bytes:
    return json.dumps({name: value for name, value in GOOD.items() if name != key}).encode()


def line_of_1256() -> bytes:
    return b'{"id": "bad", "body": "' + "مقال قديم".encode("windows-1256") + b'"}'


BAD_LINES: dict[str, tuple[bytes, str]] = {
    "broken JSON": (b'{"id": "bad", "body": }', "broken JSON at column 23"),
    "cut off JSON": (b'{"id": "bad", "body": "abc', "broken JSON at column 23"),
    "single quotes": (b"{'id': 'bad'}", "broken JSON at column 2"),
    "two values": (b'{"id": "bad"} {"id": "bad"}', "more than one value"),
    "list": (b"[1, 2]", "is a list; an article is a JSON object"),
    "text": ('"مقال"'.encode(), "is 'مقال'; an article is a JSON object"),
    "number": (b"42", "is the number 42"),
    "null": (b"null", "is null; an article is a JSON object"),
    "nested too deeply": (b"[" * 9_000, "nested too deeply"),
    "repeated key": (b'{"id": "bad", "body": "a", "body": "b"}', "key 'body' occurs twice"),
    "NaN": (b'{"id": "bad", "body": "a", "x": NaN}', "NaN is not JSON"),
    "endless number": (b'{"id": ' + b"9" * 5_000 + b"}", "a number of 5000 digits"),
    "windows-1256": (line_of_1256(), "byte 0xe3 at offset 23 is not UTF-8: convert the file"),
    "latin-1": (b'{"id": "bad", "body": "caf\xe9"}', "byte 0xe9 at offset 26 is not UTF-8"),
    "too long a line": (record(body="a" * 20_000), "longer than 10,000 bytes"),
    "id missing": (without("id"), "id is missing"),
    "id empty": (record(id=""), "id has 0 characters"),
    "id too long": (record(id="م" * 201), "id has 201 characters; 1 to 200"),
    "id with line end": (record(id="a\nb"), "control character"),
    "id with blank end": (record(id="a "), "begins or ends with white space"),
    "id of lone surrogate": (rb'{"id": "\ud83d", "body": "abc"}', "control character or a lone"),
    "id is a list": (record(id=["a"]), "id is a list; it must be a text"),
    "id is true": (record(id=True), "id is true; it must be a text"),
    "body missing": (without("body").replace("سليم-1".encode(), b"bad"), "body is missing"),
    "body null": (record(body=None), "body is null; it must be a text"),
    "body a number": (record(body=7), "body is the number 7; it must be a text"),
    "body a list": (record(body=["a", "b"]), "body is a list; it must be a text"),
    "body empty": (record(body=""), "body has no visible text"),
    "body blank": (record(body=" \n\t\u3000"), "body has no visible text"),
    "body invisible": (record(body="\u200f\u200b\ufeff"), "body has no visible text"),
    "body too long": (record(body="ab " * 700), "body has 2,100 characters; at most 2,000"),
    "NUL in body": (record(body="a\x00b"), "body holds NUL at character 1"),
    "lone surrogate": (rb'{"id": "bad", "body": "ab\ud800"}', r"lone surrogate \ud800 at charac"),
    "lone low surrogate": (rb'{"id": "bad", "body": "\udc00"}', r"lone surrogate \udc00"),
    "title a list": (record(title=["a"]), "title is a list; it must be a text"),
    "title too long": (record(title="t" * 1_001), "title has 1,001 characters; at most 1,000"),
    "NUL in title": (record(title="\x00"), "title holds NUL"),
    "language by name": (record(language="Arabic please"), "is not a language tag"),
    "language a number": (record(language=1), "language is the number 1"),
    "yesterday": (record(published_at="yesterday"), "'yesterday' is not an ISO 8601 date"),
    "day that never was": (record(date="2023-02-29"), "'2023-02-29' is not an ISO 8601 date"),
    "hour that never was": (record(updated_at="2024-01-01T25:00"), "is not an ISO 8601 date"),
    "local date format": (record(date="19/06/2024"), "is not an ISO 8601 date"),
    "year long ago": (record(date="0001-01-01"), "year 1 is outside 1600 to 2200"),
    "year far ahead": (record(date="2201-01-01"), "year 2201 is outside"),
    "date as a number": (record(date=1718784000), "published_at is the number 1718784000"),
    "script address": (record(url="javascript:alert(1)"), "is not an http or https address"),
    "file address": (record(url="file:///etc/passwd"), "is not an http or https address"),
    "address without host": (record(url="https:///a"), "is not an http or https address"),
    "address a list": (record(url=["https://a.example"]), "url is a list; it must be a text"),
    "address with NUL": (record(url="https://a.example/\x00"), "is not an http or https address"),
    "broken address": (record(url="http://[::1"), "is not an http or https address"),
    "address too long": (record(url="https://a.example/" + "a" * 2_000), "url has 2,018 charact"),
    "tags a text": (record(tags="سياسة"), "tags is 'سياسة'; it must be a list"),
    "tags of numbers": (record(tags=[1]), "tags holds the number 1; only texts"),
    "too many tags": (record(tags=[f"t{n}" for n in range(101)]), "tags has 101 items"),
    "tag too long": (record(tags=["t" * 201]), "tags[0] has 201 characters; at most 200"),
    "authors an object": (record(authors={"name": "x"}), "authors is an object"),
    "unknown status": (record(status="live"), "status is 'live'; it must be 'usable', 'withheld'"),
    "correction a text": (record(corrections=["x"]), "corrections[0] is 'x'; it must be an object"),
    "correction undated": (record(corrections=[{"text": "x"}]), "corrections[0].at is missing"),
    "correction empty": (record(corrections=[{"at": "2024-01-01", "text": " "}]), "text is empty"),
    "correction unknown key": (
        record(corrections=[{"at": "2024-01-01", "text": "x", "note": 1}]),
        "corrections[0].note is not a known key",
    ),
    "many faults": (
        record(title=1, tags=2, source=3, section=4, status=5),
        "section is the number 4; it must be a text; and 2 more",
    ),
    "second id, other text": (
        json.dumps({**GOOD, "body": "نص آخر."}).encode(),
        "the id 'سليم-1' was given already at",
    ),
}


@pytest.mark.parametrize("name", BAD_LINES)
def test_a_bad_line_is_rejected_with_its_place_and_its_neighbours_are_read(
    name: str, tmp_path: Path
) -> None:
    line, reason = BAD_LINES[name]
    path = tmp_path / "articles.jsonl"
    last = json.dumps({**GOOD, "id": "سليم-2"}, ensure_ascii=False).encode()
    path.write_bytes(json.dumps(GOOD).encode() + b"\r\n" + line + b"\n\n" + last)

    items = list(read_sources([str(path)], settings=SETTINGS, stdin=None))

    assert [type(item) for item in items] == [SourceArticle, Rejection, SourceArticle]
    rejection = items[1]
    assert isinstance(rejection, Rejection)
    assert rejection.source == f"{path}:2"
    assert reason in rejection.reason
    assert len(rejection.reason) < 400
    rejection.reason.encode()
