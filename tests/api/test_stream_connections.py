"""Event streams over real connections: in pieces, kept alive, many at once, left, and stalled."""

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import httpx
import pytest

from api.event_stream import HEARTBEAT, StreamTiming
from tests.api.archive import Archive
from tests.api.event_streams import Event, events_of, read_events
from tests.api.news import ABSTENTION
from tests.api.streaming_answerers import Endless, Paused
from tests.api.test_leaving import PATIENCE_S, client, listening

ASKED = {"question": "معاهدة شراكة استراتيجية؟", "stream": True}
LONG = "نصٌّ طويل 🌍 — 长文 — مع نیم‌فاصله\r\n\u2028" * 10_000


@contextmanager
def streaming(url: str, *, timeout_s: float = PATIENCE_S) -> Iterator[httpx.Response]:
    with (
        client(url, timeout_s=timeout_s) as asking,
        asking.stream("POST", "/v1/answers", json=ASKED) as response,
    ):
        yield response


@contextmanager
def raw_request(url: str) -> Iterator[socket.socket]:
    """A connection over which the question was sent and nothing was read yet."""
    address = httpx.URL(url)
    body = json.dumps(ASKED).encode()
    head = (
        f"POST /v1/answers HTTP/1.1\r\nHost: {address.host}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((address.host, address.port), PATIENCE_S) as connection:
        connection.sendall(head.encode() + body)
        yield connection


def ready(url: str) -> None:
    with client(url) as asking:
        assert asking.get("/health").status_code == 200


def read_whole(url: str) -> list[Event]:
    with streaming(url) as response:
        return events_of(response.read().decode("utf-8"))


def test_passages_arrive_while_the_answer_is_still_looked_for(archive: Archive) -> None:
    archive.answerer = paused = Paused()
    with listening(archive) as url, streaming(url) as response:
        events = read_events(response.iter_lines())
        assert next(events).name == "passages"
        assert paused.waiting.wait(PATIENCE_S)
        paused.let_go.set()
        assert [event.name for event in events] == ["answer"]


@pytest.mark.parametrize("piece_bytes", [1, 7, 4_096])
def test_text_of_every_script_is_whole_however_the_stream_is_cut(
    archive: Archive, piece_bytes: int
) -> None:
    text = LONG if piece_bytes > 1 else LONG[:2_000]
    archive.answerer = paused = Paused(answered=replace(ABSTENTION, text=text))
    paused.let_go.set()
    with listening(archive) as url, streaming(url) as response:
        received = b"".join(response.iter_bytes(piece_bytes))
    assert events_of(received.decode("utf-8"))[-1].data["text"] == text


def test_a_heartbeat_keeps_the_connection_alive_while_nothing_else_is_said(
    archive: Archive,
) -> None:
    archive.stream_timing = StreamTiming(heartbeat_s=0.05)
    archive.answerer = paused = Paused()
    with listening(archive) as url, streaming(url) as response:
        received = b""
        for piece in response.iter_raw():
            received += piece
            if received.count(HEARTBEAT) == 3:
                paused.let_go.set()
    assert received.count(HEARTBEAT) >= 3
    assert [event.name for event in events_of(received.decode())] == ["passages", "answer"]


def test_the_work_for_a_reader_that_left_is_cancelled(archive: Archive) -> None:
    archive.answerer = paused = Paused()
    with listening(archive) as url:
        with streaming(url) as response:
            assert next(read_events(response.iter_lines())).name == "passages"
            assert paused.waiting.wait(PATIENCE_S)
        assert paused.cancelled.wait(PATIENCE_S)
        ready(url)


def test_an_answerer_between_two_events_is_closed_when_its_reader_leaves(
    archive: Archive,
) -> None:
    archive.answerer = endless = Endless()
    with listening(archive) as url:
        with streaming(url) as response:
            next(response.iter_raw())
        assert endless.closed.wait(PATIENCE_S)
        ready(url)


def test_a_reader_that_takes_nothing_holds_the_work_up_and_is_left_in_the_end(
    archive: Archive, caplog: pytest.LogCaptureFixture
) -> None:
    archive.stream_timing = StreamTiming(stalled_s=1.0)
    archive.answerer = endless = Endless()
    with listening(archive) as url:
        ready(url)
        with raw_request(url):
            assert endless.closed.wait(PATIENCE_S)
            told = endless.told
            time.sleep(0.1)
            assert endless.told == told
        ready(url)
    # What the sockets of both sides buffer, some megabytes, and no more.
    assert told * 60_000 < 20_000_000
    assert "reader stalled" in caplog.text


def test_sixteen_readers_at_once_are_all_told_the_whole_answer(archive: Archive) -> None:
    with listening(archive) as url:
        ready(url)
        with ThreadPoolExecutor(16) as pool:
            streams = list(pool.map(read_whole, [url] * 16))
    first = [(event.name, event.id) for event in streams[0]]
    assert first[0] == ("passages", "1")
    assert first[-1][0] == "answer"
    for events in streams:
        assert [(event.name, event.id) for event in events] == first
        assert events[-1].data["text"] == streams[0][-1].data["text"]


def test_a_connection_serves_streams_and_answers_in_turn(archive: Archive) -> None:
    with listening(archive) as url, client(url) as asking:
        for _ in range(5):
            streamed = asking.post("/v1/answers", json=ASKED)
            assert events_of(streamed.text)[-1].name == "answer"
            assert asking.post("/v1/answers", json={"question": "harbour"}).status_code == 200
