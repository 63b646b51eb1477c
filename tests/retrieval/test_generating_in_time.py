"""A slow, full or left endpoint costs no more than the stated time, and is left in its turn."""

import time
from collections.abc import Callable
from contextlib import aclosing

import anyio
import pytest

from retrieval.answering.events import AnswerDone, SentenceReady
from retrieval.query import Question
from tests.contracts.chat_endpoint import (
    Asked,
    ChatEndpoint,
    Reply,
    held,
    refuses,
    says,
)
from tests.retrieval.generating import (
    HOW_MANY,
    TRUE,
    answer_of,
    generating,
    told,
    writes,
)
from tests.retrieval.small_archive import Archive
from tests.retrieval.strict_verifier import StrictVerifier

pytestmark = pytest.mark.anyio

Script = Reply | Callable[[Asked], Reply]

SLOW: list[Script] = [
    says("", delay_s=5),
    Reply(is_held=True),
    held(says("{" * 40)),
    refuses(503, **{"Retry-After": "1"}),
    says("{" * 500, size=1, pause_s=0.05),
]


@pytest.mark.parametrize("script", SLOW)
async def test_a_slow_endpoint_costs_no_more_than_the_stated_time(
    port: Archive, endpoint: ChatEndpoint, script: Script
) -> None:
    endpoint.replies = [script]
    async with generating(port, endpoint.url, timeout_s=1.0) as answerer:
        await port.answerer.answer(Question(text=HOW_MANY))  # its parts are warm
        started = time.monotonic()
        answer = answer_of(await told(answerer, HOW_MANY))
        took_s = time.monotonic() - started
    assert answer.mode == "extractive"
    assert took_s < 1.0 + 1.5
    assert answer.timing_ms["generate"] < 1_000 + 700


async def test_a_slow_verifier_is_within_the_stated_time_too(
    port: Archive, endpoint: ChatEndpoint
) -> None:
    endpoint.replies = [writes(TRUE)]
    slow = StrictVerifier(takes_s=30)
    async with generating(port, endpoint.url, timeout_s=1.0, verifier=slow) as answerer:
        answer = answer_of(await told(answerer, HOW_MANY))
    assert (answer.mode, answer.withheld) == ("extractive", 1)


async def test_an_endpoint_that_recovers_in_time_is_used(
    port: Archive, endpoint: ChatEndpoint
) -> None:
    endpoint.replies = [refuses(429), refuses(400, "response_format?"), writes(TRUE)]
    async with generating(port, endpoint.url) as answerer:
        answer = answer_of(await told(answerer, HOW_MANY))
    assert answer.mode == "generated"
    assert not any("broke off" in notice for notice in answer.notices)


@pytest.mark.parametrize("stage", ["before a word", "between sentences"])
async def test_a_client_that_leaves_closes_the_connection_to_the_endpoint(
    port: Archive, endpoint: ChatEndpoint, stage: str
) -> None:
    reply = Reply(is_held=True) if stage == "before a word" else held(says("{" * 30))
    endpoint.replies = [reply]
    async with generating(port, endpoint.url) as answerer:
        await port.answerer.answer(Question(text=HOW_MANY))  # its parts are warm
        with anyio.move_on_after(1.5) as limit:
            await told(answerer, HOW_MANY)
        assert limit.cancelled_caught
        assert endpoint.asked
        assert await anyio.to_thread.run_sync(endpoint.left.wait, 10)


async def test_closing_the_stream_closes_the_connection_to_the_endpoint(
    port: Archive, endpoint: ChatEndpoint
) -> None:
    endpoint.replies = [lambda asked: held(writes(TRUE)(asked))]
    async with generating(port, endpoint.url) as answerer:
        async with aclosing(answerer.stream(Question(text=HOW_MANY))) as events:
            async for one in events:
                if isinstance(one, SentenceReady):
                    break
        assert await anyio.to_thread.run_sync(endpoint.left.wait, 10)


async def test_a_full_line_before_the_endpoint_gives_quotes_at_once(
    port: Archive, endpoint: ChatEndpoint
) -> None:
    endpoint.replies = [says("", delay_s=3.0)]
    modes: list[str] = []

    async with generating(port, endpoint.url) as answerer:

        async def ask() -> None:
            events = await told(answerer, HOW_MANY)
            done = events[-1]
            assert isinstance(done, AnswerDone)
            modes.append(done.answer.mode)

        async with anyio.create_task_group() as tasks:
            for _ in range(3):
                tasks.start_soon(ask)
    assert modes == ["extractive"] * 3
    assert len(endpoint.asked) == 2
