"""An optimisation that dies anywhere leaves the index as it was."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.backends.edge_lock import read_lock_holder
from core.backends.edge_optimize import OptimizeProgress, optimize_index
from core.errors import StoreUnavailable
from core.types import PassageFilter
from tests.contracts.legs import search_dense
from tests.contracts.store_archive import quick_folder
from tests.core.backends.optimized_index import (
    ARTICLES,
    INT8,
    PLAIN,
    article,
    fill,
    generation_names,
    opened,
    optimized,
)

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[3]

OPTIMIZER = """
import sys
from pathlib import Path
from core.backends.edge_graph import Graph, Quantization
from core.backends.edge_optimize import optimize_index

def watch(progress):
    print(progress.phase, flush=True)

graph = Graph(quantization=Quantization.INT8, full_scan_kb=1)
optimize_index(Path(sys.argv[1]), graph=graph, command="sanad optimize", watch=watch)
"""


@pytest.fixture
async def filled(tmp_path: Path) -> AsyncIterator[Path]:
    """The data folder of a closed index of ARTICLES."""
    with quick_folder(tmp_path) as folder:
        await fill(folder)
        yield folder


def kill_optimizer(data_dir: Path, *, phase: str, delay_s: float = 0.0) -> int | None:
    """Kill an optimisation some time after it reached `phase`; the builder's process id."""
    with subprocess.Popen(
        [sys.executable, "-c", OPTIMIZER, str(data_dir)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        while process.stdout.readline().strip() not in {phase, ""}:
            pass
        builders = children_of(process.pid) if sys.platform == "linux" else []
        time.sleep(delay_s)
        process.kill()
    return builders[0] if builders else None


def vanishes(pid: int | None) -> bool:
    """Whether the process is gone within ten seconds."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if pid is not None and not Path(f"/proc/{pid}/cmdline").exists():
            return True
        time.sleep(0.01)
    return False


def children_of(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in listed.split()]


@pytest.mark.parametrize("phase", ["starting", "copying", "building", "saving"])
@pytest.mark.parametrize("delay_s", [0.0, 0.05])
async def test_a_kill_anywhere_leaves_the_index_as_it_was(
    filled: Path, phase: str, delay_s: float
) -> None:
    kill_optimizer(filled, phase=phase, delay_s=delay_s)
    store = opened(filled)
    assert (await store.status()).passages == ARTICLES
    [passage] = article(7).passages
    [best] = await search_dense(store, passage.dense, where=PassageFilter(), k=1)
    assert best.passage == passage.passage
    store.close()
    assert len(generation_names(filled)) == 1
    optimized(filled, INT8)
    assert not optimized(filled, INT8).done


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
async def test_the_builder_dies_with_the_command(filled: Path) -> None:
    builder = kill_optimizer(filled, phase="building")
    assert vanishes(builder)
    assert read_lock_holder(filled) is None


async def test_an_interruption_removes_what_was_begun(filled: Path) -> None:
    def interrupt(progress: OptimizeProgress) -> None:
        if progress.phase == "building":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        optimize_index(filled, graph=PLAIN, command="pytest", watch=interrupt)
    assert generation_names(filled) == ["generation-0001"]
    assert read_lock_holder(filled) is None


async def test_a_builder_that_is_killed_is_named_with_the_remedy(filled: Path) -> None:
    def kill(progress: OptimizeProgress) -> None:
        if progress.phase == "building":
            [builder] = children_of(os.getpid())
            os.kill(builder, signal.SIGKILL)

    with pytest.raises(StoreUnavailable, match=r"status -9; the index is as it was"):
        optimize_index(filled, graph=PLAIN, command="pytest", watch=kill)
    assert generation_names(filled) == ["generation-0001"]
