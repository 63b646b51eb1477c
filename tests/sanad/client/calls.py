"""Both clients called in one way, so that one test holds both to the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import anyio

from sanad.client import AsyncSanad, Retries, Sanad
from tests.api.archive import Archive
from tests.api.test_leaving import listening

Kind = Literal["blocking", "async"]
KINDS: tuple[Kind, ...] = ("blocking", "async")


@contextmanager
def ready(archive: Archive) -> Iterator[str]:
    """The URL of a real server over `archive` that answers already."""
    patient = Retries(tries=60, first_wait_s=1, max_wait_s=1)
    with listening(archive) as url, Sanad(url, retries=patient) as probe:
        probe.index()
        yield url


HASTY = Retries(first_wait_s=0.0)


def call(kind: Kind, url: str, method: str, *arguments: object, **options: object) -> Any:
    """What a client of that kind gives; all that it yields as a list."""
    own = {name: options.pop(name) for name in ("api_key", "timeout_s") if name in options}
    retries = options.pop("retries", HASTY)
    if kind == "blocking":
        with Sanad(url, retries=retries, **own) as sanad:  # type: ignore[arg-type]
            found = getattr(sanad, method)(*arguments, **options)
            return list(found) if isinstance(found, Iterator) else found

    async def called() -> Any:
        async with AsyncSanad(url, retries=retries, **own) as client:  # type: ignore[arg-type]
            found = getattr(client, method)(*arguments, **options)
            if hasattr(found, "__aiter__"):
                return [each async for each in found]
            return await found

    return anyio.run(called)
