"""Bytes of a chat endpoint are read whatever way they are cut, and nonsense is said to be that."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.backends.chat_wire import (
    MAX_EVENT_BYTES,
    Dialect,
    EventDecoder,
    MalformedReply,
    Piece,
    ServerFault,
    fault_code,
    read_chunk,
    read_completion,
    request_body,
)
from core.chat import ChatMessage, ChatRequest, ChatUsage, FinishReason

TEXTS = ["قال الوزير", "line\u2028separator\u0085next", "👩🏽‍🚀", "长江", "a\r\nb"]


def stream_of(texts: list[str], *, line_end: str) -> bytes:
    lines = [": a comment", "event: message"]
    for text in texts:
        lines += [f"data: {json.dumps(text, ensure_ascii=False)}", ""]
    return line_end.join(lines).encode()


@settings(deadline=None)
@given(cuts=st.lists(st.integers(0, 200), max_size=30), line_end=st.sampled_from(["\n", "\r\n"]))
def test_events_are_the_same_however_the_bytes_are_cut(cuts: list[int], line_end: str) -> None:
    stream = stream_of(TEXTS, line_end=line_end)
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    decoder = EventDecoder()
    found = [
        data
        for start, end in zip(places, places[1:], strict=False)
        for data in decoder.feed(stream[start:end])
    ]
    found += decoder.close()
    assert [json.loads(data) for data in found] == TEXTS


def test_an_event_without_an_end_is_bounded() -> None:
    decoder = EventDecoder()
    with pytest.raises(MalformedReply, match="more than"):
        decoder.feed(b"data: " + b"x" * MAX_EVENT_BYTES)
    with pytest.raises(MalformedReply, match="more than"):
        EventDecoder().feed(b"data: x\n" * (MAX_EVENT_BYTES))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"{}",
        b"\xff\xfe",
        b'{"choices": {}}',
        b'{"choices": [{"delta": "text"}]}',
        b'{"choices": [{"delta": {"content": 7}}]}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_chunk_is_said_to_be_malformed(data: bytes) -> None:
    with pytest.raises(MalformedReply):
        read_chunk(data)


def test_an_error_inside_a_stream_is_told_by_its_code_and_not_in_its_words() -> None:
    with pytest.raises(ServerFault, match="server_error 500"):
        read_chunk(b'{"error": {"message": "secret text", "type": "server_error", "code": 500}}')
    assert fault_code(b"<html>") == "no reason given"
    assert fault_code(b'{"error": "x"}') == "no reason given"


def test_parts_of_a_chunk_may_be_missing() -> None:
    assert read_chunk(b'{"choices": []}') == Piece()
    assert read_chunk(b'{"choices": [{"delta": {"content": null}}]}') == Piece()
    assert read_chunk(b'{"choices": [{"finish_reason": "stop"}]}').reason is FinishReason.STOP
    odd = read_chunk(b'{"choices": [{"delta": {}, "finish_reason": "tool_calls"}]}')
    assert odd.reason is FinishReason.OTHER
    usage = read_chunk(b'{"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4}}')
    assert usage.usage == ChatUsage(prompt_tokens=3, reply_tokens=4)


def test_a_whole_reply_is_read_too() -> None:
    whole = read_completion(b'{"choices": [{"message": {"content": "hello"}}]}')
    assert (whole.text, whole.reason) == ("hello", FinishReason.OTHER)


REQUEST = ChatRequest(
    messages=(ChatMessage(role="user", text="سؤال"),),
    max_tokens=9,
    timeout_s=1,
    schema={"type": "object"},
)


def test_a_refused_part_is_left_out_and_the_others_stay() -> None:
    dialect = Dialect().after_refusal("Unknown field: response_format.json_schema")
    assert dialect == Dialect(schema=False)
    assert "response_format" not in request_body(REQUEST, model="m", dialect=dialect)
    assert dialect.after_refusal("'temperature' does not support 0") == Dialect(
        schema=False, temperature=False
    )


def test_a_bound_of_another_name_is_given_by_it() -> None:
    said = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
    dialect = Dialect().after_refusal(said)
    assert dialect is not None
    body = request_body(REQUEST, model="m", dialect=dialect)
    assert (body["max_completion_tokens"], body.get("max_tokens")) == (9, None)
    assert "response_format" in body


def test_a_refusal_that_names_nothing_is_tried_bare_once() -> None:
    bare = Dialect().after_refusal("bad request")
    assert bare == Dialect(schema=False, usage=False, temperature=False)
    assert bare.after_refusal("bad request") is None
