"""The OpenAPI document is complete and valid, and its page asks nothing of the network."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from api.errors import DOMAIN_KINDS
from api.problem_kinds import HTTP_KINDS
from tests.api.event_streams import events_of

VOID = {"meta", "br", "link", "img"}

ROUTES = {
    "/v1/search": {"post"},
    "/v1/answers": {"post"},
    "/v1/citations/export": {"post"},
    "/v1/articles": {"get"},
    "/v1/articles/batch": {"post"},
    "/v1/visitors": {"post"},
    "/v1/articles/{article_id}": {"get", "put", "delete"},
    "/v1/articles/{article_id}/passages": {"get"},
    "/v1/chat/completions": {"post"},
    "/v1/models": {"get"},
    "/v1/models/{model}": {"get"},
    "/v1/feedback": {"post", "get"},
    "/v1/index": {"get"},
    "/v1/asking": {"get", "put"},
    "/health": {"get"},
    "/ready": {"get"},
    "/metrics": {"get"},
}


@pytest.fixture
def document(client: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/openapi.json").json()
    return found


def operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method} {path}", operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_the_document_lists_exactly_the_routes_of_the_contract(document: dict[str, Any]) -> None:
    assert {path: set(methods) for path, methods in document["paths"].items()} == ROUTES


def test_every_reference_of_the_document_is_defined(document: dict[str, Any]) -> None:
    known = document["components"]["schemas"]
    named = set(re.findall(r"#/components/schemas/(\w+)", str(document)))
    assert named <= set(known)
    assert "HTTPValidationError" not in known, "FastAPI's own shape of a 422 is never sent"


def test_every_operation_documents_its_problems(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        assert "500" in operation["responses"], name
        for status, response in operation["responses"].items():
            if int(status) >= 400 and operation["tags"] == ["openai"]:
                media = response["content"]["application/json"]
                assert media["schema"]["$ref"].endswith("/OpenAiErrorsOut"), (name, status)
                assert all(set(told["value"]) == {"error"} for told in media["examples"].values())
            elif int(status) >= 400:
                media = response["content"]["application/problem+json"]
                assert media["schema"]["$ref"].endswith("/Problem"), (name, status)
                for example in media["examples"].values():
                    assert example["value"]["status"] == int(status)


def test_the_examples_of_requests_are_accepted_by_the_server_itself(
    client: TestClient, document: dict[str, Any]
) -> None:
    schemas = document["components"]["schemas"]
    for path, name in (
        ("/v1/search", "SearchIn"),
        ("/v1/answers", "AnswerIn"),
        ("/v1/chat/completions", "ChatCompletionIn"),
    ):
        assert client.post(path, json=schemas[name]["examples"][0]).status_code == 200
    written = client.put("/v1/articles/example", json=schemas["ArticleIn"]["examples"][0])
    assert written.status_code == 201


def test_responses_are_valid_by_the_document(client: TestClient, document: dict[str, Any]) -> None:
    calls = [
        ("POST", "/v1/search", {"query": "معاهدة", "explain": True}, "SearchOut"),
        ("POST", "/v1/answers", {"question": "معاهدة شراكة"}, "AnswerOut"),
        ("GET", "/v1/articles/almadar-1", None, "ArticleOut"),
        ("GET", "/v1/articles/almadar-1/passages", None, "ArticlePassagesOut"),
        ("GET", "/v1/index", None, "IndexOut"),
        ("GET", "/v1/models", None, "ModelsOut"),
        (
            "POST",
            "/v1/chat/completions",
            {"model": "sanad", "messages": [{"role": "user", "content": "معاهدة شراكة"}]},
            "ChatCompletionOut",
        ),
        ("GET", "/v1/models/none", None, "OpenAiErrorsOut"),
        ("GET", "/nothing", None, "Problem"),
    ]
    for method, path, body, name in calls:
        schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        given = client.request(method, path, json=body).json()
        Draft202012Validator(schema).validate(given)


def test_the_example_of_a_stream_is_one_and_its_events_are_valid_by_the_document(
    document: dict[str, Any],
) -> None:
    answered = document["paths"]["/v1/answers"]["post"]["responses"]["200"]["content"]
    assert set(answered) == {"application/json", "text/event-stream"}
    schemas = {
        "passages": "PassagesOut",
        "citation": "CitationOut",
        "delta": "DeltaOut",
        "answer": "AnswerOut",
    }
    events = events_of(answered["text/event-stream"]["example"])
    assert [event.name for event in events] == list(schemas)
    described = answered["text/event-stream"]["itemSchema"]["oneOf"]
    told = {
        each["properties"]["event"]["const"]: each["properties"]["data"]["contentSchema"]["$ref"]
        for each in described
    }
    expected = {**schemas, "error": "Problem"}
    assert told == {name: f"#/components/schemas/{model}" for name, model in expected.items()}
    for event in events:
        schema = {"$ref": told[event.name]}
        Draft202012Validator(schema | {"components": document["components"]}).validate(event.data)
    quoted = events[2].data["sentence"]
    assert events[3].data["text"][quoted["start"] : quoted["end"]] == events[1].data["quote"]


class Page(HTMLParser):
    """Collects tags that stay open, and everything that a page may load or run."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loads: list[str] = []
        self.anchors: set[str] = set()
        self.targets: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        if tag in {"script", "link", "img", "iframe"}:
            self.loads.append(tag)
        for name, value in attrs:
            if name == "id":
                self.anchors.add(str(value))
            if name == "href" and str(value).startswith("#"):
                self.targets.add(str(value)[1:])

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_whole_and_loads_nothing(client: TestClient) -> None:
    response = client.get("/docs")
    page = Page()
    page.feed(response.text)
    assert (page.open, page.loads) == ([], [])
    assert page.targets <= page.anchors
    assert "cdn" not in response.text.lower()
    assert "style-src 'sha256-" in response.headers["content-security-policy"]


def test_the_page_shows_every_route_and_every_problem(client: TestClient) -> None:
    text = client.get("/docs").text
    for path in ROUTES:
        assert path in text
    for kind in (*HTTP_KINDS, *DOMAIN_KINDS.values()):
        assert kind.type in text
    assert "event: passages" in text
