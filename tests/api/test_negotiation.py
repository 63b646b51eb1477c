"""Events are sent to callers who would rather have them, JSON to everyone else."""

import pytest

from api.negotiation import prefers_events


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("text/event-stream", True),
        ("Text/Event-Stream ; charset=utf-8", True),
        ("text/event-stream, application/json;q=0.9", True),
        ("text/event-stream, */*;q=0.1", True),
        ("text/*, application/json; q=0.5", True),
        ("text/event-stream;q=0.2, text/*, application/json;q=0.3", False),
        ("application/json", False),
        ("application/json, text/event-stream", False),
        ("text/event-stream, */*", False),
        ("text/event-stream;q=0", False),
        ("text/event-stream;q=high", False),
        ("text/html,application/xhtml+xml,*/*;q=0.8", False),
        ("*/*", False),
        ("", False),
        (",;,", False),
        ("سند", False),
    ],
)
def test_the_heavier_form_is_preferred_and_json_when_they_weigh_the_same(
    accept: str, expected: bool
) -> None:
    assert prefers_events(accept) is expected
