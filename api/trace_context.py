"""W3C Trace Context (Recommendation, 23 November 2021): which trace a request belongs to."""

import re
from collections.abc import Callable
from dataclasses import dataclass

_TRACEPARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")

_KEY = r"[a-z0-9][a-z0-9_\-*/]{0,240}(@[a-z][a-z0-9_\-*/]{0,13})?"
_VALUE = r"[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]"
_MEMBER = re.compile(rf"{_KEY}={_VALUE}")

MAX_MEMBERS = 32
MAX_STATE_CHARS = 512
"""As many as whoever passes a tracestate on must at least pass on (section 3.3.1.5)."""

VERSION = "00"
NOT_SAMPLED = "00"
SAMPLED = "01"


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceContext:
    """Our own span of a trace: `parent_id` is the caller's span, None where the trace begins here.

    `state` is what the systems before us noted, to be passed on as it is; possibly empty.
    """

    trace_id: str
    span_id: str
    parent_id: str | None
    flags: str
    state: str

    @property
    def traceparent(self) -> str:
        """The header by which others name this span as their parent."""
        return f"{VERSION}-{self.trace_id}-{self.span_id}-{self.flags}"


def trace_context(
    traceparent: str, tracestate: str, *, new_id: Callable[[int], str]
) -> TraceContext:
    """The span for a request with these headers; a new trace where `traceparent` is not valid.

    `new_id` gives as many random bytes in lower-case hex digits.
    """
    span_id = new_id(8)
    match = _TRACEPARENT.fullmatch(traceparent.strip(" \t"))
    if match is None or not _is_valid(*match.groups()):
        return TraceContext(
            trace_id=new_id(16), span_id=span_id, parent_id=None, flags=NOT_SAMPLED, state=""
        )
    _, trace_id, parent_id, flags, _ = match.groups()
    return TraceContext(
        trace_id=trace_id,
        span_id=span_id,
        parent_id=parent_id,
        flags=flags,
        state=_valid_state(tracestate),
    )


def _is_valid(version: str, trace_id: str, parent_id: str, flags: str, rest: str | None) -> bool:
    if version == "ff" or (version == VERSION and rest is not None):
        return False
    return trace_id.strip("0") != "" and parent_id.strip("0") != ""


def _valid_state(tracestate: str) -> str:
    """`tracestate` if the whole of it is valid, else nothing: half of it could mislead."""
    members = [member.strip(" \t") for member in tracestate.split(",")]
    named = [member for member in members if member]
    keys = [member.partition("=")[0] for member in named]
    is_valid = (
        len(named) <= MAX_MEMBERS
        and len(set(keys)) == len(keys)
        and all(map(_MEMBER.fullmatch, named))
    )
    state = ",".join(named)
    return state if is_valid and len(state) <= MAX_STATE_CHARS else ""
