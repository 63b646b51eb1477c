"""What OpenAI's routes refuse, and that every error there has OpenAI's shape."""

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from core.errors import EmbedderBusy, StoreUnavailable
from tests.api.archive import Archive, served
from tests.api.doubles import Raises
from tests.api.test_answer_stream import FailsLater

PATH = "/v1/chat/completions"
ASKED: dict[str, Any] = {"model": "sanad", "messages": [{"role": "user", "content": "من؟"}]}
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,x"}}


def error_of(response: Any) -> dict[str, Any]:
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    assert set(body) == {"error"}
    error: dict[str, Any] = body["error"]
    assert set(error) == {"message", "type", "param", "code"}
    return error


@pytest.mark.parametrize(
    ("change", "status", "param", "message"),
    [
        ({"model": "gpt-5"}, 404, "model", "use 'sanad'"),
        ({"model": None}, 422, "model", "must be a string"),
        ({"messages": []}, 422, "messages", "at least 1 item"),
        ({"messages": [{"role": "system", "content": "x"}]}, 422, "messages", "role 'user'"),
        ({"messages": [{"role": "user", "content": ""}]}, 422, None, "no letter or digit"),
        (
            {"messages": [{"role": "user", "content": "س" * 2_001}]},
            422,
            "messages.0.content",
            "2001",
        ),
        ({"messages": [{"role": "robot", "content": "x"}]}, 422, "messages.0.role", "'user'"),
        (
            {"messages": [{"role": "user", "content": [{"type": "text", "text": "x"}, IMAGE]}]},
            422,
            "messages.0.content.1.type",
            "'image_url' cannot be read: send parts of type 'text'",
        ),
        ({"messages": [{"role": "user", "content": 7}]}, 422, "messages.0.content", "must be"),
        ({"n": 2}, 422, "n", "one answer to a question, not 2"),
        ({"logprobs": True}, 422, "logprobs", "no token probabilities"),
        ({"tool_choice": "required"}, 422, "tool_choice", "no tool is ever called"),
        ({"tool_choice": {"type": "function"}}, 422, "tool_choice", "no tool is ever called"),
        ({"response_format": {"type": "json_object"}}, 422, "response_format", "leave"),
        ({"modalities": ["text", "audio"]}, 422, "modalities", "leave modalities out"),
        ({"sanad": {"max_sentences": 9}}, 422, "sanad.max_sentences", "less than or equal to 5"),
        ({"sanad": {"unknown": 1}}, 422, "sanad", "unknown field"),
        ({"stream": "yes"}, 422, "stream", "true or false"),
    ],
)
def test_a_refusal_names_the_field_and_the_remedy(
    client: TestClient, change: dict[str, object], status: int, param: str | None, message: str
) -> None:
    response = client.post(PATH, json=ASKED | change)

    assert response.status_code == status
    error = error_of(response)
    assert (error["type"], error["param"]) == ("invalid_request_error", param)
    assert message in error["message"]


def test_errors_found_before_any_route_have_the_shape_too(archive: Archive) -> None:
    archive.settings = archive.settings.model_copy(update={"max_request_bytes": 10_000})
    with served(archive) as client:
        large = client.post(PATH, json=ASKED | {"user": "x" * 10_000})
        broken = client.post(PATH, content=b"{", headers={"Content-Type": "application/json"})
        wrong = client.get(PATH)
        lost = client.get("/v1/models/gpt-5")
        asked = client.get("/v1/models?limit=1")

    assert (large.status_code, error_of(large)["code"]) == (413, "body_too_large")
    assert (broken.status_code, error_of(broken)["code"]) == (400, "malformed_json")
    assert (wrong.status_code, error_of(wrong)["code"]) == (405, "method_not_allowed")
    assert wrong.headers["allow"] == "POST"
    assert (lost.status_code, error_of(lost)["code"]) == (404, "model_not_found")
    assert (asked.status_code, error_of(asked)["code"]) == (422, "invalid_request")
    assert large.headers["x-request-id"]


def test_a_busy_server_says_when_to_come_again(archive: Archive) -> None:
    archive.answerer = Raises(EmbedderBusy("full"))
    with served(archive) as client:
        whole = client.post(PATH, json=ASKED)
        streamed = client.post(PATH, json=ASKED | {"stream": True})

    for response in (whole, streamed):
        assert (response.status_code, response.headers["retry-after"]) == (503, "5")
        assert error_of(response)["type"] == "server_error"


def test_an_unexpected_error_tells_nothing_of_its_cause(archive: Archive) -> None:
    archive.answerer = Raises(ZeroDivisionError("secret"))
    with served(archive) as client:
        response = client.post(PATH, json=ASKED)

    assert response.status_code == 500
    assert error_of(response)["code"] == "unexpected"
    assert "secret" not in response.text


def test_a_fault_after_the_first_chunk_is_told_as_an_error_and_ends_the_stream(
    archive: Archive,
) -> None:
    archive.answerer = FailsLater(StoreUnavailable("qdrant at 10.0.0.7"))
    with served(archive) as client:
        response = client.post(PATH, json=ASKED | {"stream": True})

    first, last = [json.loads(line[6:]) for line in response.text.split("\n") if line]
    assert first["choices"][0]["delta"]["role"] == "assistant"
    assert last["error"]["code"] == "store_unavailable"
    assert "10.0.0.7" not in response.text


def test_other_routes_keep_their_problems(client: TestClient) -> None:
    response = client.post("/v1/search", json={})
    assert response.headers["content-type"] == "application/problem+json"
