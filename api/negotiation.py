"""Which of the forms of a response a caller would rather have (RFC 9110, section 12.5.1)."""

from collections.abc import Mapping, Sequence

JSON = "application/json"
EVENTS = "text/event-stream"
NDJSON = "application/x-ndjson"
CSV = "text/csv"


def preferred(accept: str, offered: Sequence[str]) -> str:
    """That of the `offered` media types to which a header Accept gives the most weight.

    The first one of equals, and where none is wanted: who takes anything gets the first.

    >>> preferred("text/csv, */*;q=0.1", [JSON, CSV])
    'text/csv'
    >>> preferred("application/json, text/csv", [JSON, CSV])
    'application/json'
    """
    weights = weights_of(accept)
    return max(offered, key=lambda media_type: _weight(weights, media_type))


def prefers_events(accept: str) -> bool:
    """Whether an event stream is wanted more than JSON.

    >>> prefers_events("text/event-stream, */*;q=0.1")
    True
    """
    return preferred(accept, (JSON, EVENTS)) == EVENTS


def weights_of(header: str) -> dict[str, float]:
    """What a header of weighted names gives each of them, in lower case.

    >>> weights_of("gzip, br;q=0.5")
    {'gzip': 1.0, 'br': 0.5}
    """
    return dict(_weighted(part) for part in header.split(","))


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


def _weight(weights: Mapping[str, float], media_type: str) -> float:
    """By the most specific range that holds `media_type`."""
    ranges = (media_type, f"{media_type.partition('/')[0]}/*", "*/*")
    return next((weights[name] for name in ranges if name in weights), 0.0)
