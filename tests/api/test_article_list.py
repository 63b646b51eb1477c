"""Articles are listed page by page and exported whole, while the archive goes on changing."""

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from core.errors import StoreUnavailable
from tests.api.archive import Archive, served
from tests.api.batch.uploads import upload
from tests.api.doubles import Raises
from tests.api.news import ARTICLES, CHINESE, PERSIAN
from tests.api.test_articles import body, path

PATH = "/v1/articles"
IDS = {article.id for article in ARTICLES}
LINES = {"Accept": "application/x-ndjson"}


def page(client: TestClient, **parameters: str | int) -> dict[str, Any]:
    response = client.get(PATH, params=parameters)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def ids(found: dict[str, Any]) -> list[str]:
    return [article["id"] for article in found["articles"]]


def test_the_list_tells_of_every_article_without_its_body(client: TestClient) -> None:
    found = page(client)
    assert (set(ids(found)), found["cursor"]) == (IDS, None)
    for listed in found["articles"]:
        whole = client.get(path(listed["id"])).json()
        assert listed == {name: value for name, value in whole.items() if name != "body"}


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_give_every_article_exactly_once(client: TestClient, limit: int) -> None:
    seen, cursor = [], None
    for _ in range(len(ARTICLES) + 1):
        found = page(client, limit=limit, **({} if cursor is None else {"cursor": cursor}))
        seen += ids(found)
        cursor = found["cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen))
    assert set(seen) == IDS


def test_pages_stay_whole_while_the_archive_changes(client: TestClient) -> None:
    first = page(client, limit=3)
    client.delete(path(ids(first)[-1]))
    client.put(path("new"), json=body())
    rest = page(client, cursor=first["cursor"])
    assert IDS - set(ids(first)) <= set(ids(rest)) <= IDS - set(ids(first)) | {"new"}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"language": "zh"}, {CHINESE.id}),
        ({"source": "کوهستان"}, {PERSIAN.id}),
        ({"section": "world", "language": "zh"}, {CHINESE.id}),
        ({"tag": "دبلوماسية"}, {"almadar-1"}),
        ({"published_from": "2025-01-31", "published_to": "2025-01-31"}, {PERSIAN.id}),
        ({"language": "sw"}, set()),
    ],
)
def test_filters_say_which_articles_are_listed(
    client: TestClient, filters: dict[str, str], expected: set[str]
) -> None:
    assert set(ids(page(client, **filters))) == expected


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("limit=0", "#/limit"),
        ("limit=1001", "#/limit"),
        ("lang=ar", "unknown query parameter 'lang': known: cursor, language, limit"),
        ("language=Arabic", "#/language"),
        ("language=ar&language=en", "'language' is given twice"),
        ("source=%00", "U+0000"),
        ("published_from=yesterday", "no RFC 3339 time"),
        ("published_from=2025-01-02&published_to=2025-01-01", "swap them"),
        ("cursor=x", "given for another request"),
    ],
)
def test_parameters_are_checked_and_none_is_ignored(
    client: TestClient, query: str, says: str
) -> None:
    response = client.get(f"{PATH}?{query}")
    assert response.status_code == 422
    assert says in response.json()["detail"]


def test_a_cursor_is_good_for_its_filters_alone(client: TestClient) -> None:
    cursor = page(client, limit=1, language="ar")["cursor"]
    assert ids(page(client, language="ar", cursor=cursor))
    response = client.get(PATH, params={"language": "en", "cursor": cursor})
    assert response.json()["type"] == "urn:sanad:problem:invalid-cursor"


def test_the_export_is_taken_by_another_archive_as_it_is(client: TestClient) -> None:
    client.put(path("withheld"), json=body(status="withheld", embargoed_until="2030-01-01T00:00Z"))
    response = client.get(PATH, headers=LINES)
    assert response.headers["content-type"] == "application/x-ndjson"
    hashes = {each["id"]: each["content_hash"] for each in page(client)["articles"]}
    other = Archive.empty()
    with served(other) as elsewhere:
        for article_id in hashes:
            elsewhere.delete(path(article_id))
        verdicts, _ = upload(elsewhere, response.content)
        copied = {each["id"]: each["content_hash"] for each in page(elsewhere)["articles"]}
    assert {each["verdict"] for each in verdicts} == {"indexed"}
    assert copied == hashes


def test_the_export_takes_filters_and_goes_on_behind_a_cursor(client: TestClient) -> None:
    def exported(**parameters: str) -> list[str]:
        text = client.get(PATH, params=parameters, headers=LINES).text
        return [json.loads(line)["id"] for line in text.splitlines()]

    assert exported(language="fa") == [PERSIAN.id]
    first = page(client, limit=2)
    assert exported(cursor=first["cursor"]) == ids(page(client, cursor=first["cursor"]))


def test_a_part_that_fails_is_a_problem_and_never_a_shorter_list(archive: Archive) -> None:
    archive.articles = Raises(StoreUnavailable("gone"))
    with served(archive) as client:
        for headers in ({}, LINES):
            assert client.get(PATH, headers=headers).status_code in {500, 503}
