"""On a developer's machine its owner needs no key, and no page elsewhere can act as the owner."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from api.access.scopes import Scope
from tests.api.access.keyrings import KeyRingOf, key_of
from tests.api.archive import URL, Archive, served

QUESTION = {"question": "harbour strike"}


@pytest.fixture
def client(archive: Archive) -> Iterator[TestClient]:
    with served(archive) as client:
        yield client


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000", "localhost"])
def test_the_owner_needs_no_key_on_loopback(client: TestClient, host: str) -> None:
    assert client.get("/v1/index", headers={"Host": host}).status_code == 200
    assert client.delete("/v1/articles/en-5", headers={"Host": host}).status_code in {204, 404}


@pytest.mark.parametrize("key", ["anything", "sk-none", "sanad_0000000000_x"])
def test_clients_that_insist_on_a_key_may_send_any(client: TestClient, key: str) -> None:
    headers = {"Authorization": f"Bearer {key}"}
    assert client.get("/v1/index", headers=headers).status_code == 200


@pytest.mark.parametrize("host", ["rebound.example:8000", "rebound.example", "192.0.2.1:8000", ""])
def test_a_name_that_was_rebound_to_this_machine_is_refused(client: TestClient, host: str) -> None:
    refused = client.get("/v1/index", headers={"Host": host})
    assert refused.status_code == 403
    assert refused.json()["type"] == "urn:sanad:problem:origin-not-allowed"


@pytest.mark.parametrize("origin", ["https://news.example", "http://localhost:3000", "null"])
def test_a_page_of_another_origin_is_not_the_owner(client: TestClient, origin: str) -> None:
    refused = client.post("/v1/answers", json=QUESTION, headers={"Origin": origin})
    assert refused.status_code == 403


def test_a_page_of_this_server_is_the_owner(client: TestClient) -> None:
    asked = client.post("/v1/answers", json=QUESTION, headers={"Origin": URL})
    assert asked.status_code == 200


def test_a_page_of_a_named_origin_is_the_owner(archive: Archive) -> None:
    archive.settings = archive.settings.model_copy(
        update={"cors_origins": ("http://localhost:3000",)}
    )
    with served(archive) as client:
        asked = client.post(
            "/v1/answers", json=QUESTION, headers={"Origin": "http://localhost:3000"}
        )
    assert asked.status_code == 200


@pytest.mark.parametrize("site", ["almadar", "demo", "x"])
def test_a_page_of_this_server_gets_a_token_for_any_site(client: TestClient, site: str) -> None:
    given = client.post("/v1/visitors", json={"site": site}, headers={"Origin": URL})
    assert given.status_code == 200
    headers = {"Origin": URL, "Authorization": f"Bearer {given.json()['token']}"}
    assert client.post("/v1/answers", json=QUESTION, headers=headers).status_code == 200
    assert client.post("/v1/search", json={"query": "x"}, headers=headers).status_code == 403


@pytest.mark.parametrize("origin", ["https://news.example", "http://localhost:3000", "null"])
def test_a_page_elsewhere_gets_none(client: TestClient, origin: str) -> None:
    refused = client.post("/v1/visitors", json={"site": "demo"}, headers={"Origin": origin})
    assert refused.status_code == 403


def test_a_token_that_is_not_good_is_told_so_that_the_page_renews_it(client: TestClient) -> None:
    headers = {"Origin": URL, "Authorization": "Bearer WyJhIl0.bm9uZQ"}
    assert client.post("/v1/answers", json=QUESTION, headers=headers).status_code == 401


def test_from_the_first_key_on_everybody_needs_one(archive: Archive) -> None:
    ring = KeyRingOf({})
    archive.access = replace(archive.open_access(), keys=ring)
    with served(archive) as client:
        assert client.get("/v1/index").status_code == 200
        key = key_of(ring, Scope.READ)
        assert client.get("/v1/index").status_code == 401
        headers = {"Authorization": f"Bearer {key}"}
        assert client.get("/v1/index", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "settings", [{"host": "0.0.0.0"}, {"environment": "production", "secret": "7hX0vQ2m9Zr4" * 3}]
)
def test_elsewhere_everybody_needs_a_key(settings: dict[str, str]) -> None:
    with served(Archive.empty(**settings)) as client:
        assert client.get("/v1/index").status_code == 401
        assert client.get("/health").status_code == 200
        refused = client.post("/v1/visitors", json={"site": "demo"}, headers={"Origin": URL})
        assert refused.status_code == 403
