"""What a chat model is asked, and what it gives: nouns of the port `ChatModel`."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMessage:
    """One message of the conversation with the model."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """What the model is to continue.

    Attributes:
        messages: In order, at least one.
        max_tokens: Most tokens of the reply.
        timeout_s: From the call to the last delta, waiting in line and retries included.
        schema: JSON schema that the reply should follow, None for free text. A server that
            cannot constrain its model is asked without, so a reply may break it.
    """

    messages: tuple[ChatMessage, ...]
    max_tokens: int
    timeout_s: float
    schema: Mapping[str, object] | None = None


class FinishReason(StrEnum):
    """Why a model stopped."""

    STOP = "stop"
    LENGTH = "length"
    """At `max_tokens`: the reply is cut."""

    FILTERED = "content_filter"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatUsage:
    """Tokens as the server counts them."""

    prompt_tokens: int
    reply_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatDelta:
    """A piece of the reply, never empty."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatEnd:
    """The reply is complete as far as the model is concerned; `usage` is None if untold."""

    reason: FinishReason
    usage: ChatUsage | None = None


ChatEvent = ChatDelta | ChatEnd
