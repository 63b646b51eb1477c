"""Calls to the chat endpoint, counted."""

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from enum import StrEnum

from prometheus_client import CollectorRegistry, Counter, Histogram

from api.metrics.buckets import WHOLE_S
from core.chat import ChatEnd, ChatEvent, ChatRequest, ChatUsage, FinishReason
from core.errors import GeneratorBusy, GeneratorRejected, GeneratorUnavailable
from core.ports import ChatModel
from core.spans import Span, span


class ChatOutcome(StrEnum):
    """What came of a call."""

    DONE = "done"
    CUT = "cut"
    """At the limit of tokens."""

    BUSY = "busy"
    UNAVAILABLE = "unavailable"
    REJECTED = "rejected"
    ABANDONED = "abandoned"
    """Nobody waited for the reply any more."""


class ChatMetrics:
    """Of one endpoint."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._calls = Counter(
            "sanad_chat_calls", "Calls to the chat endpoint.", ["outcome"], registry=registry
        )
        self._seconds = Histogram(
            "sanad_chat_seconds",
            "Calls to the chat endpoint, waiting in line and retries included.",
            buckets=WHOLE_S,
            registry=registry,
        )
        self._tokens = Counter(
            "sanad_chat_tokens",
            "Tokens as the chat endpoint counts them, of prompts and replies.",
            ["kind"],
            registry=registry,
        )

    def called(self, outcome: ChatOutcome, *, seconds: float) -> None:
        """A call ended."""
        self._calls.labels(outcome.value).inc()
        self._seconds.observe(seconds)

    def used(self, usage: ChatUsage) -> None:
        """What the endpoint says that a call took."""
        self._tokens.labels("prompt").inc(usage.prompt_tokens)
        self._tokens.labels("reply").inc(usage.reply_tokens)


class CountedChatModel:
    """A ChatModel over `inner` whose calls are counted."""

    def __init__(self, inner: ChatModel, metrics: ChatMetrics) -> None:
        self._inner = inner
        self._metrics = metrics

    @property
    def name(self) -> str:
        """That of `inner`."""
        return self._inner.name

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        """The reply of `inner`."""
        started = time.perf_counter()
        outcome = ChatOutcome.ABANDONED
        try:
            with span("llm") as stage:
                stage.set("gen_ai.operation.name", "chat")
                stage.set("gen_ai.request.model", self.name)
                async with aclosing(self._inner.stream(request)) as events:
                    async for event in events:
                        if isinstance(event, ChatEnd):
                            cut = event.reason is FinishReason.LENGTH
                            outcome = ChatOutcome.CUT if cut else ChatOutcome.DONE
                            self._tell(event.usage, stage)
                        yield event
        except GeneratorBusy:
            outcome = ChatOutcome.BUSY
            raise
        except GeneratorUnavailable:
            outcome = ChatOutcome.UNAVAILABLE
            raise
        except GeneratorRejected:
            outcome = ChatOutcome.REJECTED
            raise
        finally:
            self._metrics.called(outcome, seconds=time.perf_counter() - started)

    def _tell(self, usage: ChatUsage | None, stage: Span) -> None:
        if usage is not None:
            self._metrics.used(usage)
            stage.set("gen_ai.usage.input_tokens", usage.prompt_tokens)
            stage.set("gen_ai.usage.output_tokens", usage.reply_tokens)
