"""Whether the server can serve, told truly: any fault of any part is a 503."""

import copy
import logging
import math
import time
from collections.abc import Awaitable, Callable

import anyio

from api.errors import problem_of
from api.problem_kinds import NOT_READY
from api.problems import Problem
from core.errors import SanadError

logger = logging.getLogger(__name__)

READY_TIMEOUT_S = 5

FRESH_S = 1.0
"""How long an outcome counts: whoever asks more often gets the same answer."""


class SharedCheck:
    """`check`, made once in `fresh_s` at most, however many ask at once."""

    def __init__(
        self,
        check: Callable[[], Awaitable[None]],
        *,
        fresh_s: float = FRESH_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._check = check
        self._fresh_s = fresh_s
        self._clock = clock
        self._turn = anyio.Lock()
        self._checked_at = -math.inf
        self._fault: SanadError | None = None

    async def __call__(self) -> None:
        """Return or raise as `check` did the last time."""
        async with self._turn:
            if self._clock() - self._checked_at >= self._fresh_s:
                self._fault = await self._found()
                self._checked_at = self._clock()
        if self._fault is not None:
            # A copy: one error raised by several tasks would gather the traces of all.
            raise copy.copy(self._fault) from self._fault

    async def _found(self) -> SanadError | None:
        try:
            await self._check()
        except SanadError as exc:
            return exc
        return None


async def require_ready(check: Callable[[], Awaitable[None]]) -> None:
    """Return if `check` does so in time.

    Raises:
        Problem: not-ready.
    """
    try:
        with anyio.fail_after(READY_TIMEOUT_S):
            await check()
    except TimeoutError as exc:
        raise Problem(NOT_READY, f"a part has not answered for {READY_TIMEOUT_S} s") from exc
    except SanadError as exc:
        logger.warning("not ready cause=%r", exc)
        raise Problem(NOT_READY, str(problem_of(exc).detail)) from exc
