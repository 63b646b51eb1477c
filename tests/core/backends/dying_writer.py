"""Run as a process that writes to an embedded index and kills itself on the way.

    python -m tests.core.backends.dying_writer DATA_DIR CALLS

Replaces five articles by their second version and dies by SIGKILL after CALLS engine calls;
with CALLS `endless` it writes ever newer versions until somebody kills it.
"""

import itertools
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import anyio

from core.backends.edge_points import EdgePoints
from core.backends.edge_store import open_edge_store
from core.backends.point_store import PointStore
from core.types import EmbeddedArticle
from tests.contracts.store_archive import brief, embedded, identity_of, terms, unit

WRITES = ("merge_payload", "upsert", "delete", "flush")
CALLS_OF_A_REPLACEMENT = 6


def version(number: int) -> list[EmbeddedArticle]:
    """Five articles; a version differs in its text and in how many passages it has."""
    count = 1 + number % 4
    return [
        embedded(
            brief(f"a{index}", f"نسخة {number:04d}. " * count),
            spans=[(12 * order, 12 * order + 12) for order in range(count)],
            dense=[unit(1)] * count,
            lexical=[terms(number % 1000)] * count,
            version=number + 1,
        )
        for index in range(5)
    ]


class DyingEngine:
    """An engine whose process dies after so many writing calls."""

    def __init__(self, points: EdgePoints, calls: int) -> None:
        self._points = points
        self._left = calls

    def __getattr__(self, name: str) -> Callable[..., object]:
        method: Callable[..., object] = getattr(self._points, name)
        if name not in WRITES:
            return method

        def dying(*args: object, **kwargs: object) -> object:
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            self._left -= 1
            return method(*args, **kwargs)

        return dying


async def _replace_once(data_dir: Path, calls: int) -> None:
    shard = data_dir / "index" / "generation-0001" / "shard"
    engine = DyingEngine(EdgePoints.load(shard), calls)
    store = PointStore(engine, dimension=8, concurrency=1)  # type: ignore[type-var]  # proxy
    await store.replace_articles(version(1))
    os.kill(os.getpid(), signal.SIGKILL)


async def _replace_for_ever(data_dir: Path) -> None:
    store = open_edge_store(data_dir, identity=identity_of(), command="dying", create=True)
    sys.stdout.write("writing\n")
    sys.stdout.flush()
    for number in itertools.count(1):
        await store.replace_articles(version(number))


if __name__ == "__main__":
    where, how_many = Path(sys.argv[1]), sys.argv[2]
    if how_many == "endless":
        anyio.run(_replace_for_ever, where)
    else:
        anyio.run(_replace_once, where, int(how_many))
