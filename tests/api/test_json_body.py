"""Bodies are read strictly: what is ambiguous is refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from api.json_body import LARGE_BYTES, parse_json
from api.problems import Problem

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES)
def test_valid_json_is_read_as_python_reads_it(value: object) -> None:
    assert parse_json(json.dumps(value).encode("utf-8")) == value


def refused(body: bytes) -> str | None:
    """The kind of problem that `body` is; None if it can be read."""
    try:
        parse_json(body)
    except Problem as problem:
        return problem.kind.slug
    return None


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_as_a_problem(body: bytes) -> None:
    assert refused(body) in {None, "malformed-json"}


def test_a_byte_order_mark_is_let_through() -> None:
    assert parse_json('\ufeff{"a": "ب"}'.encode()) == {"a": "ب"}


@pytest.mark.parametrize(
    "declared",
    [
        "application/json",
        "application/json; charset=utf-8",
        "APPLICATION/JSON",
        "application/vnd.sanad+json",
    ],
)
def test_every_way_to_declare_json_is_understood(client: TestClient, declared: str) -> None:
    response = client.post(
        "/v1/search", content=b'{"query": "x"}', headers={"Content-Type": declared}
    )
    assert response.status_code == 200


def test_a_large_body_is_read_like_a_small_one(client: TestClient) -> None:
    body = {"title": "t", "body": "كلمة " * (LARGE_BYTES // 8)}
    assert client.put("/v1/articles/a", json=body).status_code == 201
    broken = b'{"title": "t", "body": "' + b"x" * LARGE_BYTES
    response = client.put(
        "/v1/articles/a", content=broken, headers={"Content-Type": "application/json"}
    )
    assert response.status_code == 400
