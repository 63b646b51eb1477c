"""Whether the server can serve, told truly: any fault of any part is a 503."""

import logging
from collections.abc import Awaitable, Callable

import anyio

from api.errors import problem_of
from api.problems import NOT_READY, Problem
from core.errors import SanadError

logger = logging.getLogger(__name__)

READY_TIMEOUT_S = 5


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
