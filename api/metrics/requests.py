"""Requests, streams and refusals, counted."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from api.metrics.buckets import WHOLE_S

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "other"


class StreamEnd(StrEnum):
    """How a stream of events ended."""

    DONE = "done"
    LEFT = "left"
    """The reader went away."""

    STALLED = "stalled"
    """The reader took nothing any more."""

    FAILED = "failed"
    STOPPED = "stopped"
    """The server was told to stop."""


@dataclass(slots=True)
class ToldStream:
    """A stream that is open: a cancellation ends it, unless something else does."""

    end: StreamEnd = StreamEnd.LEFT


class RequestMetrics:
    """What the HTTP layer sees."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._requests = Counter(
            "sanad_http_requests",
            "Requests answered, by route template; status 499 is a client that left.",
            ["method", "route", "status"],
            registry=registry,
        )
        self._seconds = Histogram(
            "sanad_http_request_seconds",
            "From the head of a request to the end of its response.",
            ["method", "route"],
            buckets=WHOLE_S,
            registry=registry,
        )
        self._in_work = Gauge(
            "sanad_http_requests_in_work", "Requests being answered now.", registry=registry
        )
        self._open_streams = Gauge(
            "sanad_streams_open", "Event streams open now.", registry=registry
        )
        self._streams = Counter(
            "sanad_streams", "Event streams, by how they ended.", ["end"], registry=registry
        )
        self._exceeded = Counter(
            "sanad_budgets_exceeded",
            "What readers sent beyond a budget; refused where budgets are enforced, else logged.",
            ["budget", "enforced"],
            registry=registry,
        )

    @contextmanager
    def in_work(self) -> Iterator[None]:
        """Around a request."""
        with self._in_work.track_inprogress():
            yield

    def ended(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """One request was answered; `route` is a template of ours."""
        method = method if method in METHODS else OTHER
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    @contextmanager
    def stream(self) -> Iterator[ToldStream]:
        """Around a stream of events, whose end is set within."""
        stream = ToldStream()
        self._open_streams.inc()
        try:
            yield stream
        # Raised again: here it is only counted, whatever it is.
        except Exception:
            stream.end = StreamEnd.FAILED
            raise
        finally:
            self._open_streams.dec()
            self._streams.labels(stream.end.value).inc()

    def exceeded(self, budget: str, *, is_enforced: bool) -> None:
        """A reader sent more than `budget`, a name of ours, holds."""
        self._exceeded.labels(budget, "yes" if is_enforced else "no").inc()
