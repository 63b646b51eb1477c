"""Pages of other origins read what is meant for them, and nothing else."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from api.access.cors import PUBLIC_PATHS
from api.access.guard import guards_of
from api.access.scopes import Scope
from api.access.sites import Site, Sites
from core.errors import StoreUnavailable
from tests.api.access.keyrings import KeyRingOf, key_of
from tests.api.access.test_guarded_routes import routes
from tests.api.archive import Archive, served
from tests.api.doubles import Raises

SITE, TOOL, OTHER = "https://almadar.example", "https://tools.example", "https://other.example"
ALLOW = "access-control-allow-origin"


@pytest.fixture
def archive() -> Archive:
    archive = Archive.empty(cors_origins=(TOOL,))
    archive.access = replace(
        archive.open_access(),
        keys=KeyRingOf({}),
        sites=Sites([Site(id="almadar", name="المدار", origins=frozenset({SITE}))]),
        is_for_owner=False,
    )
    return archive


@pytest.fixture
def client(archive: Archive) -> Iterator[TestClient]:
    with served(archive) as client:
        yield client


def preflight(client: TestClient, path: str, origin: str, method: str = "POST") -> dict[str, str]:
    asked = {"Origin": origin, "Access-Control-Request-Method": method}
    response = client.options(path, headers=asked)
    return dict(response.headers) | {"status": str(response.status_code)}


def test_public_paths_are_those_that_visitors_may_use() -> None:
    found = {
        route.path_format for _, route in routes() for guard in guards_of(route) if guard.visitors
    }
    # The route of feedback is public as well, once there is one.
    assert found | {"/v1/visitors"} | {"/v1/feedback"} == PUBLIC_PATHS


@pytest.mark.parametrize("path", sorted(PUBLIC_PATHS))
@pytest.mark.parametrize("origin", [SITE, TOOL])
def test_a_page_of_a_site_may_send_to_public_routes(
    client: TestClient, path: str, origin: str
) -> None:
    told = preflight(client, path, origin)
    assert (told["status"], told[ALLOW]) == ("204", origin)
    assert told["access-control-allow-methods"] == "POST"
    assert {"Authorization", "Content-Type"} <= set(
        told["access-control-allow-headers"].split(", ")
    )
    assert int(told["access-control-max-age"]) >= 600
    assert "Origin" in told["vary"]
    assert "access-control-allow-credentials" not in told


@pytest.mark.parametrize("path", ["/v1/search", "/v1/index", "/v1/articles/a", "/health", "/docs"])
def test_a_page_of_a_site_may_send_to_nothing_else(client: TestClient, path: str) -> None:
    told = preflight(client, path, SITE, "GET")
    assert told["status"] == "403"
    assert ALLOW not in told
    told = preflight(client, path, TOOL, "DELETE")
    assert (told["status"], told[ALLOW]) == ("204", TOOL)
    assert "DELETE" in told["access-control-allow-methods"]


@pytest.mark.parametrize("path", [*sorted(PUBLIC_PATHS), "/v1/search", "/v1/articles/a"])
@pytest.mark.parametrize("origin", [OTHER, "null", "*", SITE + ".other.example", SITE + "/"])
def test_any_other_page_may_send_nothing(client: TestClient, path: str, origin: str) -> None:
    told = preflight(client, path, origin)
    assert told["status"] == "403"
    assert ALLOW not in told
    assert "Origin" in told["vary"]


def test_everybody_may_load_the_widget_and_only_load_it(client: TestClient) -> None:
    told = preflight(client, "/widget/sanad-chat.js", OTHER, "GET")
    assert (told["status"], told[ALLOW]) == ("204", "*")
    assert told["access-control-allow-methods"] == "GET"
    loaded = client.get("/widget/sanad-chat.js", headers={"Origin": OTHER})
    assert loaded.headers[ALLOW] == "*"


def test_a_page_can_read_answers_refusals_and_faults(archive: Archive) -> None:
    archive.searcher = Raises(StoreUnavailable("gone"))
    with served(archive) as client:
        given = client.post("/v1/visitors", json={"site": "almadar"}, headers={"Origin": SITE})
        token = {"Origin": SITE, "Authorization": f"Bearer {given.json()['token']}"}
        no_token = client.post("/v1/answers", json={"question": "x"}, headers={"Origin": SITE})
        fault = client.post("/v1/answers", json={"question": "x"}, headers=token)
    assert [one.status_code for one in (given, no_token, fault)] == [200, 401, 503]
    for response in (given, no_token, fault):
        assert response.headers[ALLOW] == SITE
        assert "RateLimit" in response.headers["access-control-expose-headers"]
        assert "X-Request-ID" in response.headers["access-control-expose-headers"]


def test_an_unexpected_fault_can_be_read_too(archive: Archive) -> None:
    archive.searcher = Raises(ZeroDivisionError())
    with served(archive) as client:
        given = client.post("/v1/visitors", json={"site": "almadar"}, headers={"Origin": SITE})
        token = {"Origin": SITE, "Authorization": f"Bearer {given.json()['token']}"}
        fault = client.post("/v1/answers", json={"question": "x"}, headers=token)
    assert (fault.status_code, fault.headers[ALLOW]) == (500, SITE)


def test_internal_responses_are_read_by_named_tools_alone(archive: Archive) -> None:
    ring = KeyRingOf({})
    assert archive.access is not None
    archive.access = replace(archive.access, keys=ring)
    with served(archive) as client:
        key = {"Authorization": f"Bearer {key_of(ring, Scope.READ)}"}
        allowed = {
            origin: client.get("/v1/index", headers=key | {"Origin": origin}).headers.get(ALLOW)
            for origin in (TOOL, SITE, OTHER)
        }
        vary = client.get("/v1/index", headers=key).headers["vary"]
    assert allowed == {TOOL: TOOL, SITE: None, OTHER: None}
    assert vary == "Origin"


def test_options_without_a_page_are_no_preflight(client: TestClient) -> None:
    assert client.options("/v1/search").status_code == 405
