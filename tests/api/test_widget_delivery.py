"""The widget reaches every page: cached by its content, with a hash that pages can insist on."""

import base64
import hashlib
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.routes.widget import embedding, load_widget

MODULE = Path(__file__).parents[2] / "widget" / "sanad-chat.js"
NEWEST = "/widget/sanad-chat.js"


def test_the_module_is_served_as_it_lies_in_the_project(client: TestClient) -> None:
    response = client.get(NEWEST)
    assert response.content == MODULE.read_bytes()
    assert response.headers["content-type"].startswith("text/javascript")
    assert response.headers["x-content-type-options"] == "nosniff"


def test_every_origin_may_load_it(client: TestClient) -> None:
    response = client.get(NEWEST, headers={"Origin": "https://news.example"})
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"


def test_the_manifest_names_a_path_that_never_changes_and_its_hash(client: TestClient) -> None:
    manifest = client.get("/widget/manifest.json").json()
    response = client.get(manifest["module"])
    digest = base64.b64encode(hashlib.sha384(response.content).digest()).decode()
    assert manifest["integrity"] == f"sha384-{digest}"
    assert manifest["bytes"] == len(response.content)
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_the_path_without_a_version_is_cached_for_minutes(client: TestClient) -> None:
    assert client.get(NEWEST).headers["cache-control"] == "public, max-age=300"


def test_an_unknown_version_is_a_problem_that_tells_the_known_one(client: TestClient) -> None:
    response = client.get("/widget/0123456789abcdef/sanad-chat.js")
    assert response.status_code == 404
    assert load_widget().digest in response.json()["detail"]


def test_a_browser_that_has_it_gets_no_body(client: TestClient) -> None:
    tag = client.get(NEWEST).headers["etag"]
    again = client.get(NEWEST, headers={"If-None-Match": f'"other", W/{tag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == tag


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br", "gzip"),
        ("br;q=1.0, gzip;q=0.5", "gzip"),
        ("gzip;q=0", None),
        ("gzip;q=0.0, br", None),
        ("identity", None),
        ("", None),
    ],
)
def test_it_is_compressed_for_those_who_take_it(
    client: TestClient, accepted: str, coding: str | None
) -> None:
    response = client.get(NEWEST, headers={"Accept-Encoding": accepted})
    assert response.headers.get("content-encoding") == coding
    assert "Accept-Encoding" in response.headers["vary"]
    assert response.content == MODULE.read_bytes()


@pytest.mark.parametrize("coding", ["identity", "gzip", "zstd"])
def test_every_coded_form_is_known_by_its_own_tag(client: TestClient, coding: str) -> None:
    accepts = {"Accept-Encoding": coding}
    tag = client.get(NEWEST, headers=accepts).headers["etag"]
    assert tag.endswith('"' if coding == "identity" else f'-{coding}"')
    again = client.get(NEWEST, headers={"If-None-Match": tag, **accepts})
    assert (again.status_code, again.headers["etag"]) == (304, tag)


def test_the_line_for_other_pages_names_version_and_hash() -> None:
    widget = load_widget()
    line = embedding(widget, url="https://ask.example")
    assert f'src="https://ask.example/widget/{widget.digest}/sanad-chat.js"' in line
    assert f'integrity="{widget.integrity}" crossorigin="anonymous"' in line
