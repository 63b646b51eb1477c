"""POST /v1/search gives what the contract says, and only what the filters let through."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from core.types import Article
from tests.api.news import ARABIC, CHINESE, ENGLISH, MIXED, PERSIAN


def search(client: TestClient, **body: object) -> dict[str, Any]:
    response = client.post("/v1/search", json=body)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def found_ids(response: dict[str, Any]) -> list[str]:
    return [result["article"]["id"] for result in response["results"]]


@pytest.mark.parametrize(
    ("query", "article"),
    [
        ("معاهدة الشراكة الاستراتيجية", ARABIC),
        ("المساعدة المتبادلة 🤝", ARABIC),
        ("بارش برف در البرز", PERSIAN),
        ("القمر ACME Sat-7", MIXED),
        ("长江大桥 通车", CHINESE),
        ("When did the harbour strike of the dockers end?", ENGLISH),
    ],
)
def test_a_query_in_any_language_finds_its_article(
    client: TestClient, query: str, article: Article
) -> None:
    assert found_ids(search(client, query=query))[0] == article.id


def test_a_response_has_exactly_the_fields_of_the_contract(client: TestClient) -> None:
    response = search(client, query="معاهدة الشراكة", limit=1)
    assert list(response) == ["query_id", "results", "notices", "timing_ms", "periods", "cursor"]
    result = response["results"][0]
    assert list(result) == ["rank", "score", "passage", "article", "family_size"]
    assert list(result["passage"]) == [
        "id",
        "text",
        "start",
        "end",
        "heading",
        "language",
        "highlights",
    ]
    assert result["article"]["published_at"] == "2024-06-19T11:05:00Z"
    assert result["family_size"] == 1
    assert set(response["timing_ms"]) == {"embed", "search"}


def test_a_passage_is_a_slice_of_the_body_and_highlights_are_slices_of_the_passage(
    client: TestClient,
) -> None:
    query = "تنص المعاهدة على مساعدة"
    passage = search(client, query=query)["results"][0]["passage"]
    assert passage["text"] == ARABIC.body[passage["start"] : passage["end"]]
    marked = [passage["text"][run["start"] : run["end"]] for run in passage["highlights"]]
    assert marked == ["وتنص", "المعاهدة", "المساعدة"]  # and not "على", a stop word


def test_explanations_are_given_only_when_asked_for(client: TestClient) -> None:
    plain = search(client, query="harbour strike", explain=False)["results"][0]
    explained = search(client, query="harbour strike", explain=True)["results"][0]
    assert "explain" not in plain
    assert explained["explain"]["dense_rank"] == 1
    assert explained == plain | {"explain": explained["explain"]}


def test_an_explanation_has_exactly_the_fields_of_the_contract(client: TestClient) -> None:
    explain = search(client, query="harbour strike", explain=True)["results"][0]["explain"]
    assert list(explain) == [
        "dense_score",
        "dense_rank",
        "lexical_score",
        "lexical_rank",
        "dense_normalised",
        "lexical_normalised",
        "lexical_weight",
        "question_language",
        "fused_rank",
        "contributions",
        "reranker_score",
        "reranker_rank",
    ]
    assert [list(part) for part in explain["contributions"]] == [
        ["name", "value", "weight", "adds", "note"]
    ] * 2
    assert (explain["question_language"], explain["fused_rank"]) == ("en", 1)
    assert (explain["reranker_score"], explain["reranker_rank"]) == (None, None)


@pytest.mark.parametrize("mode", ["hybrid", "dense", "lexical"])
@pytest.mark.parametrize("query", ["معاهدة شراكة Sat-7", "harbour strike of the dockers", "长江"])
def test_the_parts_of_an_explanation_sum_to_the_score(
    client: TestClient, query: str, mode: str
) -> None:
    body = {"query": query, "mode": mode, "explain": True, "group_by": "passage"}
    for result in search(client, **body)["results"]:
        parts = result["explain"]["contributions"]
        assert sum(part["adds"] for part in parts) == pytest.approx(result["score"])
        for part in parts:
            assert part["value"] * part["weight"] == pytest.approx(part["adds"])


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"languages": ["zh"]}, {CHINESE.id}),
        ({"sources": ["المدار", "江报"]}, {ARABIC.id, CHINESE.id}),
        ({"sections": ["climate"]}, {PERSIAN.id}),
        ({"tags": ["دبلوماسية"]}, {ARABIC.id}),
        ({"article_ids": [PERSIAN.id, MIXED.id]}, {PERSIAN.id, MIXED.id}),
        ({"published_from": "2024-06-19", "published_to": "2024-06-19"}, {ARABIC.id}),
        # 2024-06-20T02:00+03:00 is the evening before in UTC.
        (
            {"published_from": "2024-06-20T02:00:00+03:00", "published_to": "2024-06-20"},
            {CHINESE.id},
        ),
        # The last moment of January belongs to a range that ends on that date.
        ({"published_from": "2025-01-01", "published_to": "2025-01-31"}, {PERSIAN.id}),
        ({"published_to": "2025-01-31T23:59:59Z", "languages": ["fa"]}, set()),
        ({"languages": ["ar"], "sections": ["science"]}, {MIXED.id}),
        ({"languages": ["de"]}, set()),
    ],
)
def test_filters_let_through_exactly_what_they_name(
    client: TestClient, filters: dict[str, object], expected: set[str]
) -> None:
    assert set(found_ids(search(client, query="treaty", filters=filters))) == expected


def test_pages_follow_one_another_without_gap_or_overlap(client: TestClient) -> None:
    whole = search(client, query="الشراكة", limit=6)
    pages = [search(client, query="الشراكة", limit=2, offset=offset) for offset in (0, 2, 4)]
    assert [identity for page in pages for identity in found_ids(page)] == found_ids(whole)
    assert [result["rank"] for page in pages for result in page["results"]] == [1, 2, 3, 4, 5, 6]


def test_grouping_by_passage_shows_an_article_more_than_once(client: TestClient) -> None:
    by_article = found_ids(search(client, query="معاهدة", group_by="article"))
    by_passage = found_ids(search(client, query="معاهدة", group_by="passage"))
    assert by_article.count(ARABIC.id) == 1
    assert by_passage.count(ARABIC.id) == 2


def test_the_lexical_mode_finds_only_what_shares_a_word(client: TestClient) -> None:
    assert found_ids(search(client, query="القمر الصناعي Sat", mode="lexical")) == [MIXED.id]
