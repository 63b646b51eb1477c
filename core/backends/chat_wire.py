"""The chat completions protocol: the body of a request, and what the bytes of a reply say.

OpenAI API reference, "Create chat completion" and its streaming chunks; servers differ in what
they take and give, so the reading is tolerant of what is missing.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from core.chat import ChatRequest, ChatUsage, FinishReason

MAX_EVENT_BYTES = 1_000_000
"""Of one event of a stream: a server that sends more is not speaking our protocol."""

DONE = b"[DONE]"

_SIGNS = {
    "schema": ("response_format", "json_schema", "schema", "grammar"),
    "usage": ("stream_options", "include_usage"),
    "temperature": ("temperature",),
}
"""Words in a refusal that name a part of the request, by the field of Dialect."""


class MalformedReply(ValueError):
    """The bytes are not what a chat completions server sends."""


class ServerFault(Exception):
    """The server told of a fault inside a stream that had begun well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """Which optional parts of a request a server takes; all until it refuses one."""

    schema: bool = True
    usage: bool = True
    temperature: bool = True
    counts_completion: bool = False
    """Whether the bound of a reply is called `max_completion_tokens`."""

    def after_refusal(self, said: str) -> "Dialect | None":
        """What to try next when the server refused with the words `said`; None: give up.

        A part that is named is left out; if none is, all optional parts are, at once.
        """
        words = said.lower()
        if "max_completion_tokens" in words and not self.counts_completion:
            return replace(self, counts_completion=True)
        for part, signs in _SIGNS.items():
            if getattr(self, part) and any(sign in words for sign in signs):
                return replace(self, **{part: False})
        bare = replace(self, schema=False, usage=False, temperature=False)
        return None if bare == self else bare


def request_body(request: ChatRequest, *, model: str, dialect: Dialect) -> dict[str, object]:
    """The JSON of `request` for a server that speaks `dialect`."""
    bound = "max_completion_tokens" if dialect.counts_completion else "max_tokens"
    body: dict[str, object] = {
        "model": model,
        "messages": [{"role": one.role, "content": one.text} for one in request.messages],
        "stream": True,
        bound: request.max_tokens,
    }
    if dialect.temperature:
        body["temperature"] = 0
    if dialect.usage:
        body["stream_options"] = {"include_usage": True}
    if dialect.schema and request.schema is not None:
        body["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": "reply", "strict": True, "schema": request.schema},
        }
    return body


class EventDecoder:
    """Bytes to the data of server-sent events (WHATWG HTML, "Server-sent events").

    Lines are split on bytes: text libraries also break at U+2028 and others, which JSON may hold.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._data: list[bytes] = []

    def feed(self, chunk: bytes) -> list[bytes]:
        """Data of the events that `chunk` completes.

        Raises:
            MalformedReply: an event is longer than MAX_EVENT_BYTES.
        """
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        events = [event for line in lines if (event := self._take(line)) is not None]
        if len(self._rest) + sum(len(line) + 1 for line in self._data) > MAX_EVENT_BYTES:
            raise MalformedReply(f"an event has more than {MAX_EVENT_BYTES} bytes")
        return events

    def close(self) -> list[bytes]:
        """Data of a last event that was not closed by an empty line."""
        found = [self._take(self._rest), self._take(b"")]
        self._rest = b""
        return [event for event in found if event is not None]

    def _take(self, line: bytes) -> bytes | None:
        line = line.removesuffix(b"\r")
        if line.startswith(b"data:"):
            self._data.append(line[5:].removeprefix(b" "))
        if line or not self._data:
            return None
        event, self._data = b"\n".join(self._data), []
        return event


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What one event says: any part may be missing."""

    text: str = ""
    reason: FinishReason | None = None
    usage: ChatUsage | None = None


def read_chunk(data: bytes) -> Piece:
    """What the JSON of one event of a stream says.

    Raises:
        MalformedReply: it is not a chunk.
        ServerFault: it is an error object.
    """
    return _read(data, part="delta")


def read_completion(data: bytes) -> Piece:
    """What the JSON of a whole reply says, from a server that does not stream; as read_chunk."""
    piece = _read(data, part="message")
    return replace(piece, reason=piece.reason or FinishReason.OTHER)


def fault_code(data: bytes) -> str:
    """Type and code of a server's error object in one short line; its words may hold texts."""
    try:
        error = json.loads(data)["error"]
        found = [error.get("type"), error.get("code")]
    except (ValueError, KeyError, TypeError, AttributeError):
        return "no reason given"
    return " ".join(str(part)[:60] for part in found if part is not None) or "no reason given"


def _read(data: bytes, *, part: str) -> Piece:
    try:
        chunk = json.loads(data)
    except (ValueError, RecursionError) as exc:
        raise MalformedReply("it is not JSON") from exc
    if not isinstance(chunk, dict):
        raise MalformedReply("it is not a JSON object")
    if chunk.get("error"):
        raise ServerFault(fault_code(data))
    choices = chunk.get("choices")
    if not isinstance(choices, list):
        raise MalformedReply("it has no choices")
    usage = _usage(chunk.get("usage"))
    if not choices:
        return Piece(usage=usage)
    choice = choices[0]
    content = choice.get(part) if isinstance(choice, dict) else None
    if not isinstance(content, dict | None):
        raise MalformedReply(f"its {part} is not an object")
    text = (content or {}).get("content")
    if not isinstance(text, str | None):
        raise MalformedReply("its content is not text")
    reason = choice.get("finish_reason") if isinstance(choice, dict) else None
    return Piece(text=text or "", reason=_reason(reason), usage=usage)


def _reason(told: object) -> FinishReason | None:
    if told is None:
        return None
    known = {reason.value for reason in FinishReason}
    return FinishReason(told) if isinstance(told, str) and told in known else FinishReason.OTHER


def _usage(told: Mapping[str, Any] | object) -> ChatUsage | None:
    if not isinstance(told, dict):
        return None
    prompt, reply = told.get("prompt_tokens"), told.get("completion_tokens")
    if not isinstance(prompt, int) or not isinstance(reply, int):
        return None
    return ChatUsage(prompt_tokens=prompt, reply_tokens=reply)
