"""Every route declares who may call it, and is closed to all others before it reads a body."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from api.access.guard import GuardedRoute, guards_of
from api.access.scopes import Scope
from api.app import create_app
from api.limits import SMALL_BODIES
from api.openapi import DocumentedApi
from tests.api.access.keyrings import KeyRingOf, key_of
from tests.api.archive import Archive, served

OPEN = {
    ("GET", "/"),
    ("GET", "/docs"),
    ("GET", "/openapi.json"),
    ("GET", "/health"),
    ("GET", "/ready"),
    ("POST", "/v1/visitors"),
    ("GET", "/widget/manifest.json"),
    ("GET", "/widget/sanad-chat.js"),
    ("GET", "/widget/{digest}/sanad-chat.js"),
}
"""What anybody may call: it tells nothing of the archive, and minds its own callers."""

DEMO = {
    ("GET", "/en"),
    ("GET", "/sections/{name}"),
    ("GET", "/articles/{article_id}"),
    ("GET", "/demo/{digest}/{name}"),
}
"""The demo site's, which an operator asks for or a developer has."""

FOR_VISITORS = {("POST", "/v1/answers"), ("POST", "/v1/feedback")}
BODIES = {
    "POST": b'{"query": "x", "question": "x"}',
    "PUT": b'{"title": "t", "body": "b"}',
}


def routes() -> list[tuple[str, APIRoute]]:
    archive = Archive.empty()
    app = create_app(archive.open_services, settings=archive.settings)
    assert isinstance(app, DocumentedApi)
    return [(method, route) for route in app.documented_routes for method in route.methods]


def guarded() -> list[tuple[str, APIRoute, Scope]]:
    return [
        (method, route, guard.scope) for method, route in routes() for guard in guards_of(route)
    ]


def path_of(route: APIRoute) -> str:
    return route.path_format.replace("{article_id}", "almadar-1")


def kind_of(response: Any) -> str:
    """Of a problem, or of an error in OpenAI's shape."""
    body = response.json()
    return str(body["error"]["code"] if "error" in body else body["type"].rsplit(":", 1)[1])


GUARDED = guarded()
IDS = [f"{method} {route.path_format}" for method, route, _ in GUARDED]


@pytest.fixture
def closed() -> Iterator[tuple[TestClient, KeyRingOf]]:
    """A server that asks for keys, and its keys."""
    archive = Archive.empty()
    ring = KeyRingOf({})
    archive.access = replace(archive.open_access(), keys=ring, is_for_owner=False)
    with served(archive) as client:
        yield client, ring


def test_every_route_is_guarded_or_stands_in_the_list_of_open_ones() -> None:
    unguarded = {(method, route.path_format) for method, route in routes() if not guards_of(route)}
    assert unguarded == OPEN | DEMO


def test_a_guarded_route_knows_its_caller_before_it_reads_the_body() -> None:
    assert all(isinstance(route, GuardedRoute) for _, route, _ in GUARDED)


def test_visitors_may_only_ask() -> None:
    found = {
        (method, route.path_format)
        for method, route in routes()
        for guard in guards_of(route)
        if guard.visitors
    }
    assert found == FOR_VISITORS


@pytest.mark.parametrize(("method", "route", "scope"), GUARDED, ids=IDS)
def test_a_route_is_closed_without_a_key_whatever_the_body(
    closed: tuple[TestClient, KeyRingOf], method: str, route: APIRoute, scope: Scope
) -> None:
    client, _ = closed
    large = min(1_000_000, SMALL_BODIES.get(route.path_format, 1_000_000))
    for body in (b"", b"{", b"\xff", b"x" * large, BODIES.get(method)):
        response = client.request(method, path_of(route), content=body)
        assert response.status_code == 401
        assert kind_of(response) in {"unauthorized", "invalid_api_key"}
        assert response.headers["www-authenticate"] == 'Bearer realm="sanad"'


@pytest.mark.parametrize(("method", "route", "scope"), GUARDED, ids=IDS)
def test_a_route_is_open_to_its_scope_and_to_no_other(
    closed: tuple[TestClient, KeyRingOf], method: str, route: APIRoute, scope: Scope
) -> None:
    client, ring = closed
    for held in Scope:
        response = client.request(
            method,
            path_of(route),
            content=BODIES.get(method),
            headers={"Authorization": f"Bearer {key_of(ring, held)}"},
        )
        if held is scope:
            assert response.status_code not in {401, 403}
        else:
            assert response.status_code == 403
            assert kind_of(response) == "forbidden"
            assert f'scope="{scope}"' in response.headers["www-authenticate"]


@pytest.mark.parametrize(("method", "path"), sorted(OPEN - {("POST", "/v1/visitors")}))
def test_what_is_open_needs_no_key(
    closed: tuple[TestClient, KeyRingOf], method: str, path: str
) -> None:
    client, _ = closed
    digest = client.get("/widget/manifest.json").json()["module"].split("/")[-2]
    path = path.replace("{digest}", digest)
    assert client.request(method, path, follow_redirects=False).status_code < 400


def test_the_document_says_what_each_operation_needs(
    closed: tuple[TestClient, KeyRingOf],
) -> None:
    client, _ = closed
    document = client.get("/openapi.json").json()
    assert set(document["components"]["securitySchemes"]) == {"key", "visitor"}
    for method, route, scope in GUARDED:
        operation = document["paths"][route.path_format][method.lower()]
        assert operation["security"][0] == {"key": [scope]}
        is_public = (method, route.path_format) in FOR_VISITORS
        assert ({"visitor": []} in operation["security"]) is is_public
        assert {"401", "403"} <= set(operation["responses"])
    assert "security" not in document["paths"]["/health"]["get"]
