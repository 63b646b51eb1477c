"""Counts hold in memory and in Redis, tell when they are whole again, and survive Redis's end."""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from threading import Thread

import anyio
import fakeredis
import pytest
import redis.asyncio

from api.access.budgets import Budget
from api.access.counters import Counters, Held, open_counters
from api.access.memory_windows import MemoryWindows
from core.errors import ConfigError

SECRET = "7hX0vQ2m9Zr4Kc8Lw1Tn6Bs3Yp5Dg0Jf"
BUDGET = Budget(holder="visitor", unit="questions", quota=3, window_s=60)
ONE, OTHER = Held(BUDGET, "almadar/one"), Held(BUDGET, "almadar/other")


class Server(fakeredis.TcpFakeServer):
    """Redis's protocol and scripts over a real socket, with a line as long as Redis's."""

    request_queue_size = 511


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    server = Server(("127.0.0.1", 0))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"redis://127.0.0.1:{server.server_address[1]}/0"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(params=["memory", "redis"])
def url(request: pytest.FixtureRequest) -> str:
    if request.param == "memory":
        return "memory://"
    found: str = request.getfixturevalue("redis_url")
    return found


@pytest.fixture
async def counters(url: str, request: pytest.FixtureRequest) -> AsyncIterator[Counters]:
    # Another secret, other names: tests do not meet in one Redis.
    async with aclosing(open_counters(url, secret=SECRET + request.node.name)) as counters:
        yield counters


@pytest.mark.anyio
async def test_a_budget_is_counted_down_for_each_holder_apart(counters: Counters) -> None:
    assert [await counters.charge(ONE, 1) for _ in range(4)] == [True, True, True, False]
    assert (await counters.balance(ONE)).remaining == 0
    assert (await counters.balance(OTHER)).remaining == 3


@pytest.mark.anyio
async def test_what_is_given_back_can_be_used_again_and_no_more(counters: Counters) -> None:
    await counters.charge(ONE, 1)
    for _ in range(3):
        await counters.charge(ONE, -1)
    balance = await counters.balance(ONE)
    assert balance.remaining == 3


@pytest.mark.anyio
async def test_a_balance_tells_when_it_is_whole_again(counters: Counters) -> None:
    assert (await counters.balance(ONE)).resets_in_s in {0, 60}
    await counters.charge(ONE, 2)
    balance = await counters.balance(ONE)
    assert balance.remaining == 1
    assert 55 <= balance.resets_in_s <= 60


@pytest.mark.anyio
async def test_a_window_ends(counters: Counters) -> None:
    short = Held(Budget(holder="visitor", unit="questions", quota=1, window_s=1), "almadar/one")
    assert await counters.charge(short, 1)
    assert not await counters.charge(short, 1)
    await anyio.sleep(1.1)
    assert await counters.charge(short, 1)


@pytest.mark.anyio
async def test_counts_in_memory_are_forgotten_when_their_window_ends() -> None:
    windows = MemoryWindows()
    for number in range(1_000):
        await windows.incr(f"reader {number}", 0.05)
    await windows.incr("another", 60)
    await anyio.sleep(0.06)
    assert await windows.get("reader 7") == 0
    assert dict(windows.storage) == {"another": 1}
    assert set(windows.expirations) == {"another"}


@pytest.mark.anyio
async def test_many_at_once_are_counted_each(counters: Counters) -> None:
    allowed: list[bool] = []

    async def charge() -> None:
        allowed.append(await counters.charge(ONE, 1))

    async with anyio.create_task_group() as tasks:
        for _ in range(20):
            tasks.start_soon(charge)
    assert sorted(allowed) == [False] * 17 + [True] * 3


@pytest.mark.anyio
async def test_processes_with_one_redis_count_together(redis_url: str) -> None:
    async with (
        aclosing(open_counters(redis_url, secret=SECRET)) as first,
        aclosing(open_counters(redis_url, secret=SECRET)) as second,
    ):
        charged = [await one.charge(ONE, 1) for one in (first, second, first, second)]
    assert charged == [True, True, True, False]


@pytest.mark.anyio
async def test_without_its_redis_a_process_counts_for_itself_and_says_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.ERROR)
    async with aclosing(open_counters("redis://127.0.0.1:1/0", secret=SECRET)) as counters:
        assert [await counters.charge(ONE, 1) for _ in range(4)] == [True, True, True, False]
        assert (await counters.balance(ONE)).remaining == 0
    assert caplog.text.count("budgets counted by this process alone for 5 s") == 1


@pytest.mark.anyio
async def test_a_store_keeps_no_address(redis_url: str) -> None:
    address = Budget(holder="address", unit="questions", quota=3, window_s=60)
    async with aclosing(open_counters(redis_url, secret=SECRET)) as counters:
        await counters.charge(Held(address, "198.51.100.77"), 1)
    async with redis.asyncio.Redis.from_url(redis_url, driver_info=None) as client:
        kept = [key async for key in client.scan_iter()]
    assert kept
    assert not any(b"198.51" in key for key in kept)


@pytest.mark.parametrize("url", ["", "memory", "postgres://localhost", "http://localhost"])
def test_a_store_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="SANAD_LIMITS_URL"):
        open_counters(url, secret=SECRET)
