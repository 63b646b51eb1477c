"""Counts what was asked in fixed windows: in memory, or in Redis for many processes."""

import hashlib
import logging
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from limits import RateLimitItemPerSecond
from limits.aio.storage import RedisStorage, Storage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.errors import StorageError

from api.access.budgets import Balance, Budget
from api.access.memory_windows import MemoryWindows
from core.errors import ConfigError

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

REST_S = 5.0
"""For so long a store that has failed is not asked: each question asks it a dozen times."""

PATIENCE_S = 1.0
"""Longest wait for an answer of Redis."""


@dataclass(frozen=True, slots=True)
class Held:
    """A budget of one holder."""

    budget: Budget
    holder_id: str


class Counters:
    """Counts by budget and holder, of whom a keyed hash is kept and nothing else.

    While the store of many processes fails, this process counts for itself.
    """

    def __init__(
        self,
        storage: Storage,
        *,
        secret: str,
        close: Callable[[], Awaitable[None]] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`close` ends the connections of `storage`."""
        self._close = close
        self._shared = FixedWindowRateLimiter(storage)
        self._own = FixedWindowRateLimiter(MemoryWindows())
        self._key = hashlib.sha256(secret.encode("utf-8")).digest()
        self._clock = clock
        self._rests_until = clock()

    async def aclose(self) -> None:
        """End the connections to the store."""
        if self._close is not None:
            await self._close()

    async def charge(self, held: Held, amount: int) -> bool:
        """Count `amount`, negative to give back; whether the count is within the quota."""
        item, name = self._place(held)
        return await self._counted(lambda limiter: limiter.hit(item, name, cost=amount))

    async def balance(self, held: Held) -> Balance:
        """What is left."""
        item, name = self._place(held)
        stats = await self._counted(lambda limiter: limiter.get_window_stats(item, name))
        budget = held.budget
        left_s = math.ceil(stats.reset_time - time.time())
        return Balance(
            budget=budget,
            remaining=max(0, min(stats.remaining, budget.quota)),
            # Nothing has been counted yet: all of it is there.
            resets_in_s=min(max(left_s, 0), budget.window_s),
        )

    async def _counted(
        self, count: Callable[[FixedWindowRateLimiter], Awaitable[Result]]
    ) -> Result:
        if self._clock() < self._rests_until:
            return await count(self._own)
        try:
            return await count(self._shared)
        except StorageError:
            self._rests_until = self._clock() + REST_S
            logger.exception("budgets counted by this process alone for %g s", REST_S)
            return await count(self._own)

    def _place(self, held: Held) -> tuple[RateLimitItemPerSecond, str]:
        budget = held.budget
        item = RateLimitItemPerSecond(budget.quota, budget.window_s, namespace="sanad")
        told = f"{budget.name}\0{held.holder_id}".encode()
        return item, hashlib.blake2b(told, key=self._key, digest_size=16).hexdigest()


def open_counters(url: str, *, secret: str) -> Counters:
    """Counters in "memory://", or in Redis at "redis://host:port/0" or "rediss://...".

    Raises:
        ConfigError: there is no such store, or its library is missing.
    """
    if url == "memory://":
        return Counters(MemoryWindows(), secret=secret)
    scheme = urlsplit(url).scheme
    if scheme not in {"redis", "rediss"}:
        raise ConfigError("SANAD_LIMITS_URL: give memory://, or one like redis://host:6379/0")
    return _redis_counters(url, secret=secret)


def _redis_counters(url: str, *, secret: str) -> Counters:
    try:
        # Here and not above: one process counts in its memory and needs no Redis.
        from redis.asyncio import ConnectionPool  # noqa: PLC0415
        from redis.asyncio.retry import Retry  # noqa: PLC0415
        from redis.backoff import NoBackoff  # noqa: PLC0415
    except ImportError as exc:
        raise ConfigError(
            "SANAD_LIMITS_URL names a Redis, whose library is missing: pip install 'sanad[redis]'"
        ) from exc
    try:
        pool = ConnectionPool.from_url(
            url,
            socket_timeout=PATIENCE_S,
            socket_connect_timeout=PATIENCE_S,
            retry=Retry(NoBackoff(), 1),
            # Looked up on disk for every connection, on the event loop.
            driver_info=None,
        )
        storage = RedisStorage(
            f"async+{url}",
            wrap_exceptions=True,
            implementation="redispy",
            connection_pool=pool,  # type: ignore[arg-type]  # documented, but not in its type
        )
    except ValueError as exc:
        raise ConfigError("SANAD_LIMITS_URL: give one like redis://host:6379/0") from exc
    return Counters(storage, secret=secret, close=pool.aclose)
