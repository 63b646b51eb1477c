"""Counts the tokens that a chat model takes for one request, whoever asks it on the way.

Counted where they are spent, because an answer that is broken off or falls back to quotes has cost
tokens as well.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from contextvars import ContextVar
from dataclasses import dataclass

from core.chat import ChatDelta, ChatEvent, ChatRequest, ChatUsage
from core.ports import ChatModel
from retrieval.answering.prompts import BYTES_A_TOKEN, estimated_tokens


@dataclass(slots=True, kw_only=True)
class Spending:
    """Tokens of prompts and replies so far."""

    tokens: int = 0


_SPENDING: ContextVar[Spending | None] = ContextVar("spending", default=None)


def count_spending() -> Spending:
    """What this task and those that it starts spend from here on."""
    spending = Spending()
    _SPENDING.set(spending)
    return spending


class MeteredModel:
    """A chat model that tells what it takes to whoever counts."""

    def __init__(self, model: ChatModel) -> None:
        self._model = model

    @property
    def name(self) -> str:
        """The model's."""
        return self._model.name

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatEvent]:
        """As the model streams; tokens are the server's count, else an estimate as for prompts."""
        spending = _SPENDING.get()
        usage: ChatUsage | None = None
        has_begun, reply_bytes = False, 0
        try:
            async with aclosing(self._model.stream(request)) as events:
                async for event in events:
                    has_begun = True
                    if isinstance(event, ChatDelta):
                        reply_bytes += len(event.text.encode("utf-8"))
                    else:
                        usage = event.usage
                    yield event
        finally:
            if spending is not None and has_begun:
                spending.tokens += _tokens(request, usage, reply_bytes=reply_bytes)


def _tokens(request: ChatRequest, usage: ChatUsage | None, *, reply_bytes: int) -> int:
    if usage is not None:
        return usage.prompt_tokens + usage.reply_tokens
    prompt = sum(estimated_tokens(message.text) for message in request.messages)
    return prompt + -(-reply_bytes // BYTES_A_TOKEN)
