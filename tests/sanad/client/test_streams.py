"""Bytes of a stream become the same events however the network cuts them."""

from hypothesis import given
from hypothesis import strategies as st

from api.event_stream import HEARTBEAT
from api.schemas.answer_events import DeltaOut
from api.stream_example import STREAM_EXAMPLE
from sanad.client.streams import EventReader, Lines, StreamEvent

EVENTS = STREAM_EXAMPLE.replace("Monday", "Mon\u2028day\u0085🌍 الاثنين").encode("utf-8")
UNKNOWN = b'event: later\ndata: {"x": 1}\n\n'
STREAM = HEARTBEAT + EVENTS.replace(b"\n\n", b"\n\n" + HEARTBEAT + UNKNOWN)


def events_of(*chunks: bytes) -> list[StreamEvent]:
    reader = EventReader(url="http://h")
    found = [event for chunk in chunks for event in reader.feed(chunk)]
    reader.require_whole()
    return found


@given(st.lists(st.integers(0, len(STREAM)), max_size=20))
def test_every_cut_gives_the_same_events(places: list[int]) -> None:
    cuts = [0, *sorted(places), len(STREAM)]
    chunks = [STREAM[start:end] for start, end in zip(cuts, cuts[1:], strict=False)]
    assert events_of(*chunks) == events_of(STREAM)


def test_the_line_ends_of_unicode_end_no_line() -> None:
    names = [type(event).__name__ for event in events_of(STREAM)]
    assert names == ["PassagesOut", "CitationOut", "DeltaOut", "AnswerOut"]
    delta = events_of(STREAM)[2]
    assert isinstance(delta, DeltaOut)
    assert "Mon\u2028day\u0085🌍 الاثنين" in delta.text


def test_both_line_ends_of_the_wire_are_understood() -> None:
    assert events_of(STREAM.replace(b"\n", b"\r\n")) == events_of(STREAM)


def test_what_is_left_after_the_last_line_end_is_a_line_of_its_own() -> None:
    lines = Lines()
    assert lines.feed("a\nب".encode()[:-1]) == ["a"]
    assert lines.feed("ب".encode()[-1:]) == []
    assert (lines.end(), lines.end()) == (["ب"], [])
