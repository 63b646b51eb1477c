"""An optimisation that dies anywhere leaves the index as it was."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.backends.edge_builder import ENGINE_DEBRIS
from core.backends.edge_lock import read_lock_holder
from core.backends.edge_optimize import DRAFT_NAME, OptimizeProgress, optimize_index
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

SLICE = 500
"""Points: the archive of the tests takes several of them."""

OPTIMIZER = f"""
SLICE = {SLICE}
import sys
from pathlib import Path
from core.backends.edge_graph import Graph, Quantization
from core.backends.edge_optimize import optimize_index

def watch(progress):
    print(progress.phase, progress.passages, flush=True)
    sys.stdin.readline()  # goes on when told to, so that a kill is never too late

graph = Graph(quantization=Quantization.INT8, full_scan_kb=1)
optimize_index(Path(sys.argv[1]), graph=graph, command="sanad optimize", watch=watch, step=SLICE)
"""


@pytest.fixture
async def filled(tmp_path: Path) -> AsyncIterator[Path]:
    """The data folder of a closed index of ARTICLES."""
    with quick_folder(tmp_path) as folder:
        await fill(folder)
        yield folder


def kill_optimizer(
    data_dir: Path, *, phase: str, passages: int = 0, delay_s: float = 0.0
) -> int | None:
    """Kill an optimisation some time after it reached `phase` with so many passages copied.

    Returns the builder's process id.
    """
    with subprocess.Popen(
        [sys.executable, "-c", OPTIMIZER, str(data_dir)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for line in process.stdout:
            reached, count = line.split()
            if reached == phase and int(count) >= passages:
                break
            process.stdin.write("\n")
            process.stdin.flush()
        if delay_s:
            process.stdin.close()
        builders = children_of(process.pid) if sys.platform == "linux" else []
        time.sleep(delay_s)
        process.kill()
    return builders[0] if builders else None


def drafts(data_dir: Path) -> list[Path]:
    return list((data_dir / "index").glob(DRAFT_NAME))


async def assert_all_found(data_dir: Path) -> None:
    """Every article is found first by its own vector, and nothing is there twice."""
    store = opened(data_dir)
    status = await store.status()
    assert (status.articles, status.passages) == (ARTICLES, ARTICLES)
    for number in range(4, ARTICLES, 25):
        [passage] = article(number).passages
        best, second = await search_dense(store, passage.dense, where=PassageFilter(), k=2)
        assert best.passage == passage.passage
        assert second.passage != passage.passage
    store.close()


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


@pytest.mark.parametrize(
    "phase", ["starting", "checking", "copying", "building", "verifying", "saving"]
)
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
    # The last phases are short: the run may have ended before it was killed.
    assert not optimized(filled, INT8, step=SLICE).discarded
    assert not optimized(filled, INT8).done
    assert drafts(filled) == []
    await assert_all_found(filled)


async def test_a_killed_run_is_gone_on_with(filled: Path) -> None:
    kill_optimizer(filled, phase="building", passages=600)
    [draft] = drafts(filled)
    segments = {path.name for path in (draft / "shard" / "segments").iterdir()}
    assert segments
    report = optimized(filled, INT8, step=SLICE)
    assert 600 <= report.kept < ARTICLES
    assert (report.passages, report.discarded) == (ARTICLES, False)
    assert drafts(filled) == []
    await assert_all_found(filled)


def leave_debris(shard: Path) -> None:
    """As the engine leaves what it was building when it is killed."""
    unfinished = shard / ENGINE_DEBRIS / "segment_builder_1"
    unfinished.mkdir(parents=True)
    (unfinished / "graph.bin").write_bytes(b"half")


def debris(data_dir: Path) -> list[Path]:
    return list((data_dir / "index").glob(f"*/shard/{ENGINE_DEBRIS}/*"))


async def test_what_the_engine_left_when_it_was_killed_takes_no_room(filled: Path) -> None:
    kill_optimizer(filled, phase="building", passages=600)
    [draft] = drafts(filled)
    leave_debris(draft / "shard")
    assert debris(filled)
    assert optimized(filled, INT8, step=SLICE).kept
    assert debris(filled) == []
    await assert_all_found(filled)


async def test_what_one_killed_run_after_another_did_adds_up(filled: Path) -> None:
    for passages in (1, 500, 900, 1300):
        kill_optimizer(filled, phase="building", passages=passages)
    report = optimized(filled, INT8, step=SLICE)
    assert 1300 <= report.kept <= ARTICLES
    await assert_all_found(filled)


@pytest.mark.parametrize("change", ["replaced", "deleted"])
async def test_a_changed_index_is_copied_anew(filled: Path, change: str) -> None:
    kill_optimizer(filled, phase="verifying")
    store = opened(filled)
    if change == "replaced":
        await store.replace_articles([article(3, version=2)])
    else:
        await store.delete_articles(["خبر-3"])
    store.close()
    report = optimized(filled, INT8, step=SLICE)
    assert (report.discarded, report.kept) == (True, 0)
    store = opened(filled)
    [passage] = article(3, version=2).passages
    found = await search_dense(store, passage.dense, where=PassageFilter(), k=1)
    assert (found[0].passage == passage.passage) is (change == "replaced")
    store.close()


async def test_another_graph_is_built_from_the_beginning(filled: Path) -> None:
    kill_optimizer(filled, phase="building", passages=600)
    assert optimized(filled, PLAIN, step=SLICE).discarded
    await assert_all_found(filled)


@pytest.mark.parametrize("damage", ["edge_config.json", "segments"])
async def test_a_damaged_copy_is_thrown_away(filled: Path, damage: str) -> None:
    kill_optimizer(filled, phase="verifying")
    [draft] = drafts(filled)
    place = draft / "shard" / damage
    for path in [place] if place.is_file() else list(place.glob("*/segment.json")):
        path.write_bytes(b"garbage")
    assert optimized(filled, INT8, step=SLICE).discarded
    await assert_all_found(filled)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
async def test_the_builder_dies_with_the_command(filled: Path) -> None:
    builder = kill_optimizer(filled, phase="building")
    assert vanishes(builder)
    assert read_lock_holder(filled) is None


async def test_a_run_killed_after_its_copy_came_into_use_is_cleaned_up(filled: Path) -> None:
    assert optimized(filled, INT8, step=SLICE).done
    (filled / "index" / DRAFT_NAME / "shard").mkdir(parents=True)
    assert not optimized(filled, INT8).done
    assert drafts(filled) == []
    await assert_all_found(filled)


async def test_an_interrupted_run_is_gone_on_with(filled: Path) -> None:
    def interrupt(progress: OptimizeProgress) -> None:
        if progress.phase == "building" and progress.passages >= 600:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        optimize_index(filled, graph=INT8, command="pytest", watch=interrupt, step=SLICE)
    assert generation_names(filled) == ["generation-0001"]
    assert read_lock_holder(filled) is None
    assert optimized(filled, INT8, step=SLICE).kept >= 600


async def test_a_builder_that_is_killed_is_named_with_the_remedy(filled: Path) -> None:
    others = set(children_of(os.getpid()))  # of tests before

    def kill(progress: OptimizeProgress) -> None:
        if progress.phase == "building":
            [builder] = set(children_of(os.getpid())) - others
            os.kill(builder, signal.SIGKILL)

    with pytest.raises(StoreUnavailable, match=r"status -9; the index is as it was"):
        optimize_index(filled, graph=PLAIN, command="pytest", watch=kill)
    assert generation_names(filled) == ["generation-0001"]
