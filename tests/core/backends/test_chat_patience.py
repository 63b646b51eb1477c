"""No chat endpoint takes longer than it is given; whoever leaves it closes the connection."""

import socket
import time
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import anyio
import httpx
import pytest

from core.backends.chat_http import HttpChatModel, Patience
from core.chat import ChatDelta
from core.errors import (
    BackendError,
    GeneratorBusy,
    GeneratorUnavailable,
)
from tests.contracts.chat_endpoint import (
    ChatEndpoint,
    Reply,
    held,
    refuses,
    says,
)
from tests.core.backends.chatting import SAID, chatting, request, told

pytestmark = pytest.mark.anyio


async def test_retry_after_is_kept_and_too_long_a_wait_is_not_waited_for(
    endpoint: ChatEndpoint,
) -> None:
    endpoint.replies = [refuses(429, **{"Retry-After": "1"}), says(SAID)]
    started = time.monotonic()
    async with chatting(endpoint.url) as model:
        await told(model, request())
        assert time.monotonic() - started >= 1
        later = format_datetime(datetime.now(tz=UTC) + timedelta(hours=1), usegmt=True)
        endpoint.replies = [refuses(503, **{"Retry-After": later})]
        with pytest.raises(GeneratorUnavailable, match="503"):
            await told(model, request())
    assert len(endpoint.asked) == 3


SLOW = [
    says(SAID, delay_s=5),
    held(says(SAID)),
    says(SAID * 20, size=1, pause_s=0.2),
    Reply(is_held=True),
]


@pytest.mark.parametrize("slow", SLOW)
async def test_no_endpoint_takes_longer_than_the_time_it_is_given(
    endpoint: ChatEndpoint, slow: Reply
) -> None:
    endpoint.replies = [slow]
    started = time.monotonic()
    async with chatting(endpoint.url) as model:
        with pytest.raises(GeneratorUnavailable, match="did not answer in time"):
            await told(model, request(timeout_s=1.0))
    assert time.monotonic() - started < 3


async def test_a_reply_that_stops_in_the_middle_is_not_waited_for_to_the_end(
    endpoint: ChatEndpoint,
) -> None:
    endpoint.replies = [held(says(SAID))]
    started = time.monotonic()
    async with chatting(endpoint.url, silence_s=0.3) as model:
        with pytest.raises(GeneratorUnavailable, match="in time"):
            await told(model, request(timeout_s=60))
    assert time.monotonic() - started < 20


async def test_nobody_there_is_said_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    async with chatting(f"http://127.0.0.1:{port}/v1") as model:
        with pytest.raises(GeneratorUnavailable, match="no connection"):
            await told(model, request())


async def test_a_server_that_was_not_there_is_not_tried_for_a_while(
    endpoint: ChatEndpoint,
) -> None:
    endpoint.replies = [says(SAID)]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    times = [0.0]
    patience = Patience(attempts=1, rest_s=10, clock=lambda: times[-1])
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/v1", trust_env=False) as client:
        model = HttpChatModel(client, model="m", concurrency=1, max_waiting=0, patience=patience)
        with pytest.raises(GeneratorUnavailable, match="no connection"):
            await told(model, request())
        client.base_url = httpx.URL(endpoint.url)  # it is there again
        times.append(9.9)
        with pytest.raises(GeneratorUnavailable, match="a moment ago"):
            await told(model, request())
        assert endpoint.asked == []
        times.append(10.1)
        assert (await told(model, request()))[0] == SAID


async def test_whoever_leaves_closes_the_connection(endpoint: ChatEndpoint) -> None:
    endpoint.replies = [held(says(SAID))]
    async with chatting(endpoint.url) as model:
        async with aclosing(model.stream(request())) as events:
            assert isinstance(await anext(events), ChatDelta)
        assert await anyio.to_thread.run_sync(endpoint.left.wait, 10)


async def test_whoever_is_cancelled_closes_the_connection(endpoint: ChatEndpoint) -> None:
    endpoint.replies = [Reply(is_held=True)]
    async with chatting(endpoint.url) as model:
        with anyio.move_on_after(0.5):
            await told(model, request())
        assert await anyio.to_thread.run_sync(endpoint.left.wait, 10)


async def test_calls_beyond_the_bound_wait_and_beyond_the_line_are_refused(
    endpoint: ChatEndpoint,
) -> None:
    endpoint.replies = [says(SAID, delay_s=1.0)]
    outcomes: list[str] = []

    async def ask(model: HttpChatModel, timeout_s: float) -> None:
        try:
            outcomes.append((await told(model, request(timeout_s=timeout_s)))[0])
        except BackendError as error:
            outcomes.append(type(error).__name__)

    async with chatting(endpoint.url, concurrency=1, max_waiting=1) as model:
        async with anyio.create_task_group() as tasks:
            for _ in range(3):
                tasks.start_soon(ask, model, 20.0)
                await anyio.sleep(0.1)
            assert outcomes == ["GeneratorBusy"]
        assert outcomes == ["GeneratorBusy", SAID, SAID]
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ask, model, 20.0)
            await anyio.sleep(0.1)
            with pytest.raises(GeneratorBusy, match="ended in time"):
                await told(model, request(timeout_s=0.2))
