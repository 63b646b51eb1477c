"""What the parts behind a request tell of it for its log line."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from core.logging import LogValue

_facts: ContextVar[dict[str, LogValue] | None] = ContextVar("facts", default=None)


@contextmanager
def gathered_facts() -> Iterator[dict[str, LogValue]]:
    """What is noted within the block, by whichever task of the request."""
    facts: dict[str, LogValue] = {}
    token = _facts.set(facts)
    try:
        yield facts
    finally:
        _facts.reset(token)


def note(**facts: LogValue) -> None:
    """Add `facts` to the line of the current request; outside of one they are dropped.

    Never text of articles or people: counts, fixed words and ids that this server made.
    """
    gathered = _facts.get()
    if gathered is not None:
        gathered.update(facts)
