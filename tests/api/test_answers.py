"""POST /v1/answers gives the answer of the contract, or an abstention."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.schemas import AnswerOut
from core.types import Answer, AnswerStatus, ArticleHeader
from tests.api.archive import Archive, served
from tests.api.doubles import Says
from tests.api.news import ABSTENTION, ARABIC, ENGLISH


def answer(client: TestClient, **body: object) -> dict[str, Any]:
    response = client.post("/v1/answers", json=body)
    assert response.status_code == 200, response.text
    given: dict[str, Any] = response.json()
    return given


def test_an_answer_has_exactly_the_fields_of_the_contract(client: TestClient) -> None:
    given = answer(client, question="معاهدة شراكة استراتيجية؟", filters={"languages": ["ar"]})
    assert list(given) == [
        "id",
        "status",
        "language",
        "mode",
        "text",
        "sentences",
        "citations",
        "confidence",
        "newest_evidence",
        "notices",
        "timing_ms",
        "nearest",
        "withheld",
        "query",
        "periods",
        "conflicts",
    ]
    assert list(given["sentences"][0]) == ["start", "end", "citations", "support"]
    assert list(given["citations"][0]) == [
        "number",
        "article_id",
        "title",
        "url",
        "deep_link",
        "source",
        "published_at",
        "language",
        "quote",
        "start",
        "end",
        "selectors",
        "also",
        "sources",
        "answer_spans",
        "corrections",
    ]
    assert given["nearest"] == []


def test_every_quote_is_a_slice_of_the_article_as_the_api_gives_it(client: TestClient) -> None:
    given = answer(client, question="معاهدة شراكة استراتيجية")
    assert given["status"] == "answered"
    for citation in given["citations"]:
        article = client.get(f"/v1/articles/{citation['article_id']}").json()
        assert citation["quote"] == article["body"][citation["start"] : citation["end"]]
        quote, position = citation["selectors"]
        assert quote["type"] == "TextQuoteSelector"
        assert quote["prefix"] + quote["exact"] + quote["suffix"] in article["body"]
        assert position == {
            "type": "TextPositionSelector",
            "start": citation["start"],
            "end": citation["end"],
        }


def test_every_sentence_is_a_slice_of_the_text_and_carries_a_citation(client: TestClient) -> None:
    given = answer(client, question="The harbour strike of the dockers ended on Monday")
    quotes = {citation["number"]: citation["quote"] for citation in given["citations"]}
    for sentence in given["sentences"]:
        text = given["text"][sentence["start"] : sentence["end"]]
        assert [quotes[number] for number in sentence["citations"]] == [text]
    assert given["newest_evidence"] == "2023-02-03T00:00:00Z"


def test_filters_bound_what_may_be_quoted(client: TestClient) -> None:
    given = answer(client, question=ENGLISH.title, filters={"sources": [ARABIC.source]})
    assert {citation["article_id"] for citation in given["citations"]} <= {ARABIC.id}


def test_an_abstention_is_an_answer_that_names_the_nearest_articles(archive: Archive) -> None:
    archive.answerer = Says(ABSTENTION)
    with served(archive) as client:
        given = answer(client, question="من فاز بكأس العالم 1890؟")
    assert (given["status"], given["citations"], given["sentences"]) == ("abstained", [], [])
    assert [header["id"] for header in given["nearest"]] == [ARABIC.id]


def test_the_wanted_language_reaches_the_answerer(archive: Archive) -> None:
    archive.answerer = says = Says(ABSTENTION)
    with served(archive) as client:
        answer(client, question="ما المعاهدة؟")
        answer(client, question="ما المعاهدة؟", answer_language="pt-BR", max_sentences=5)
    assert [question.answer_language for question in says.asked] == [None, "pt-BR"]
    assert [question.max_sentences for question in says.asked] == [3, 5]


def test_the_turns_before_a_question_reach_the_answerer(archive: Archive) -> None:
    archive.answerer = says = Says(ABSTENTION)
    turns = [{"role": "user", "text": "ما المعاهدة؟"}, {"role": "assistant", "text": "🌍 [1]"}]
    with served(archive) as client:
        answer(client, question="ومتى؟", history=turns)
        answer(client, question="ومتى؟")
    assert [len(question.history) for question in says.asked] == [2, 0]
    assert [(turn.role, turn.text) for turn in says.asked[0].history] == [
        ("user", "ما المعاهدة؟"),
        ("assistant", "🌍 [1]"),
    ]


@pytest.mark.parametrize(
    "accept", ["application/json", "*/*", "application/json, text/event-stream"]
)
def test_a_caller_who_reads_json_as_gladly_gets_json(client: TestClient, accept: str) -> None:
    response = client.post("/v1/answers", json={"question": "harbour"}, headers={"Accept": accept})
    assert response.headers["content-type"] == "application/json"


def test_times_are_written_in_utc_with_z_whatever_zone_they_come_in() -> None:
    local = datetime(2024, 6, 19, 14, 5, tzinfo=timezone(timedelta(hours=3)))
    header = ArticleHeader(id="a", title="t", language="ar", published_at=local)
    given = Answer(
        id="1",
        status=AnswerStatus.ABSTAINED,
        mode="extractive",
        text="…",
        language="ar",
        sentences=(),
        citations=(),
        confidence=0.0,
        newest_evidence=local,
        notices=(),
        timing_ms={},
        nearest=(header,),
    )
    written = AnswerOut.from_answer(given).model_dump(mode="json")
    assert written["newest_evidence"] == "2024-06-19T11:05:00Z"
    assert written["nearest"][0]["published_at"] == "2024-06-19T11:05:00Z"
