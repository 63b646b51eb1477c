"""Pages of a search: nothing twice, nothing left out, whatever happens to the archive meanwhile."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.cursors import cursor_of
from retrieval.query import MAX_SHOWN
from tests.api.batch.uploads import article, lines, upload
from tests.api.test_articles import path

QUERY = {"query": "السطر الأول من الخبر"}
COUNT = 70


@pytest.fixture
def filled(client: TestClient) -> TestClient:
    upload(client, lines(*map(article, range(COUNT))))
    return client


def page(client: TestClient, **fields: object) -> dict[str, Any]:
    response = client.post("/v1/search", json=QUERY | fields)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def pages(client: TestClient, **fields: object) -> Iterator[dict[str, Any]]:
    found = page(client, **fields)
    yield found
    while found["cursor"] is not None:
        found = page(client, **(fields | {"cursor": found["cursor"]}))
        yield found


def ids(found: dict[str, Any]) -> list[str]:
    return [result["article"]["id"] for result in found["results"]]


@pytest.mark.parametrize("limit", [1, 7, 30, 100])
@pytest.mark.parametrize("mode", ["hybrid", "lexical"])
def test_every_result_comes_exactly_once(filled: TestClient, limit: int, mode: str) -> None:
    found = list(pages(filled, limit=limit, mode=mode, filters={"languages": ["ar"]}))
    seen = [article_id for each in found for article_id in ids(each)]
    assert len(seen) == len(set(seen))
    assert {f"خبر/{number}" for number in range(COUNT)} <= set(seen)
    ranks = [result["rank"] for each in found for result in each["results"]]
    assert ranks == list(range(1, len(seen) + 1))
    assert all(len(each["results"]) == limit for each in found[:-1])


def test_passages_are_paged_as_articles_are(filled: TestClient) -> None:
    found = list(pages(filled, limit=50, group_by="passage", filters={"languages": ["ar"]}))
    seen = [result["passage"]["id"] for each in found for result in each["results"]]
    assert len(seen) == len(set(seen))
    assert len(seen) >= 2 * COUNT


def test_what_is_withdrawn_or_published_between_two_pages_shifts_nothing(
    filled: TestClient,
) -> None:
    first = page(filled, limit=20)
    filled.delete(path(ids(first)[3]))
    filled.put(path("zz"), json={"title": "t", "body": "السطر الأول من الخبر الجديد"})
    rest = list(pages(filled, limit=20, cursor=first["cursor"]))
    later = [article_id for found in rest for article_id in ids(found)]
    assert not set(later) & set(ids(first))
    assert len(later) == len(set(later))
    assert {f"خبر/{number}" for number in range(COUNT)} <= set(later) | set(ids(first))


def test_the_last_page_has_no_cursor(filled: TestClient) -> None:
    only = {"article_ids": ["خبر/1", "خبر/2"]}
    assert page(filled, limit=2, filters=only)["cursor"] is None
    assert page(filled, limit=1, filters=only)["cursor"] is not None


@pytest.mark.parametrize(
    "changed",
    [
        {"query": "السطر الثاني"},
        {"mode": "lexical"},
        {"group_by": "passage"},
        {"filters": {"languages": ["ar"]}},
    ],
)
def test_a_cursor_is_good_for_its_search_alone(
    filled: TestClient, changed: dict[str, object]
) -> None:
    cursor = page(filled, limit=5)["cursor"]
    assert page(filled, limit=9, cursor=cursor)["results"]
    response = filled.post("/v1/search", json=QUERY | {"cursor": cursor} | changed)
    assert response.status_code == 422
    assert response.json()["type"] == "urn:sanad:problem:invalid-cursor"


@pytest.mark.parametrize(
    "cursor", ["", "x", "أ", cursor_of(b"12345", given_for="search"), "A" * 8_000]
)
def test_what_is_no_cursor_is_refused(client: TestClient, cursor: str) -> None:
    response = client.post("/v1/search", json=QUERY | {"cursor": cursor})
    assert response.status_code == 422
    assert response.json()["type"] == "urn:sanad:problem:invalid-cursor"


def test_a_cursor_and_an_offset_contradict_each_other(filled: TestClient) -> None:
    cursor = page(filled, limit=5)["cursor"]
    response = filled.post("/v1/search", json=QUERY | {"cursor": cursor, "offset": 5})
    assert "leave offset out" in response.json()["detail"]


def test_a_page_that_an_offset_began_gives_no_cursor_which_would_go_back(
    filled: TestClient,
) -> None:
    assert page(filled, limit=5, offset=5)["cursor"] is None
    assert len(page(filled, limit=5, offset=10)["results"]) == 5


def test_the_longest_cursor_is_taken(client: TestClient) -> None:
    upload(client, lines(*(article(n, body="السطر الأول") for n in range(MAX_SHOWN + 50))))
    found = list(pages(client, limit=100, mode="lexical"))
    assert len(found) == MAX_SHOWN // 100
    assert len({article_id for each in found for article_id in ids(each)}) == MAX_SHOWN
