"""PUT, GET and DELETE /v1/articles/{id}: any text is an id, and a change shows at once."""

from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from tests.api.news import ARABIC, EMOJI, MIXED

IDS = [
    "plain-1",
    "news/2024/06/19",
    "passages",
    "world/passages",
    "passages/passages",
    "/leading and trailing/",
    "double//slash",
    "percent%2Fencoded%20already",
    "question?mark#hash&and=equals",
    "مقال-عربي/٣",
    "مقاله‌ی فارسی",
    "新闻/四",
    "🌍🧑‍🚀/🚀",
    "e\u0301 is not \u00e9",
    "a+b;c=d:e@f",
    "...",
    "<script>'\"",
    "ن" * 200,
]


def path(article_id: str) -> str:
    return f"/v1/articles/{quote(article_id, safe='')}"


def body(**fields: object) -> dict[str, object]:
    return {"title": "عنوان", "body": "السطر الأول.\nالسطر الثاني."} | fields


def put(client: TestClient, article_id: str, **fields: object) -> dict[str, Any]:
    response = client.put(path(article_id), json=body(**fields))
    assert response.status_code in {200, 201}, response.text
    written: dict[str, Any] = response.json()
    return written


@pytest.mark.parametrize("article_id", IDS)
def test_any_text_is_an_id_from_put_to_delete(client: TestClient, article_id: str) -> None:
    assert put(client, article_id)["id"] == article_id
    assert client.get(path(article_id)).json()["id"] == article_id
    passages = client.get(path(article_id) + "/passages").json()
    assert (passages["article_id"], len(passages["passages"])) == (article_id, 2)
    found = client.post(
        "/v1/search", json={"query": "السطر", "filters": {"article_ids": [article_id]}}
    )
    assert [result["article"]["id"] for result in found.json()["results"]] == [article_id]
    assert client.delete(path(article_id)).status_code == 204
    assert client.get(path(article_id)).status_code == 404


def test_a_plain_slash_in_a_path_means_the_same_as_an_encoded_one(client: TestClient) -> None:
    put(client, "news/2024/1")
    assert client.get("/v1/articles/news/2024/1").json()["id"] == "news/2024/1"
    assert client.get("/v1/articles/news/2024/1/passages").json()["article_id"] == "news/2024/1"


def test_an_id_that_ends_in_passages_is_told_from_the_passages_of_another(
    client: TestClient,
) -> None:
    put(client, "world")
    put(client, "world/passages", title="other")
    assert client.get("/v1/articles/world/passages").json()["article_id"] == "world"
    assert client.get("/v1/articles/world%2Fpassages").json()["title"] == "other"
    of_other = client.get("/v1/articles/world%2Fpassages/passages").json()
    assert of_other["article_id"] == "world/passages"


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_the_passages_of_an_article_cannot_be_written(client: TestClient, method: str) -> None:
    response = client.request(method, f"{path(ARABIC.id)}/passages", json=body())
    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD")
    assert client.get(path(ARABIC.id)).status_code == 200


def test_ids_that_differ_in_code_points_are_different_articles(client: TestClient) -> None:
    put(client, "caf\u00e9", title="composed")
    put(client, "cafe\u0301", title="decomposed")
    assert client.get(path("caf\u00e9")).json()["title"] == "composed"


def test_put_says_what_it_did_and_counts_versions(client: TestClient) -> None:
    first = client.put(path("a"), json=body())
    again = client.put(path("a"), json=body())
    changed = client.put(path("a"), json=body(title="جديد"))
    assert (first.status_code, first.json()) == (
        201,
        {"id": "a", "verdict": "indexed", "version": 1, "passages": 2},
    )
    assert (again.status_code, again.json()["verdict"], again.json()["version"]) == (
        200,
        "unchanged",
        1,
    )
    assert (changed.status_code, changed.json()["verdict"], changed.json()["version"]) == (
        200,
        "updated",
        2,
    )


def test_what_was_put_is_what_get_gives(client: TestClient) -> None:
    sent = {
        "title": "ACME تطلق Sat-7 🚀",
        "body": "سطر\tأول.\n\nسطر (second) ثانٍ.",
        "language": "AR-eg",
        "url": "https://almadar.example/أخبار?id=7#top",
        "published_at": "2024-06-19T14:05:00.25+03:00",
        "updated_at": "2024-06-20",
        "source": "المدار",
        "authors": ["ليلى", "J. O’Neil"],
        "section": "علوم",
        "tags": ["فضاء"],
        "status": "usable",
        "embargoed_until": "2024-06-19T12:00:00z",
        "corrections": [{"at": "2024-06-21", "text": "خطأ\nفي الرقم"}],
    }
    put(client, "a", **sent)
    given = client.get(path("a")).json()
    expected = sent | {
        "id": "a",
        "language": "ar",
        "published_at": "2024-06-19T11:05:00.250000Z",
        "updated_at": "2024-06-20T00:00:00Z",
        "embargoed_until": "2024-06-19T12:00:00Z",
        "corrections": [{"at": "2024-06-21T00:00:00Z", "text": "خطأ\nفي الرقم"}],
    }
    kept = {"version", "content_hash", "passages"}
    assert {name: value for name, value in given.items() if name not in kept} == expected


def test_what_is_left_out_is_unknown_and_the_language_is_identified(client: TestClient) -> None:
    text = {"title": "Dostluk köprüsü açıldı", "body": "Köprü salı günü törenle açıldı."}
    put(client, "a", **text)
    put(client, "b", language="und", **text)
    given = client.get(path("a")).json()
    assert client.get(path("b")).json()["language"] == "tr"
    assert given["language"] == "tr"
    unknown = ("url", "published_at", "updated_at", "source", "section", "embargoed_until")
    assert [given[name] for name in unknown] == [None] * len(unknown)


def test_a_put_article_is_found_and_a_withdrawn_one_is_not(client: TestClient) -> None:
    def found() -> list[str]:
        response = client.post("/v1/search", json={"query": "زلزال المرجان"})
        return [result["article"]["id"] for result in response.json()["results"][:1]]

    text = {"title": "زلزال", "body": "ضرب زلزال المرجان الساحل."}
    put(client, "quake", **text)
    assert found() == ["quake"]
    put(client, "quake", status="canceled", **text)
    assert found() != ["quake"]
    assert client.get(path("quake")).json()["status"] == "canceled"
    assert client.get(path("quake") + "/passages").json()["passages"] == []


def test_an_embargoed_article_is_not_found_before_its_time(client: TestClient) -> None:
    put(client, "later", body="خبر المرجان القادم.", embargoed_until="2026-03-02T00:00:00Z")
    put(client, "past", body="خبر المرجان السابق.", embargoed_until="2026-02-28T00:00:00Z")
    response = client.post("/v1/search", json={"query": "خبر المرجان"})
    ids = [result["article"]["id"] for result in response.json()["results"]]
    assert "past" in ids
    assert "later" not in ids


def test_the_body_may_repeat_the_id_of_the_path(client: TestClient) -> None:
    assert put(client, "a/b", id="a/b")["verdict"] == "indexed"


def test_passages_come_in_order_and_slice_the_body(client: TestClient) -> None:
    passages = client.get(path(ARABIC.id) + "/passages").json()["passages"]
    assert [passage["order"] for passage in passages] == [0, 1]
    for passage in passages:
        assert passage["text"] == ARABIC.body[passage["start"] : passage["end"]]


def test_corrections_and_emoji_come_back_as_they_are(client: TestClient) -> None:
    assert client.get(path(EMOJI.id)).json()["title"] == EMOJI.title
    given = client.get(path(MIXED.id)).json()["corrections"]
    assert given == [{"at": "2025-05-02T00:00:00Z", "text": "550 km, not 500 km"}]
