"""Names the stages of a request to whoever traces it; where nobody does, nothing happens."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Protocol

SpanValue = str | int | float | bool


class Span(Protocol):
    """A stage under way."""

    @property
    def trace_id(self) -> str:
        """32 hexadecimal digits, as in W3C Trace Context."""
        ...

    @property
    def span_id(self) -> str:
        """16 hexadecimal digits."""
        ...

    @property
    def is_sampled(self) -> bool:
        """Whether it is kept: a caller's choice, or the sampler's."""
        ...

    def child(self, name: str) -> "Span":
        """A stage of this one, which begins now."""
        ...

    def rename(self, name: str) -> None:
        """Call it otherwise than it was begun as."""
        ...

    def set(self, name: str, value: SpanValue) -> None:
        """Tell a fact: never text of articles or people."""
        ...

    def end(self, *, error: str | None) -> None:
        """It ends now; `error` is the type of what ended it."""
        ...


class Tracer(Protocol):
    """Begins traces."""

    def begin(self, name: str, *, headers: Mapping[str, str]) -> Span:
        """The first span of a request, below its caller's if `headers` name one (traceparent)."""
        ...


class _Untraced:
    """Takes what is told and keeps nothing."""

    trace_id = ""
    span_id = ""
    is_sampled = False

    def child(self, name: str) -> Span:  # noqa: ARG002
        return self

    def rename(self, name: str) -> None:
        pass

    def set(self, name: str, value: SpanValue) -> None:
        pass

    def end(self, *, error: str | None) -> None:
        pass


_UNTRACED = _Untraced()

_current: ContextVar[Span | None] = ContextVar("span", default=None)


@contextmanager
def span(name: str) -> Iterator[Span]:
    """A stage of whatever is under way here, ended with the block."""
    parent = _current.get()
    if parent is None:
        yield _UNTRACED
        return
    with entered(parent.child(name)) as child:
        yield child


@contextmanager
def entered(stage: Span) -> Iterator[Span]:
    """Make `stage` what is under way within the block, and end it with the block."""
    token = _current.set(stage)
    error: str | None = None
    try:
        yield stage
    except BaseException as exc:
        error = type(exc).__name__
        raise
    finally:
        stage.end(error=error)
        # A generator that is closed from elsewhere ends in another context than it began in.
        with suppress(ValueError):
            _current.reset(token)
