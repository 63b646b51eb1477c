"""Visitors ask within their budgets, are told when to come back, and pay for answers alone."""

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.access.budgets import BudgetPlan
from api.access.refusals import in_words
from api.access.scopes import Scope
from core.errors import StoreUnavailable
from sanad.access.asking_file import AskingFile
from tests.api.access.keyrings import key_of
from tests.api.access.public import (
    HERALD_ORIGIN,
    QUESTION,
    PublicServer,
    as_reader,
    token_for,
)
from tests.api.doubles import Raises
from tests.api.event_streams import events_of
from tests.api.streaming_answerers import BreaksOff, Paused

SMALL = BudgetPlan(visitor_questions_per_minute=3, visitor_questions_per_day=50)


@pytest.fixture
def server() -> PublicServer:
    return PublicServer(plan=SMALL)


@pytest.fixture
def client(server: PublicServer) -> Iterator[TestClient]:
    with server.running() as client:
        yield client


def ask(client: TestClient, token: str, *, stream: bool = False, status: int = 200) -> str:
    response = client.post(
        "/v1/answers", json=QUESTION | {"stream": stream}, headers=as_reader(token)
    )
    assert response.status_code == status, response.text
    return response.headers.get("ratelimit", "")


def remaining(told: str, budget: str = "visitor-questions-minute") -> int:
    [found] = [one for one in told.split(", ") if one.startswith(f'"{budget}"')]
    return int(found.split(";")[1].removeprefix("r="))


@pytest.mark.parametrize("stream", [False, True])
def test_every_answer_tells_what_is_left(client: TestClient, *, stream: bool) -> None:
    token = token_for(client)
    left = [remaining(ask(client, token, stream=stream)) for _ in range(3)]
    assert left == [2, 1, 0]


def test_the_policy_is_told_in_the_words_of_the_draft(client: TestClient) -> None:
    headers = client.post(
        "/v1/answers", json=QUESTION, headers=as_reader(token_for(client))
    ).headers
    assert headers["ratelimit-policy"] == (
        '"visitor-questions-minute";q=3;w=60, "visitor-questions-day";q=50;w=86400'
    )
    assert headers["ratelimit"] == (
        '"visitor-questions-minute";r=2;t=60, "visitor-questions-day";r=49;t=86400'
    )


@pytest.mark.parametrize("stream", [False, True])
def test_a_question_too_many_is_refused_kindly_and_says_when(
    client: TestClient, *, stream: bool
) -> None:
    token = token_for(client)
    for _ in range(3):
        ask(client, token)
    refused = client.post(
        "/v1/answers", json=QUESTION | {"stream": stream}, headers=as_reader(token)
    )
    assert refused.status_code == 429
    problem = refused.json()
    assert problem["type"] == "urn:sanad:problem:too-many-requests"
    assert problem["detail"].startswith("You have used up your 3 questions a minute: ask again in")
    wait_s = int(refused.headers["retry-after"])
    assert 1 <= wait_s <= 60
    assert refused.headers["ratelimit"] == f'"visitor-questions-minute";r=0;t={wait_s}'


def test_renewing_a_token_renews_no_budget(client: TestClient) -> None:
    token = token_for(client)
    for _ in range(3):
        ask(client, token)
    ask(client, token_for(client, before=token), status=429)
    ask(client, token_for(client), status=200)


def test_a_budget_is_whole_again_after_its_window(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, now = token_for(client), datetime.now(tz=UTC).timestamp()
    for _ in range(3):
        ask(client, token)
    # The library of counters reads the clock itself and takes none.
    monkeypatch.setattr("time.time", lambda: now + 61)
    assert remaining(ask(client, token)) == 2


def test_readers_at_one_address_share_its_budget(server: PublicServer) -> None:
    server.plan = BudgetPlan(address_questions_per_minute=2)
    with server.running() as client:
        for _ in range(2):
            ask(client, token_for(client))
        refused = client.post("/v1/answers", json=QUESTION, headers=as_reader(token_for(client)))
    assert refused.status_code == 429
    assert "Readers at your network address have used up" in refused.json()["detail"]


def test_readers_of_a_site_share_its_budget_and_other_sites_have_their_own(
    server: PublicServer,
) -> None:
    server.plan = BudgetPlan(site_questions_per_day=2)
    with server.running() as client:
        for _ in range(2):
            ask(client, token_for(client))
        refused = client.post("/v1/answers", json=QUESTION, headers=as_reader(token_for(client)))
        herald = as_reader(token_for(client, "herald"), HERALD_ORIGIN)
        other = client.post("/v1/answers", json=QUESTION, headers=herald)
    assert (refused.status_code, other.status_code) == (429, 200)
    assert "Readers of this site have used up their 2 questions a day" in refused.json()["detail"]
    assert "UTC" in refused.json()["detail"]


@pytest.mark.parametrize("stream", [False, True])
def test_what_fails_or_is_refused_costs_nothing(server: PublicServer, *, stream: bool) -> None:
    server.archive.answerer = Raises(StoreUnavailable("gone"))
    with server.running() as client:
        token = token_for(client)
        for _ in range(10):
            ask(client, token, stream=stream, status=503)
            bad = client.post("/v1/answers", json={"question": "؟"}, headers=as_reader(token))
            assert bad.status_code == 422
    server.archive.answerer = None
    with server.running() as client:
        assert remaining(ask(client, token)) == 2


def test_an_answer_that_breaks_off_costs_nothing(server: PublicServer) -> None:
    server.archive.answerer = paused = BreaksOff()
    with server.running() as client:
        token = token_for(client)
        for _ in range(10):
            response = client.post(
                "/v1/answers", json=QUESTION | {"stream": True}, headers=as_reader(token)
            )
            assert [event.name for event in events_of(response.text)] == ["passages", "error"]
    assert paused.asked == 10


def test_operators_see_which_budgets_readers_exceed(server: PublicServer) -> None:
    admin = {"Authorization": f"Bearer {key_of(server.ring, Scope.ADMIN)}"}
    with server.running() as client:
        token = token_for(client)
        for status in (200, 200, 200, 429, 429):
            ask(client, token, status=status)
        told = client.get("/metrics", headers=admin).text
    labels = '{budget="visitor-questions-minute",enforced="yes"}'
    assert f"sanad_budgets_exceeded_total{labels} 2.0" in told


def test_keys_have_no_such_budgets(server: PublicServer) -> None:
    with server.running() as client:
        key = {"Authorization": f"Bearer {key_of(server.ring, Scope.ASK)}"}
        for _ in range(10):
            response = client.post("/v1/answers", json=QUESTION, headers=key)
            assert response.status_code == 200
            assert "ratelimit" not in response.headers


def test_in_log_mode_everybody_is_let_in_and_the_log_tells(
    server: PublicServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="api.access.asking")
    access = server.access()
    server.archive.access = replace(access, asking=replace(access.asking, is_enforced=False))
    with server.running() as client:
        token = token_for(client)
        left = [remaining(ask(client, token)) for _ in range(5)]
    assert left == [2, 1, 0, 0, 0]
    lines = [record.getMessage() for record in caplog.records]
    told = "budget exceeded budget=visitor-questions-minute site=almadar enforced=False"
    assert lines.count(told) == 2


def test_answers_under_way_are_bounded(server: PublicServer) -> None:
    server.plan = BudgetPlan(visitor_at_once=2)
    server.archive.answerer = paused = Paused()
    with server.running() as client, ThreadPoolExecutor(2) as pool:
        token = token_for(client)
        first = [pool.submit(ask, client, token, stream=True) for _ in range(2)]
        _wait_until_full(server, 2)
        refused = client.post("/v1/answers", json=QUESTION, headers=as_reader(token))
        paused.let_go.set()
        for one in first:
            one.result(10)
        ask(client, token)
    assert refused.status_code == 429
    assert "2 of your questions are being answered" in refused.json()["detail"]
    assert int(refused.headers["retry-after"]) >= 1


def test_an_address_cannot_multiply_its_readers_without_bound(client: TestClient) -> None:
    statuses = [
        client.post(
            "/v1/visitors",
            json={"site": "almadar"},
            headers={"Origin": "https://almadar.example"},
        ).status_code
        for _ in range(70)
    ]
    assert statuses == [200] * 60 + [429] * 10


def test_a_visitor_cannot_flood_even_with_bad_requests(client: TestClient) -> None:
    headers = as_reader(token_for(client))
    statuses = [
        client.post("/v1/answers", json={"question": 1}, headers=headers).status_code
        for _ in range(125)
    ]
    assert statuses == [422] * 120 + [429] * 5


def test_visitors_are_told_when_asking_is_off_and_all_else_stands(
    server: PublicServer, tmp_path: Path
) -> None:
    access = server.access()
    switch = AskingFile(tmp_path, setting=True)
    server.archive.access = replace(access, asking=replace(access.asking, switch=switch))
    with server.running() as client:
        token = token_for(client)
        admin = {"Authorization": f"Bearer {key_of(server.ring, Scope.ADMIN)}"}
        asker = {"Authorization": f"Bearer {key_of(server.ring, Scope.ASK)}"}
        assert client.get("/v1/asking", headers=admin).json() == {"on": True}
        assert client.put("/v1/asking", json={"on": False}, headers=asker).status_code == 403
        assert client.put("/v1/asking", json={"on": False}, headers=admin).json() == {"on": False}
        refused = client.post("/v1/answers", json=QUESTION, headers=as_reader(token))
        assert refused.status_code == 503
        assert refused.json()["type"] == "urn:sanad:problem:asking-is-off"
        token_for(client, before=token)
        assert client.post("/v1/answers", json=QUESTION, headers=asker).status_code == 200
        assert client.put("/v1/asking", json={"on": True}, headers=admin).json() == {"on": True}
        assert remaining(ask(client, token)) == 2


def test_the_switch_says_when_a_setting_holds_it_off(server: PublicServer, tmp_path: Path) -> None:
    access = server.access()
    switch = AskingFile(tmp_path, setting=False)
    server.archive.access = replace(access, asking=replace(access.asking, switch=switch))
    with server.running() as client:
        admin = {"Authorization": f"Bearer {key_of(server.ring, Scope.ADMIN)}"}
        held = client.put("/v1/asking", json={"on": True}, headers=admin)
    assert held.status_code == 409
    assert held.json()["type"] == "urn:sanad:problem:asking-is-held-off"


@pytest.mark.parametrize(
    ("wait_s", "words"),
    [
        (1, "in 1 second"),
        (59, "in 59 seconds"),
        (119, "in 119 seconds"),
        (121, "in 3 minutes"),
        (3_600, "in 60 minutes"),
        (7_200, "in 2 hours, at 14:00 UTC"),
        (80_000, "in 23 hours, at 10:13 UTC"),
    ],
)
def test_times_are_told_in_words(wait_s: int, words: str) -> None:
    assert in_words(wait_s, now=datetime(2026, 3, 1, 12, tzinfo=UTC)) == words


def _wait_until_full(server: PublicServer, seats: int) -> None:
    access = server.archive.access
    assert access is not None
    patience = threading.Event()
    for _ in range(500):
        if sum(access.asking.seats.taken.values()) >= 2 * seats:
            return
        patience.wait(0.01)
    raise AssertionError("the answers did not begin")
