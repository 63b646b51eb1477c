"""Tokens are counted where they are spent: by the server's word, else by estimate."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

import anyio
import pytest

from core.backends.memory_chat import ScriptedChatModel
from core.chat import (
    ChatDelta,
    ChatEnd,
    ChatEvent,
    ChatMessage,
    ChatRequest,
    ChatUsage,
    FinishReason,
)
from core.errors import GeneratorBusy, GeneratorUnavailable
from retrieval.answering.metering import MeteredModel, Spending, count_spending

REQUEST = ChatRequest(
    messages=(ChatMessage(role="user", text="س" * 30),), max_tokens=100, timeout_s=1
)
PROMPT_TOKENS = 20
"""60 bytes, three to a token."""


class Telling:
    """A model whose server tells the tokens."""

    name = "telling"

    async def stream(self, _: ChatRequest) -> AsyncGenerator[ChatEvent]:
        yield ChatDelta(text="x" * 300)
        usage = ChatUsage(prompt_tokens=7, reply_tokens=5)
        yield ChatEnd(reason=FinishReason.STOP, usage=usage)


class BreaksOff:
    """A model that fails after its first words."""

    name = "breaks off"

    async def stream(self, _: ChatRequest) -> AsyncGenerator[ChatEvent]:
        yield ChatDelta(text="abc" * 4)
        raise GeneratorUnavailable("gone")


async def read(model: MeteredModel) -> str:
    said = ""
    async with aclosing(model.stream(REQUEST)) as events:
        async for event in events:
            said += event.text if isinstance(event, ChatDelta) else ""
    return said


@pytest.mark.anyio
async def test_the_servers_count_is_taken() -> None:
    spending = count_spending()
    await read(MeteredModel(Telling()))
    assert spending == Spending(tokens=12)


@pytest.mark.anyio
async def test_an_untold_count_is_estimated() -> None:
    spending = count_spending()
    assert await read(MeteredModel(ScriptedChatModel(["abc" * 10]))) == "abc" * 10
    assert spending.tokens == PROMPT_TOKENS + 10


@pytest.mark.anyio
async def test_a_reply_that_breaks_off_has_cost_what_was_said() -> None:
    spending = count_spending()
    with pytest.raises(GeneratorUnavailable):
        await read(MeteredModel(BreaksOff()))
    assert spending.tokens == PROMPT_TOKENS + 4


@pytest.mark.anyio
async def test_a_reply_that_is_left_has_cost_what_was_said() -> None:
    spending = count_spending()
    async with aclosing(MeteredModel(ScriptedChatModel(["abcde" * 9])).stream(REQUEST)) as events:
        await anext(events)
    assert spending.tokens == PROMPT_TOKENS + 2


@pytest.mark.anyio
async def test_a_model_that_did_not_begin_costs_nothing() -> None:
    spending = count_spending()
    with pytest.raises(GeneratorBusy):
        await read(MeteredModel(ScriptedChatModel([GeneratorBusy("full")])))
    assert spending.tokens == 0


@pytest.mark.anyio
async def test_each_request_counts_its_own() -> None:
    counts: list[Spending] = []

    async def one(replies: int) -> None:
        counts.append(count_spending())
        for _ in range(replies):
            await read(MeteredModel(Telling()))

    async with anyio.create_task_group() as tasks:
        for replies in (0, 1, 2, 3):
            tasks.start_soon(one, replies)
    assert sorted(one.tokens for one in counts) == [0, 12, 24, 36]


@pytest.mark.anyio
async def test_nobody_needs_to_count() -> None:
    assert await read(MeteredModel(Telling()))
