"""Which of the two forms of an answer a caller would rather have: JSON or an event stream."""

from collections.abc import Mapping, Sequence

_JSON = ("application/json", "application/*", "*/*")
_EVENTS = ("text/event-stream", "text/*")
"""Media ranges that name the form, the most specific first: who takes anything gets JSON."""


def prefers_events(accept: str) -> bool:
    """Whether a header Accept (RFC 9110, section 12.5.1) weighs an event stream above JSON.

    >>> prefers_events("text/event-stream, */*;q=0.1")
    True
    >>> prefers_events("application/json, text/event-stream")
    False
    """
    weights = dict(_weighted(part) for part in accept.split(","))
    return _weight(weights, _EVENTS) > _weight(weights, _JSON)


def _weighted(part: str) -> tuple[str, float]:
    """("text/html", 0.5) of "text/html; q=0.5"; a weight that is no number counts as 0."""
    media_range, *parameters = part.split(";")
    weight = 1.0
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            weight = _number(value.strip())
    return media_range.strip().lower(), weight


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _weight(weights: Mapping[str, float], ranges: Sequence[str]) -> float:
    return next((weights[name] for name in ranges if name in weights), 0.0)
