"""Responses show the times of a question, and how the search used them."""

import pytest
from starlette.testclient import TestClient

from tests.api.news import ARABIC, ENGLISH


def test_a_search_shows_what_it_made_of_a_time(client: TestClient) -> None:
    query = "معاهدة شراكة استراتيجية في يونيو ٢٠٢٤"
    response = client.post("/v1/search", json={"query": query}).json()

    assert response["periods"] == [
        {
            "text": "في يونيو ٢٠٢٤",
            "start": query.index("في يونيو"),
            "end": len(query),
            "first": "2024-06-01",
            "last": "2024-06-30",
            "use": "preference",
        }
    ]
    assert response["results"][0]["article"]["id"] == ARABIC.id


def test_a_question_without_a_time_has_none(client: TestClient) -> None:
    assert client.post("/v1/search", json={"query": "harbour strike"}).json()["periods"] == []


@pytest.mark.parametrize(("path", "field"), [("search", "query"), ("answers", "question")])
def test_a_filter_that_a_question_names_is_shown_and_told(
    client: TestClient, path: str, field: str
) -> None:
    question = "As of 5 March 2023, when did the harbour strike end?"
    response = client.post(f"/v1/{path}", json={field: question}).json()

    if path == "search":
        assert [one["article"]["id"] for one in response["results"]] == [ENGLISH.id]
    [period] = response["periods"]
    assert (period["first"], period["last"], period["use"]) == (None, "2023-03-05", "filter")
    assert response["notices"][0].startswith("Only articles published until 2023-03-05")


def test_dates_of_the_request_win_over_those_of_the_question(client: TestClient) -> None:
    body = {
        "query": "As of 5 March 2023, who signed a treaty?",
        "filters": {"published_from": "2024-01-01"},
    }
    response = client.post("/v1/search", json=body).json()

    assert [period["use"] for period in response["periods"]] == ["preference"]
    assert response["notices"] == []
    assert ARABIC.id in [one["article"]["id"] for one in response["results"]]
