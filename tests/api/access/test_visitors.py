"""A page gets a token for its reader from its own origin alone, and the token opens little."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from starlette.testclient import TestClient

from api.access.sites import Site, Sites
from tests.api.access.public import (
    HERALD_ORIGIN,
    QUESTION,
    PublicServer,
    as_reader,
    token_for,
)


@pytest.fixture
def server() -> PublicServer:
    return PublicServer()


@pytest.fixture
def public(server: PublicServer) -> Iterator[TestClient]:
    """A server of two sites that asks everybody else for a key."""
    with server.running() as client:
        yield client


def test_a_page_of_the_site_gets_a_token_that_says_when_it_ends(
    public: TestClient, server: PublicServer
) -> None:
    given = public.post(
        "/v1/visitors", json={"site": "almadar"}, headers={"Origin": "https://almadar.example"}
    ).json()
    assert (given["token_type"], given["expires_in"]) == ("Bearer", 900)
    assert datetime.fromisoformat(given["expires_at"]) == server.clock.now + timedelta(seconds=900)
    asked = public.post("/v1/answers", json=QUESTION, headers=as_reader(given["token"]))
    assert asked.status_code == 200


@pytest.mark.parametrize(
    ("site", "origin"),
    [
        ("almadar", None),
        ("almadar", "null"),
        ("almadar", "https://herald.example"),
        ("almadar", "https://almadar.example.attacker.example"),
        ("almadar", "http://almadar.example"),
        ("almadar", "https://almadar.example:8443"),
        ("almadar", "http://localhost:8000"),
        ("unknown", "https://almadar.example"),
        ("unknown", "http://localhost:8000"),
    ],
)
def test_a_page_of_another_origin_or_site_gets_none_and_no_reason(
    public: TestClient, site: str, origin: str | None
) -> None:
    headers = {} if origin is None else {"Origin": origin}
    refused = public.post("/v1/visitors", json={"site": site}, headers=headers)
    assert refused.status_code == 403
    problem = refused.json()
    assert problem["type"] == "urn:sanad:problem:origin-not-allowed"
    assert "almadar" not in problem["detail"]
    assert "herald" not in problem["detail"]


@pytest.mark.parametrize("stream", [False, True])
def test_a_reader_is_shown_only_what_their_site_may_show(
    public: TestClient, *, stream: bool
) -> None:
    asked = public.post(
        "/v1/answers", json=QUESTION | {"stream": stream}, headers=as_reader(token_for(public))
    )
    assert asked.status_code == 200
    assert "almadar-1" in asked.text
    assert "en-5" not in asked.text
    herald = public.post(
        "/v1/answers",
        json=QUESTION | {"stream": stream},
        headers=as_reader(token_for(public, "herald"), "https://herald.example"),
    )
    assert "en-5" in herald.text


def test_a_reader_cannot_widen_what_their_site_may_show(public: TestClient) -> None:
    headers = as_reader(token_for(public))
    wide = QUESTION | {"filters": {"sources": ["Herald", "المدار"]}}
    asked = public.post("/v1/answers", json=wide, headers=headers)
    assert asked.status_code == 200
    assert "en-5" not in asked.text
    other = QUESTION | {"filters": {"sources": ["Herald"]}}
    refused = public.post("/v1/answers", json=other, headers=headers)
    assert refused.status_code == 422
    assert refused.json()["type"] == "urn:sanad:problem:invalid-filter"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/search"),
        ("GET", "/v1/articles/almadar-1"),
        ("GET", "/v1/articles/almadar-1/passages"),
        ("PUT", "/v1/articles/almadar-1"),
        ("DELETE", "/v1/articles/almadar-1"),
        ("GET", "/v1/index"),
    ],
)
def test_a_reader_may_do_nothing_else(public: TestClient, method: str, path: str) -> None:
    refused = public.request(
        method, path, json={"query": "x"}, headers=as_reader(token_for(public))
    )
    assert refused.status_code == 403
    assert refused.json()["type"] == "urn:sanad:problem:forbidden"


@pytest.mark.parametrize(
    "origin", [None, "null", "https://herald.example", "https://www.almadar.example"]
)
def test_a_token_is_good_only_from_the_origin_that_it_was_given_to(
    public: TestClient, origin: str | None
) -> None:
    headers = {"Authorization": f"Bearer {token_for(public)}"}
    if origin is not None:
        headers["Origin"] = origin
    refused = public.post("/v1/answers", json=QUESTION, headers=headers)
    assert refused.status_code == 403
    assert refused.json()["type"] == "urn:sanad:problem:origin-not-allowed"


def test_a_token_ends_and_is_renewed_for_the_same_reader(
    public: TestClient, server: PublicServer
) -> None:
    tokens = server.tokens()
    token = token_for(public)
    server.clock.now += timedelta(minutes=15)
    expired = public.post("/v1/answers", json=QUESTION, headers=as_reader(token))
    assert expired.status_code == 401
    renewed = token_for(public, before=token)
    assert tokens.read(renewed) == tokens.read_for_renewal(token)
    asked = public.post("/v1/answers", json=QUESTION, headers=as_reader(renewed))
    assert asked.status_code == 200


def test_nobody_gets_the_id_of_a_reader_without_a_token_of_theirs(
    public: TestClient, server: PublicServer
) -> None:
    tokens = server.tokens()
    token = token_for(public)
    mine = tokens.read(token)
    assert mine is not None
    forged, _ = server.tokens("0" * 32).write(mine)
    renewals = [
        token_for(public, before=forged),
        token_for(public, "herald", before=token),
        token_for(public, origin="https://www.almadar.example", before=token),
        token_for(public, before=token[:-3]),
        token_for(public),
    ]
    ids = {visitor.id for one in renewals if (visitor := tokens.read(one)) is not None}
    assert len(ids) == len(renewals)
    assert mine.id not in ids


def test_a_token_in_the_url_or_the_body_opens_nothing(public: TestClient) -> None:
    token, origin = token_for(public), {"Origin": "https://almadar.example"}
    for name in ("access_token", "token", "authorization"):
        in_url = public.post(f"/v1/answers?{name}={token}", json=QUESTION, headers=origin)
        in_body = public.post("/v1/answers", json=QUESTION | {name: token}, headers=origin)
        assert (in_url.status_code, in_body.status_code) == (401, 401)


def test_a_token_of_a_site_that_was_taken_off_the_list_opens_nothing(
    public: TestClient, server: PublicServer
) -> None:
    token = token_for(public)
    herald = Site(id="herald", name="Herald", origins=frozenset({HERALD_ORIGIN}))
    other = PublicServer(clock=server.clock)
    other.archive.access = replace(other.access(), sites=Sites([herald]))
    with other.running() as client:
        refused = client.post("/v1/answers", json=QUESTION, headers=as_reader(token))
    assert refused.status_code == 403
