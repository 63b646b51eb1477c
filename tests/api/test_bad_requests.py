"""Whatever is sent, the answer is a clear problem and the server stays up."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from starlette.testclient import TestClient

from api.schemas.operations import ProblemOut
from tests.api.archive import Archive, served
from tests.api.news import ARTICLES

JSON = {"Content-Type": "application/json"}


class Bad(NamedTuple):
    """A request, and the problem that it must get."""

    name: str
    method: str
    path: str
    content: bytes | None
    status: int
    slug: str
    says: str
    headers: dict[str, str] = JSON


def raw(name: str, content: bytes, status: int, slug: str, says: str) -> Bad:
    return Bad(name, "POST", "/v1/search", content, status, slug, says)


def search(name: str, body: Any, says: str, *, slug: str = "invalid-request") -> Bad:
    return raw(name, json.dumps(body).encode(), 422, slug, says)


def answers(name: str, body: Any, says: str, *, slug: str = "invalid-request") -> Bad:
    return Bad(name, "POST", "/v1/answers", json.dumps(body).encode(), 422, slug, says)


def turn(name: str, fields: dict[str, Any], says: str) -> Bad:
    said = {"role": "user", "text": "y"} | fields
    return answers(name, {"question": "x", "history": [said]}, says)


def filters(name: str, given: Any, says: str, *, slug: str = "invalid-request") -> Bad:
    return search(name, {"query": "x", "filters": given}, says, slug=slug)


def article(name: str, fields: Any, says: str, *, slug: str = "invalid-request") -> Bad:
    content = json.dumps({"title": "t", "body": "b"} | fields).encode()
    return Bad(name, "PUT", "/v1/articles/a", content, 422, slug, says)


def at(name: str, method: str, path: str, status: int, slug: str, says: str) -> Bad:
    return Bad(name, method, path, None, status, slug, says, {})


DEEP = b'{"query": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
NO_JSON = "unsupported-media-type"
TEXT = {"Content-Type": "text/plain"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

BODIES = [
    raw("no body", b"", 422, "invalid-request", "no body"),
    raw("half an object", b'{"query": "x"', 400, "malformed-json", "line 1, column 14"),
    raw("second line", b'{"query": "x",\n "limit" 3}', 400, "malformed-json", "line 2, column 10"),
    raw("binary", bytes(range(256)), 400, "malformed-json", "byte 128"),
    raw("UTF-16", '{"query": "x"}'.encode("utf-16"), 400, "malformed-json", "not UTF-8"),
    raw("Windows-1256", '{"query": "سند"}'.encode("cp1256"), 400, "malformed-json", "not UTF-8"),
    raw("NUL in JSON", b'{"query": "\x00"}', 400, "malformed-json", "column 12"),
    raw("two objects", b'{"query": "x"} {}', 400, "malformed-json", "column 16"),
    raw("NaN", b'{"query": "x", "limit": NaN}', 400, "malformed-json", "NaN"),
    raw("Infinity", b'{"query": "x", "limit": -Infinity}', 400, "malformed-json", "-Infinity"),
    raw("nesting bomb", DEEP, 400, "malformed-json", "nested too deeply"),
    raw(
        "digit bomb", b'{"query": ' + b"9" * 9_000 + b"}", 400, "malformed-json", "too many digits"
    ),
    raw("repeated key", b'{"query": "x", "query": "y"}', 400, "malformed-json", "'query' stands"),
    raw("a list", b"[]", 422, "invalid-request", "must be a JSON object"),
    raw("a string", b'"x"', 422, "invalid-request", "must be a JSON object"),
    raw("a number", b"7", 422, "invalid-request", "must be a JSON object"),
    raw("null", b"null", 422, "invalid-request", "#: must be a JSON object"),
    raw("surrogate", rb'{"query": "\ud800"}', 422, "invalid-request", "lone surrogate"),
    raw("surrogate key", rb'{"\udfff": 1}', 422, "invalid-request", "unknown field '\\udfff'"),
    Bad("text", "POST", "/v1/search", b"x", 415, NO_JSON, "text/plain", TEXT),
    Bad("form", "POST", "/v1/search", b"query=x", 415, NO_JSON, "x-www-form", FORM),
    Bad("no type", "POST", "/v1/search", b"{}", 415, NO_JSON, "not declared", {}),
]
QUERIES = [
    search("no query", {}, "#/query: this is required"),
    search("empty query", {"query": ""}, "no letter or digit", slug="empty-query"),
    search("blank query", {"query": " \t\n\u200b"}, "no letter or digit", slug="empty-query"),
    search("NUL query", {"query": "\x00"}, "no letter or digit", slug="empty-query"),
    search("punctuation", {"query": "؟!…"}, "no letter or digit", slug="empty-query"),
    search("emoji alone", {"query": "🚀"}, "no letter or digit", slug="empty-query"),
    search("10,000 characters", {"query": "س" * 10_000}, "at most 2000 characters"),
    search("query number", {"query": 7}, "#/query: must be a string"),
    search("query null", {"query": None}, "#/query: must be a string"),
    search("limit 0", {"query": "x", "limit": 0}, "#/limit"),
    search("limit 101", {"query": "x", "limit": 101}, "less than or equal to 100"),
    search("limit huge", {"query": "x", "limit": 10**40}, "less than or equal to 100"),
    search("limit text", {"query": "x", "limit": "10"}, "#/limit: must be a whole number"),
    search("limit half", {"query": "x", "limit": 1.5}, "#/limit: must be a whole number"),
    search("limit true", {"query": "x", "limit": True}, "#/limit: must be a whole number"),
    raw("limit 1e999", b'{"query": "x", "limit": 1e999}', 422, "invalid-request", "#/limit"),
    search("offset", {"query": "x", "offset": -1}, "#/offset"),
    search("mode", {"query": "x", "mode": "magic"}, "'hybrid', 'dense' or 'lexical'"),
    search("group", {"query": "x", "group_by": "day"}, "'article' or 'passage'"),
    search("explain", {"query": "x", "explain": "yes"}, "#/explain: must be true or false"),
    search("unknown field", {"query": "x", "topk": 5}, "unknown field 'topk'; known: query"),
]
FILTERS = [
    filters("unknown filter", {"source": ["a"]}, "unknown field 'source'; known: published_from"),
    filters("filters list", [], "#/filters: must be a JSON object"),
    filters("filters null", None, "#/filters: must be a JSON object"),
    filters(
        "reversed dates",
        {"published_from": "2025-01-02", "published_to": "2025-01-01"},
        "swap them",
        slug="invalid-filter",
    ),
    filters("no zone", {"published_from": "2025-01-02T10:00:00"}, "add Z or +03:00"),
    filters("no such day", {"published_to": "2025-02-30"}, "does not exist in the calendar"),
    filters("no such hour", {"published_to": "2025-02-20T25:00Z"}, "does not exist"),
    filters("words", {"published_from": "yesterday"}, "no RFC 3339 time"),
    filters("Arabic digits", {"published_from": "٢٠٢٥-٠١-٠٢"}, "no RFC 3339 time"),
    filters("timestamp", {"published_from": 1_700_000_000}, "as text"),
    filters("before year 1", {"published_from": "0001-01-01T00:00+14:00"}, "before the year 1"),
    filters("language name", {"languages": ["Arabic"]}, "#/filters/languages/0"),
    filters("language string", {"languages": "ar"}, "#/filters/languages: must be a list"),
    filters("blank source", {"sources": [" "]}, "#/filters/sources/0: is blank"),
    filters("control in tag", {"tags": ["a\x07"]}, "U+0007"),
    filters("101 tags", {"tags": ["a"] * 101}, "#/filters/tags"),
    filters("surrogate source", {"sources": ["a\udc00"]}, "#/filters/sources/0: holds a lone"),
    filters("surrogate id", {"article_ids": ["\ud800"]}, "#/filters/article_ids/0: holds a lone"),
    filters("empty id", {"article_ids": [""]}, "#/filters/article_ids/0: the article id is empty"),
]
SAID = {"role": "user", "text": "y"}
QUESTIONS = [
    answers("no question", {"query": "x"}, "unknown field 'query'; known: question"),
    answers("empty question", {"question": "¿?"}, "no letter or digit", slug="empty-query"),
    answers("long question", {"question": "س" * 10_000}, "at most 2000 characters"),
    answers("no sentences", {"question": "x", "max_sentences": 0}, "#/max_sentences"),
    answers("99 sentences", {"question": "x", "max_sentences": 99}, "#/max_sentences"),
    answers("language", {"question": "x", "answer_language": "العربية"}, "#/answer_language"),
    answers("stream", {"question": "x", "stream": "yes"}, "#/stream: must be true or false"),
    answers("streamed", {"question": "¿?", "stream": True}, "no letter", slug="empty-query"),
    answers("history of texts", {"question": "x", "history": ["y"]}, "#/history/0: must be a JSON"),
    answers("21 turns", {"question": "x", "history": [SAID] * 21}, "at most 20 items"),
    turn("long turn", {"text": "س" * 4_001}, "#/history/0/text"),
    turn("system turn", {"role": "system"}, "'user' or 'assistant'"),
    turn("odd turn", {"at": 1}, "unknown field 'at'"),
    turn("surrogate turn", {"text": "\ud800"}, "holds a lone surrogate"),
]
PUTS = [
    article("no title", {"title": None}, "#/title: must be a string"),
    article("blank title", {"title": "\u00a0 "}, "#/title: is blank"),
    article("title of two lines", {"title": "a\nb"}, "U+000A at character 1: remove it"),
    article("long title", {"title": "ع" * 1_001}, "at most 1000 characters"),
    article("blank body", {"body": "\n \t"}, "#/body: is blank"),
    article("NUL in body", {"body": "ab\x00c"}, "U+0000 at character 2: remove it"),
    article("carriage return", {"body": "a\r\nb"}, "line ends are \\n"),
    article("surrogate in body", {"body": "a\ud83d"}, "#/body: holds a lone surrogate"),
    article("long body", {"body": "a" * 2_000_001}, "at most 2000000", slug="article-rejected"),
    article("script url", {"url": "javascript:alert(1)"}, "#/url: must be an absolute http"),
    article("relative url", {"url": "/a"}, "#/url: must be an absolute http"),
    article("url with a space", {"url": "https://a.example/b c"}, "#/url"),
    article("broken url", {"url": "http://[::1"}, "#/url"),
    article("no zone", {"published_at": "2025-01-02 10:00"}, "add Z or +03:00"),
    article("embargo day", {"embargoed_until": "2025-01-02"}, "no RFC 3339 time"),
    article("status", {"status": "draft"}, "'usable', 'withheld' or 'canceled'"),
    article("language", {"language": "Arabic language"}, "#/language"),
    article("authors text", {"authors": "Ali"}, "#/authors: must be a list"),
    article("correction", {"corrections": [{"text": "x"}]}, "#/corrections/0/at: this is required"),
    article("unknown field", {"byline": "x"}, "unknown field 'byline'"),
    article("other id", {"id": "b"}, "make them equal", slug="article-rejected"),
]
PATHS = [
    at("unknown path", "GET", "/v1/nothing", 404, "not-found", "nothing is served at /v1/nothing"),
    at("trailing slash", "POST", "/v1/search/", 404, "not-found", "/docs"),
    at("no id", "GET", "/v1/articles/", 404, "not-found", "nothing is served"),
    at("search by GET", "GET", "/v1/search", 405, "method-not-allowed", "it takes POST"),
    at("post to article", "POST", "/v1/articles/a", 405, "method-not-allowed", "DELETE, GET"),
    at("odd method", "BREW", "/v1/answers", 405, "method-not-allowed", "BREW"),
    at("post to docs", "POST", "/openapi.json", 405, "method-not-allowed", "it takes GET"),
    at("unknown article", "GET", "/v1/articles/%F0%9F%8C%8D", 404, "article-not-found", "'🌍'"),
    at("unknown passages", "GET", "/v1/articles/x/passages", 404, "article-not-found", "'x'"),
    at("delete unknown", "DELETE", "/v1/articles/x%2Fy", 404, "article-not-found", "'x/y'"),
    at("id of bad bytes", "GET", "/v1/articles/%FF%FE", 400, "malformed-id", "UTF-8"),
    at("id with surrogate", "GET", "/v1/articles/%ED%A0%80", 400, "malformed-id", "UTF-8"),
    at("id with NUL", "DELETE", "/v1/articles/a%00b", 400, "malformed-id", "U+0000"),
    at("padded id", "GET", "/v1/articles/a%20", 400, "malformed-id", "white space"),
    at("id of spaces", "GET", "/v1/articles/%20", 400, "malformed-id", "is empty"),
    at("id of dots", "GET", "/v1/articles/%2E%2E%2Fx/../..", 404, "not-found", "/v1"),
    at("long id", "GET", "/v1/articles/" + "a" * 201, 400, "malformed-id", "at most 200"),
    at("long path", "GET", "/v1/articles/" + "a" * 9_000, 414, "url-too-long", "at most 8192"),
    at("long query", "GET", "/health?" + "a" * 9_000, 414, "url-too-long", "at most 8192"),
    at("parameter", "GET", "/v1/index?verbose=1", 422, "invalid-request", "'verbose'"),
]
CASES = [*BODIES, *QUERIES, *FILTERS, *QUESTIONS, *PUTS, *PATHS]


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    """One server for all of them: it must still serve after the last."""
    with served(Archive.empty()) as client:
        yield client


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_bad_request_gets_a_clear_problem(client: TestClient, case: Bad) -> None:
    response = client.request(case.method, case.path, content=case.content, headers=case.headers)
    assert response.status_code == case.status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = ProblemOut.model_validate_json(response.text)
    assert (problem.type, problem.status) == (f"urn:sanad:problem:{case.slug}", case.status)
    assert case.says in problem.detail
    assert problem.request_id == response.headers["x-request-id"]
    assert len(response.content) < 2_000, "the input must not be echoed"
    assert client.get("/health").status_code == 200


def test_there_are_at_least_forty_kinds_and_each_has_its_name() -> None:
    names = [(case.method, case.path, case.name) for case in CASES]
    assert len(set(names)) == len(CASES) >= 40


def test_nothing_was_lost_after_all_of_them(client: TestClient) -> None:
    for case in CASES:
        client.request(case.method, case.path, content=case.content, headers=case.headers)
    assert client.get("/v1/index").json()["articles"] == len(ARTICLES)
    assert client.get("/ready").status_code == 200
    found = client.post("/v1/search", json={"query": "معاهدة الشراكة"}).json()
    assert found["results"][0]["article"]["id"] == "almadar-1"
