"""Nothing that a caller sends reaches a log line, whatever route takes it and however it fails."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from core.errors import ArticleRejected, EmbedderUnavailable, InvalidFilter, StoreRejected
from core.logging import NOISY, JsonLines, LogFormat, TextLines
from tests.api.archive import Archive, served
from tests.api.doubles import Raises

MARK = "7vQx91"
"""In everything that is sent below, in Arabic, mixed and plain text."""

QUESTION = f"ما سر القصر {MARK} palace؟"
HISTORY = [{"role": "user", "text": f"قبل ذلك {MARK}"}]
ARTICLE = {"title": f"عنوان {MARK}", "body": f"متن {MARK} 🌍\nsecret {MARK}"}
MESSAGES = [{"role": "user", "content": QUESTION}]
CITED = {"article_id": MARK, "start": 0, "end": 5}
MCP_CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
HEADERS = {
    "Accept": "application/json, text/event-stream",
    "Authorization": f"Bearer {MARK}-token",
    "Cookie": f"session={MARK}",
    "X-Api-Key": MARK,
    "Referer": f"https://site.example/{MARK}",
    "User-Agent": MARK,
    "X-Request-ID": f"not sane {MARK}",
    "Traceparent": f"00-{MARK}",
    "Idempotency-Key": MARK,
}

CALLS: list[tuple[str, str, Any]] = [
    ("POST", "/v1/search", {"query": QUESTION}),
    ("POST", "/v1/search", {"query": QUESTION, "filters": {"sources": [MARK]}}),
    ("POST", "/v1/search", {"query": [QUESTION], MARK: MARK}),
    ("POST", f"/v1/search?q={MARK}", {"query": QUESTION}),
    ("POST", "/v1/answers", {"question": QUESTION, "history": HISTORY}),
    ("POST", "/v1/answers", {"question": QUESTION, "stream": True}),
    ("POST", "/v1/answers", {"question": QUESTION, "answer_language": MARK}),
    ("PUT", f"/v1/articles/{MARK}", ARTICLE),
    ("PUT", f"/v1/articles/{MARK}", ARTICLE | {"id": f"other {MARK}"}),
    ("PUT", f"/v1/articles/{MARK}%00", ARTICLE),
    ("PUT", f"/v1/articles/{MARK}", {"title": MARK, "url": f"ftp://{MARK}"}),
    ("GET", f"/v1/articles/{MARK}", None),
    ("GET", f"/v1/articles/{MARK}/passages", None),
    ("DELETE", f"/v1/articles/{MARK}", None),
    ("GET", f"/v1/articles?sources={MARK}&cursor={MARK}", None),
    ("POST", "/v1/citations/export", {"format": "ris", "citations": [CITED]}),
    ("POST", "/v1/citations/export", {"format": MARK, "citations": [MARK]}),
    ("POST", "/v1/visitors", {"site": MARK}),
    ("POST", "/v1/visitors", {"site": MARK.lower()}),
    ("POST", "/v1/feedback", {"answer_id": MARK, "verdict": "wrong", "comment": QUESTION}),
    ("POST", "/v1/feedback", {"answer_id": MARK, "verdict": MARK}),
    ("GET", f"/v1/feedback?cursor={MARK}", None),
    ("POST", "/v1/chat/completions", {"model": "sanad", "messages": MESSAGES}),
    ("POST", "/v1/chat/completions", {"model": "sanad", "messages": MESSAGES, "stream": True}),
    ("POST", "/v1/chat/completions", {"model": MARK, "messages": [{"role": MARK}]}),
    ("GET", "/v1/models", None),
    ("GET", f"/v1/models/{MARK}", None),
    ("POST", "/mcp", MCP_CALL | {"params": {"name": "answer", "arguments": {"question": MARK}}}),
    ("POST", "/mcp", MCP_CALL | {"params": {"name": MARK, "arguments": {MARK: QUESTION}}}),
    ("GET", f"/v1/index?{MARK}", None),
    ("GET", f"/v1/asking?{MARK}", None),
    ("PUT", "/v1/asking", {"on": MARK, MARK: QUESTION}),
    ("GET", f"/health?{MARK}", None),
    ("GET", f"/{MARK}/../{MARK}?{MARK}={MARK}", None),
    ("BREW", f"/v1/articles/{MARK}", None),
    ("GET", f"/metrics?{MARK}", None),
    ("GET", f"/ready?{MARK}", None),
]

RAW_BODIES = [
    f'{{"question": "{MARK}"',
    f'{{"{MARK}": NaN}}',
    f'{{"{MARK}": 1, "{MARK}": 2}}',
    f'["{MARK}"]',
    MARK,
]

UPLOAD = "\n".join([
    json.dumps(ARTICLE | {"id": MARK}, ensure_ascii=False),
    f'{{"{MARK}": ',
    MARK,
    "[]",
])
"""Lines of a batch: a good one and bad ones."""

FAULTS: list[Callable[[str], Exception]] = [
    ValueError,
    KeyError,
    RuntimeError,
    ZeroDivisionError,
    ArticleRejected,
    InvalidFilter,
]
"""Errors whose words may hold what was sent; those of parts are worded without it."""


@pytest.fixture(params=["text", "json"])
def lines(request: pytest.FixtureRequest) -> Iterator[Callable[[], str]]:
    """Everything that is logged from here on, in the format of the parameter."""
    chosen: LogFormat = request.param
    output = io.StringIO()
    handler = logging.StreamHandler(output)
    handler.setFormatter(JsonLines() if chosen == "json" else TextLines())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    # The client of the tests logs what it sends.
    client_logs = [logging.getLogger(name) for name in ("httpx", "httpcore", "httpx2")]
    quiet = {logger: logger.level for logger in map(logging.getLogger, NOISY)}
    for logger in client_logs:
        logger.disabled = True
    for logger in quiet:
        logger.setLevel(logging.WARNING)  # as `configure_logging` has it
    yield output.getvalue
    root.removeHandler(handler)
    root.setLevel(before)
    for logger in client_logs:
        logger.disabled = False
    for logger, level in quiet.items():
        logger.setLevel(level)


def send_everything(client: TestClient) -> None:
    for method, path, body in CALLS:
        content = None if body is None else json.dumps(body).encode("utf-8")
        kind = {} if body is None else {"Content-Type": "application/json"}
        client.request(method, path, content=content, headers=HEADERS | kind)
    lines_of_json = {"Content-Type": "application/x-ndjson"}
    client.post("/v1/articles/batch", content=UPLOAD.encode("utf-8"), headers=lines_of_json)
    for raw in RAW_BODIES:
        for content_type in ("application/json", f"text/{MARK}"):
            client.post("/v1/answers", content=raw, headers={"Content-Type": content_type})


def test_every_route_is_sent_something(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    known = {path.partition("{")[0].rstrip("/") for path in document["paths"]}
    sent = {path.partition("?")[0] for _, path, _ in CALLS} | {"/v1/articles/batch"}
    assert [path for path in known if not any(each.startswith(path) for each in sent)] == []


def test_what_is_sent_through_every_route_is_in_no_line(
    client: TestClient, lines: Callable[[], str]
) -> None:
    send_everything(client)
    assert lines().count("request") >= len(CALLS)
    assert MARK not in lines()


@pytest.mark.parametrize("fault", FAULTS)
def test_what_an_error_quotes_is_in_no_line(
    archive: Archive, lines: Callable[[], str], fault: Callable[[str], Exception]
) -> None:
    raising = Raises(fault(f"cannot read {QUESTION} of {ARTICLE}"))
    archive.searcher = archive.answerer = archive.writer = archive.articles = raising
    with served(archive) as client:
        send_everything(client)
    assert lines().count("request") >= len(CALLS)
    assert MARK not in lines()


@pytest.mark.parametrize("fault", [EmbedderUnavailable, StoreRejected])
def test_the_library_behind_a_failed_part_is_not_quoted_either(
    archive: Archive, lines: Callable[[], str], fault: type[Exception]
) -> None:
    error = fault("the part failed")
    error.__cause__ = ValueError(f"the library read {QUESTION}")
    archive.searcher = archive.answerer = archive.writer = Raises(error)
    with served(archive) as client:
        send_everything(client)
    assert "the part failed" in lines()
    assert "ValueError" in lines()
    assert MARK not in lines()


def test_questions_are_logged_where_the_operator_asked_for_them(
    lines: Callable[[], str], tmp_path: Path
) -> None:
    archive = Archive.empty(log_questions="on", data_dir=tmp_path)
    with served(archive) as client:
        send_everything(client)
    assert f'question="{QUESTION}"' in lines() or f'"question": "{QUESTION}"' in lines()
    for secret in (f"{MARK}-token", f"secret {MARK}", f"session={MARK}", "قبل ذلك", "عنوان"):
        assert secret not in lines()


def test_the_line_of_an_answer_tells_what_came_of_it(
    client: TestClient, lines: Callable[[], str]
) -> None:
    client.post("/v1/answers", json={"question": "معاهدة شراكة", "stream": True})
    [line] = [line for line in lines().splitlines() if "/v1/answers" in line]
    for field in ("answer_id", "answered", "extractive", "citations", "withheld"):
        assert field in line
