"""Locks by article id."""

import anyio
import pytest

from indexing.locks import KeyedLocks

pytestmark = pytest.mark.anyio


async def test_holders_of_one_key_come_one_after_the_other_and_others_do_not_wait() -> None:
    locks = KeyedLocks()
    log: list[str] = []

    async def work(name: str, *keys: str) -> None:
        async with locks.hold(keys):
            log.append(f"{name} begins")
            await anyio.sleep(0.01)
            log.append(f"{name} ends")

    async with anyio.create_task_group() as group:
        group.start_soon(work, "first", "أ", "ب")
        group.start_soon(work, "second", "ب", "أ")
        group.start_soon(work, "other", "ج")

    assert log.index("first ends") < log.index("second begins")
    assert log.index("other begins") < log.index("first ends")


async def test_keys_are_forgotten_when_nobody_wants_them() -> None:
    locks = KeyedLocks()
    with pytest.raises(RuntimeError, match="inside"):
        async with locks.hold(["أ", "أ", "ب"]):
            raise RuntimeError("inside")
    with anyio.CancelScope() as scope:
        async with locks.hold(["أ"]):
            scope.cancel()
            await anyio.lowlevel.checkpoint()

    assert vars(locks) == {"_locks": {}, "_users": {}}


async def test_a_cancelled_waiter_leaves_the_locks_to_others() -> None:
    locks = KeyedLocks()

    async def wait() -> None:
        async with locks.hold(["أ", "ب"]):
            pytest.fail("the lock was held")

    async with locks.hold(["ب"]):
        async with anyio.create_task_group() as group:
            group.start_soon(wait)
            await anyio.sleep(0.01)
            group.cancel_scope.cancel()
        async with locks.hold(["أ"]):
            pass

    assert vars(locks) == {"_locks": {}, "_users": {}}
