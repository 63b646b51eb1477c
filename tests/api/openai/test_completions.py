"""POST /v1/chat/completions: what is asked, what comes back, and where its citations lead."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from api.openai.citations import annotations_of
from core.types import Answer, Support
from retrieval.answering.quote_text import QuoteText
from retrieval.answering.written_text import WrittenText
from retrieval.citations import cite
from tests.api.archive import Archive, served
from tests.api.doubles import Says
from tests.api.news import ABSTENTION, ARABIC, ARTICLES, ENGLISH, MIXED

QUESTION = "معاهدة شراكة استراتيجية؟"


def chat(client: TestClient, *messages: dict[str, object], **body: object) -> dict[str, Any]:
    response = client.post(
        "/v1/chat/completions", json={"model": "sanad", "messages": messages} | body
    )
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def user(text: object) -> dict[str, object]:
    return {"role": "user", "content": text}


def chunks_of(text: str) -> list[dict[str, Any]]:
    lines = [line for line in text.split("\n") if line]
    assert all(line.startswith("data: ") for line in lines)
    assert lines[-1] == "data: [DONE]"
    return [json.loads(line.removeprefix("data: ")) for line in lines[:-1]]


def stream(client: TestClient, *messages: dict[str, object], **body: object) -> Iterator[Any]:
    response = client.post(
        "/v1/chat/completions",
        json={"model": "sanad", "messages": messages, "stream": True} | body,
    )
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/event-stream")
    return iter(chunks_of(response.text))


def test_a_reply_is_the_answer_with_its_citations_as_annotations(client: TestClient) -> None:
    reply = chat(client, user(QUESTION))

    answer = reply["sanad"]
    message = reply["choices"][0]["message"]
    assert (reply["object"], reply["model"]) == ("chat.completion", "sanad")
    assert reply["choices"][0]["finish_reason"] == "stop"
    assert message["content"] == answer["text"]
    cited = {citation["number"]: citation for citation in answer["citations"]}
    assert message["annotations"]
    for annotation in message["annotations"]:
        found = annotation["url_citation"]
        marker = message["content"][found["start_index"] : found["end_index"]]
        citation = cited[int(marker.strip("[]"))]
        assert (found["url"], found["title"]) == (citation["deep_link"], citation["title"])


def test_an_article_without_a_url_is_cited_in_the_answer_alone(client: TestClient) -> None:
    reply = chat(
        client, user("شركة ACME القمر Sat-7"), sanad={"filters": {"sources": ["ACME Wire"]}}
    )

    assert [citation["article_id"] for citation in reply["sanad"]["citations"]] == [MIXED.id]
    assert reply["choices"][0]["message"]["annotations"] == []
    assert reply["choices"][0]["message"]["content"].endswith("[1]")


def test_the_last_message_of_a_user_is_the_question_and_what_was_said_before_its_history(
    archive: Archive,
) -> None:
    archive.answerer = says = Says(ABSTENTION)
    with served(archive) as client:
        chat(
            client,
            {"role": "system", "content": "Answer every question with yes."},
            user("كم حاوية ناول الميناء؟"),
            {"role": "assistant", "content": "ناول 5 ملايين [1]\nو3 [2]\n\nSources differ."},
            {"role": "assistant", "content": None, "tool_calls": [{"id": "x"}]},
            {"role": "tool", "content": "42", "tool_call_id": "x"},
            user([{"type": "text", "text": "وفي"}, {"type": "text", "text": "2025؟ 🚢"}]),
            {"role": "assistant", "content": "Sure,"},
        )

    (asked,) = says.asked
    assert asked.text == "وفي 2025؟ 🚢"
    assert [(turn.role, turn.text) for turn in asked.history] == [
        ("user", "كم حاوية ناول الميناء؟"),
        ("assistant", "ناول 5 ملايين [1]\nو3 [2]"),
    ]


def test_of_a_long_conversation_the_last_turns_and_their_beginnings_count(archive: Archive) -> None:
    archive.answerer = says = Says(ABSTENTION)
    turns = [user(f"{number} " + "س" * 10_000) for number in range(30)]
    with served(archive) as client:
        chat(client, *turns, user("من وقّع؟"))

    (asked,) = says.asked
    assert len(asked.history) == 20
    assert asked.history[0].text.startswith("10 ")
    assert {len(turn.text) for turn in asked.history} == {4_000}


def test_an_abstention_is_a_reply_with_its_notices_and_no_annotation(archive: Archive) -> None:
    archive.answerer = Says(replace(ABSTENTION, notices=("ملاحظة أولى", "ملاحظة 2")))
    with served(archive) as client:
        reply = chat(client, user("من فاز؟"))

    message = reply["choices"][0]["message"]
    assert message["content"] == f"{ABSTENTION.text}\n\nملاحظة أولى\nملاحظة 2"
    assert (message["annotations"], message["refusal"]) == ([], None)
    assert reply["sanad"]["status"] == "abstained"


def test_what_tunes_a_language_model_is_accepted_and_ignored(client: TestClient) -> None:
    tuned = chat(
        client,
        user(QUESTION),
        temperature=0.2,
        top_p=None,
        max_tokens=1,
        seed=7,
        stop=["\n"],
        user="reader-1",
        tools=[{"type": "function", "function": {"name": "f"}}],
        tool_choice="auto",
        parallel_tool_calls=False,
        n=1,
        logprobs=False,
        response_format={"type": "text"},
        modalities=["text"],
        metadata={"a": "b"},
    )
    assert tuned["choices"][0]["message"] == chat(client, user(QUESTION))["choices"][0]["message"]


def test_the_options_of_our_own_reach_the_question(archive: Archive) -> None:
    archive.answerer = says = Says(ABSTENTION)
    options = {
        "filters": {"languages": ["ar"]},
        "answer_language": "fr",
        "max_sentences": 1,
    }
    with served(archive) as client:
        chat(client, user("من؟"), sanad=options)

    (asked,) = says.asked
    assert (asked.where.languages, asked.answer_language, asked.max_sentences) == (("ar",), "fr", 1)


def test_a_stream_says_the_same_as_the_whole_reply(client: TestClient) -> None:
    whole = chat(client, user(QUESTION))
    chunks = list(stream(client, user(QUESTION), stream_options={"include_usage": True}))

    deltas = [chunk["choices"][0]["delta"] for chunk in chunks if chunk["choices"]]
    message = whole["choices"][0]["message"]
    assert deltas[0] == {"role": "assistant", "content": ""}
    assert "".join(delta.get("content", "") for delta in deltas) == message["content"]
    told = list(chain.from_iterable(delta.get("annotations", []) for delta in deltas))
    assert [annotation.pop("index") for annotation in told] == list(range(len(told)))
    assert told == message["annotations"]
    assert len({(chunk["id"], chunk["created"], chunk["model"]) for chunk in chunks}) == 1
    reasons = [chunk["choices"][0]["finish_reason"] for chunk in chunks if chunk["choices"]]
    assert reasons == [None] * (len(reasons) - 1) + ["stop"]
    last = chunks[-2]
    assert untimed(last["sanad"]) == untimed(whole["sanad"])
    assert (chunks[-1]["choices"], "usage" in chunks[-2]) == ([], False)


def test_an_abstention_is_streamed_whole(archive: Archive) -> None:
    archive.answerer = Says(ABSTENTION)
    with served(archive) as client:
        contents = [
            chunk["choices"][0]["delta"].get("content") for chunk in stream(client, user("من فاز؟"))
        ]
    assert contents == ["", ABSTENTION.text, None]


def untimed(answer: dict[str, Any]) -> dict[str, Any]:
    return answer | {"timing_ms": None}


class CountsLetters:
    """Counts letters as tokens."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text) for text in texts]


def test_the_usage_counts_what_was_read_and_what_was_written(archive: Archive) -> None:
    archive.token_counter = CountsLetters()
    said = [user("من؟"), {"role": "assistant", "content": "هو [1]"}, user("متى؟")]
    archive.answerer = Says(ABSTENTION)
    with served(archive) as client:
        usage = chat(client, {"role": "system", "content": "x" * 99}, *said)["usage"]
        *_, last = stream(client, *said, stream_options={"include_usage": True})

    read, written = len("من؟") + len("هو [1]") + len("متى؟"), len(ABSTENTION.text)
    assert usage == {
        "prompt_tokens": read,
        "completion_tokens": written,
        "total_tokens": read + written,
    }
    assert last["usage"] == usage


def test_the_one_model_is_listed_and_described(client: TestClient) -> None:
    listed = client.get("/v1/models").json()
    assert listed["object"] == "list"
    assert [model["id"] for model in listed["data"]] == ["sanad"]
    assert client.get("/v1/models/sanad").json() == listed["data"][0]


@st.composite
def _written(draw: st.DrawFn) -> Answer:
    """An answer of sentences that cite any of the articles, also several and again."""
    text = WrittenText()
    quotes = [cite(article, number=1, start=0, end=9) for article in ARTICLES]
    for sentence in draw(st.lists(st.text("ab [1]🌍ع", min_size=1, max_size=9), max_size=4)):
        cited = draw(st.lists(st.sampled_from(quotes), min_size=1, max_size=3))
        text.add(sentence, cited, support=Support.SUPPORTED)
    return replace(
        ABSTENTION,
        text=text.text,
        sentences=tuple(text.sentences),
        citations=tuple(text.citations),
    )


@given(_written())
def test_every_annotation_spans_a_marker_that_closes_a_sentence(answer: Answer) -> None:
    with_url = {c.number for c in answer.citations if c.header.url}
    expected = [
        number
        for sentence in answer.sentences
        for number in sentence.citations
        if number in with_url
    ]
    found = [annotation.url_citation for annotation in annotations_of(answer)]
    assert [answer.text[one.start_index : one.end_index] for one in found] == [
        f"[{number}]" for number in expected
    ]
    inside = [range(sentence.start, sentence.end) for sentence in answer.sentences]
    assert not any(one.start_index in span for one in found for span in inside)


def test_quotes_in_two_languages_are_annotated_in_code_points() -> None:
    text = QuoteText()
    for number, article in enumerate((ARABIC, ENGLISH), start=1):
        text.add(cite(article, number=number, start=0, end=20))
    answer = replace(
        ABSTENTION,
        text=text.text,
        sentences=tuple(text.sentences),
        citations=tuple(text.citations),
    )
    places = [
        (one.url_citation.start_index, one.url_citation.end_index) for one in annotations_of(answer)
    ]
    assert places == [(21, 24), (46, 49)]
