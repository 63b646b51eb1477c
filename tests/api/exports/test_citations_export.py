"""Citations are exported as they stand in the archive now, or not at all."""

from typing import Any

import pytest
from pybtex.database import parse_string
from starlette.testclient import TestClient

from tests.api.news import ARABIC, ENGLISH, MIXED
from tests.api.test_articles import body, path

PATH = "/v1/citations/export"


def place(article_id: str, start: int = 0, end: int = 20) -> dict[str, object]:
    return {"article_id": article_id, "start": start, "end": end}


def export(client: TestClient, *places: dict[str, object], form: str = "csl-json") -> Any:
    return client.post(PATH, json={"citations": list(places), "format": form})


def test_the_citations_of_an_answer_become_a_bibliography(client: TestClient) -> None:
    answer = client.post("/v1/answers", json={"question": "معاهدة شراكة استراتيجية"}).json()
    places = [
        {name: citation[name] for name in ("article_id", "start", "end")}
        for citation in answer["citations"]
    ]
    items = export(client, *places).json()
    assert {item["id"] for item in items} == {each["article_id"] for each in answer["citations"]}
    for citation in answer["citations"]:
        [item] = [item for item in items if item["id"] == citation["article_id"]]
        assert f"“{citation['quote']}”" in item["note"]


@pytest.mark.parametrize(
    ("form", "media_type", "name"),
    [
        ("csl-json", "application/vnd.citationstyles.csl+json", "citations.json"),
        ("bibtex", "application/x-bibtex", "citations.bib"),
        ("ris", "application/x-research-info-systems", "citations.ris"),
    ],
)
def test_each_format_is_declared_and_named(
    client: TestClient, form: str, media_type: str, name: str
) -> None:
    response = export(client, place(ARABIC.id), place(MIXED.id), form=form)
    assert response.status_code == 200
    assert response.headers["content-type"] == f"{media_type}; charset=utf-8"
    assert response.headers["content-disposition"] == f'attachment; filename="{name}"'
    for text in (ARABIC.source, MIXED.source):
        assert str(text) in response.content.decode("utf-8")


def test_entries_come_in_the_order_of_the_citations(client: TestClient) -> None:
    text = export(client, place(ENGLISH.id), place("almadar-1"), form="bibtex").text
    assert list(parse_string(text, "bibtex").entries) == [ENGLISH.id, "almadar-1"]


@pytest.mark.parametrize(
    ("places", "status", "slug", "says"),
    [
        ([place("unknown")], 404, "article-not-found", "'unknown'"),
        ([place("withheld")], 404, "article-not-found", "can be quoted"),
        ([place("embargoed")], 404, "article-not-found", "can be quoted"),
        ([place(ARABIC.id), place(ARABIC.id, 5, 5)], 422, "invalid-input", "is no place"),
        ([place(ARABIC.id, 9, 4)], 422, "invalid-input", "is no place"),
        ([place(ARABIC.id, 0, 10_000)], 422, "invalid-input", "was it changed"),
        ([place("long", 0, 10_001)], 422, "invalid-input", "10001 characters"),
        ([place(ARABIC.id, -1, 4)], 422, "invalid-request", "#/citations/0/start"),
        ([], 422, "invalid-request", "#/citations"),
        ([place(ARABIC.id)] * 101, 422, "invalid-request", "#/citations"),
    ],
)
def test_what_cannot_be_quoted_is_not_exported(
    client: TestClient, places: list[dict[str, object]], status: int, slug: str, says: str
) -> None:
    client.put(path("withheld"), json=body(status="withheld"))
    client.put(path("embargoed"), json=body(embargoed_until="2999-01-01T00:00:00Z"))
    client.put(path("long"), json=body(body="ن" * 20_000))
    response = export(client, *places)
    assert response.status_code == status
    assert response.json()["type"] == f"urn:sanad:problem:{slug}"
    assert says in response.json()["detail"]


def test_an_unknown_format_is_refused(client: TestClient) -> None:
    response = export(client, place(ARABIC.id), form="mla")
    assert response.status_code == 422
    assert "'csl-json', 'bibtex' or 'ris'" in response.json()["detail"]
