"""Feedback is taken within bounds, kept, and read page by page by those who may."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.access.scopes import Scope
from api.access.tokens import VisitorTokens
from core.backends.feedback_files import CURRENT
from core.errors import StoreUnavailable
from sanad.clock import utc_now
from tests.api.access.keyrings import KeyRingOf, key_of
from tests.api.access.public import PublicServer, as_reader, token_for
from tests.api.archive import Archive, served
from tests.api.doubles import Raises

PATH = "/v1/feedback"


def say(client: TestClient, **fields: object) -> dict[str, Any]:
    response = client.post(PATH, json={"answer_id": "a-1", "verdict": "helpful"} | fields)
    assert response.status_code == 202, response.text
    taken: dict[str, Any] = response.json()
    return taken


def read(client: TestClient, **parameters: str | int) -> dict[str, Any]:
    response = client.get(PATH, params=parameters)
    assert response.status_code == 200, response.text
    page: dict[str, Any] = response.json()
    return page


def test_what_a_reader_says_is_kept_and_read_back(client: TestClient) -> None:
    sent = {"verdict": "wrong", "citation": 2, "comment": "الاقتباس عن عام ٢٠٢٣\n长江 🌍"}
    taken = say(client, **sent)
    [kept] = read(client)["feedback"]
    assert kept.pop("at").endswith("Z")
    assert kept == {"id": taken["id"], "answer_id": "a-1", "question": None, "site": None} | sent


def test_the_question_is_kept_only_if_it_is_sent(client: TestClient, tmp_path: Path) -> None:
    question = "كم حاوية ناول ميناء رأس المنار؟"
    client.post("/v1/answers", json={"question": question})
    say(client)
    assert question not in (tmp_path / CURRENT).read_text(encoding="utf-8")
    say(client, question=question)
    assert [each["question"] for each in read(client)["feedback"]] == [None, question]


def test_pages_go_on_where_the_last_one_ended(client: TestClient) -> None:
    ids = [say(client)["id"] for _ in range(7)]
    found, cursor, more = [], None, True
    while more:
        page = read(client, limit=3, **({} if cursor is None else {"cursor": cursor}))
        found += [each["id"] for each in page["feedback"]]
        cursor, more = page["cursor"], page["has_more"]
    assert found == ids
    assert read(client, cursor=cursor) == {"feedback": [], "cursor": cursor, "has_more": False}
    later = say(client)["id"]
    assert [each["id"] for each in read(client, cursor=cursor)["feedback"]] == [later]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"answer_id": ""}, "#/answer_id"),
        ({"answer_id": "a b"}, "#/answer_id"),
        ({"answer_id": "x" * 65}, "#/answer_id"),
        ({"verdict": "great"}, "'helpful', 'wrong' or 'missing_source'"),
        ({"citation": 0}, "#/citation"),
        ({"citation": True}, "#/citation: must be a whole number"),
        ({"comment": " \n"}, "#/comment: is blank"),
        ({"comment": "ع" * 2_001}, "at most 2000 characters"),
        ({"comment": "a\x00"}, "U+0000"),
        ({"comment": "\ud800"}, "lone surrogate"),
        ({"question": "س" * 2_001}, "at most 2000 characters"),
        ({"reader": "x"}, "unknown field 'reader'"),
    ],
)
def test_what_is_out_of_bounds_is_refused(
    client: TestClient, fields: dict[str, Any], says: str
) -> None:
    sent = json.dumps({"answer_id": "a-1", "verdict": "helpful"} | fields)
    response = client.post(PATH, content=sent, headers={"Content-Type": "application/json"})
    assert response.status_code == 422
    assert says in response.json()["detail"]
    assert read(client)["feedback"] == []


@pytest.mark.parametrize("cursor", ["x", "", "MTow", "أ", "A" * 100])
def test_a_cursor_that_was_not_given_is_refused(client: TestClient, cursor: str) -> None:
    response = client.get(PATH, params={"cursor": cursor})
    assert response.status_code == 422
    assert response.json()["type"] == "urn:sanad:problem:invalid-cursor"


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("limit=0", "#/limit"),
        ("limit=1001", "#/limit"),
        ("limit=x", "#/limit"),
        ("page=2", "unknown query parameter 'page': known: cursor, limit"),
        ("limit=1&limit=2", "'limit' is given twice"),
    ],
)
def test_parameters_are_bounded_and_none_is_ignored(
    client: TestClient, query: str, says: str
) -> None:
    response = client.get(f"{PATH}?{query}")
    assert response.status_code == 422
    assert says in response.json()["detail"]


def test_feedback_that_cannot_be_kept_is_never_taken(archive: Archive) -> None:
    archive.feedback = Raises(StoreUnavailable("the disk is full"))
    with served(archive) as client:
        response = client.post(PATH, json={"answer_id": "a-1", "verdict": "wrong"})
    assert response.status_code == 503
    assert "disk" not in response.text


def ids(client: TestClient) -> list[str]:
    return [each["id"] for each in read(client)["feedback"]]


def test_feedback_sent_twice_is_kept_once(client: TestClient) -> None:
    key = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
    sent = {"answer_id": "a-1", "verdict": "wrong", "comment": "خطأ ٢٠٢٤ 🌍"}
    first = client.post(PATH, json=sent, headers=key)
    again = client.post(PATH, json=sent, headers=key)
    assert (again.status_code, again.json()) == (202, first.json())
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert ids(client) == [first.json()["id"]]
    client.post(PATH, json=sent, headers={"Idempotency-Key": "another"})
    assert len(ids(client)) == 2


def test_a_reader_of_a_site_may_say_and_the_site_is_kept_with_it(archive: Archive) -> None:
    ring = KeyRingOf({})
    tokens = VisitorTokens(secret="s" * 32, lifetime=timedelta(minutes=15), now=utc_now)
    archive.access = replace(
        archive.open_access(),
        keys=ring,
        sites=PublicServer().sites(),
        tokens=tokens,
        is_for_owner=False,
    )
    with served(archive) as client:
        reader = as_reader(token_for(client))
        said = client.post(PATH, json={"answer_id": "a-1", "verdict": "wrong"}, headers=reader)
        assert said.status_code == 202
        assert client.get(PATH, headers=reader).status_code == 403
        editor = {"Authorization": f"Bearer {key_of(ring, Scope.ADMIN)}"}
        [kept] = client.get(PATH, headers=editor).json()["feedback"]
    assert (kept["id"], kept["site"]) == (said.json()["id"], "almadar")
