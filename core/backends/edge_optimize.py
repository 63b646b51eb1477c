"""Optimises an embedded index: the same passages in a new generation that has a search graph."""

import json
import os
import selectors
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.backends import edge_generations as generations
from core.backends.data_folder import MIN_FREE_BYTES
from core.backends.edge_generations import SHARD_NAME
from core.backends.edge_graph import Graph, read_graph
from core.backends.edge_lock import IndexLock
from core.backends.edge_store import no_index
from core.errors import StoreUnavailable

TICK_S = 0.25
"""How often the watcher is called while nothing else happens."""

ROOM = 3
"""Times the size of the index that must be free: a copy, and what is built out of it."""


STEP = 25_000
"""Points (passages and articles) that are copied before the graph is built over them, or half of
those that have one if that is more."""

DRAFT_NAME = "optimizing"
"""The folder in the index where the optimised copy grows; a killed run leaves it to the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizeProgress:
    """Where an optimisation is, and how many of all passages that concerns; 0 while unknown.

    The phases: `starting`, `checking` what an earlier run left, `copying` and `building` in
    turns, `verifying` the copy, `saving`.
    """

    phase: str
    passages: int
    total: int
    elapsed_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizeReport:
    """What an optimisation did; nothing if the index was optimised so already.

    `kept` passages were linked by an earlier run that was stopped; `discarded` says that what it
    left could not be used: the index has changed since, or another graph was asked for.
    """

    done: bool
    kept: int
    discarded: bool
    graph: Graph
    seconds: float
    bytes_before: int
    bytes_after: int
    passages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """What the builder says at its end."""

    passages: int = 0
    kept: int = 0
    discarded: bool = False


Watch = Callable[[OptimizeProgress], None]


def optimize_index(
    data_dir: Path, *, graph: Graph, command: str, watch: Watch, step: int = STEP
) -> OptimizeReport:
    """Build the graph for dense searches over the index under `data_dir`.

    The index itself is only read: a copy is optimised by a process of its own and takes its
    place at the end, at once. Whatever dies on the way, the index stays as it was and can be
    used; the next run goes on from the last slice of the copy that has its graph.

    Args:
        data_dir: holds the folder `index`.
        graph: what to build.
        step: points in the smallest slice; see `STEP`.
        command: how this process calls itself to others that find the index in use.
        watch: called several times a second.

    Raises:
        ConfigError: there is no index, or its parts contradict.
        IndexLocked: another process owns it.
        StoreUnavailable: it cannot be read or written, or the disk has too little room.
    """
    started = time.monotonic()
    index = data_dir / "index"
    if not index.is_dir():
        raise no_index(data_dir)
    lock = IndexLock.acquire(index, command=command)
    try:
        live = _require_live(index)
        before = generations.size_on_disk(live)
        outcome = _Outcome()
        done = read_graph(live / SHARD_NAME) != graph
        draft = index / DRAFT_NAME
        if done:
            _require_room(draft, before)
            outcome = _build(live, draft, graph=graph, step=step, lock=lock, watch=watch)
            live = _replace(live, draft)
        # Also what a run left that was killed between taking its copy into use and this line.
        shutil.rmtree(draft, ignore_errors=True)
        return OptimizeReport(
            done=done,
            kept=outcome.kept,
            discarded=outcome.discarded,
            graph=graph,
            seconds=time.monotonic() - started,
            bytes_before=before,
            bytes_after=generations.size_on_disk(live),
            passages=outcome.passages,
        )
    finally:
        lock.release()


def _require_live(index: Path) -> Path:
    """The live generation, alone: what killed processes left is removed.

    Raises:
        ConfigError: there is none.
    """
    live = generations.live_generation(index)
    if live is None:
        raise no_index(index.parent)
    generations.remove_others(index, keep=live)
    return live


def _replace(live: Path, draft: Path) -> Path:
    """The generation made of what was built in `draft`, which takes the place of `live`."""
    identity = generations.read_identity(live)
    fresh = generations.new_generation(live.parent)
    (fresh / SHARD_NAME).rmdir()
    (draft / SHARD_NAME).rename(fresh / SHARD_NAME)
    generations.complete(fresh, identity)
    generations.remove(live)
    return fresh


def _build(
    live: Path, draft: Path, *, graph: Graph, step: int, lock: IndexLock, watch: Watch
) -> _Outcome:
    """Have the whole of `live` copied and linked in `draft`."""
    order = {
        "step": step,
        "dimension": generations.read_identity(live).embedder.dimension,
        "graph": asdict(graph),
        "parent": os.getpid(),
    }
    arguments = [str(live / SHARD_NAME), str(draft / SHARD_NAME), json.dumps(order)]
    inherited = () if lock.descriptor is None else (lock.descriptor,)
    with subprocess.Popen(
        [sys.executable, "-m", "core.backends.edge_builder", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        pass_fds=inherited,
        start_new_session=True,  # Ctrl-C reaches this process only, which then ends the other
    ) as builder:
        try:
            return _follow(builder, watch)
        except BaseException:
            builder.kill()
            raise


def _follow(builder: "subprocess.Popen[bytes]", watch: Watch) -> _Outcome:
    started = time.monotonic()
    said: dict[str, Any] = {"phase": "starting"}
    for line in _lines_or_ticks(builder):
        if line is not None:
            said |= json.loads(line)
        watch(
            OptimizeProgress(
                phase=said["phase"],
                passages=said.get("passages", 0),
                total=said.get("total", 0),
                elapsed_s=time.monotonic() - started,
            )
        )
    status = builder.wait()
    if status != 0:
        raise StoreUnavailable(
            said.get("error")
            or f"the process that optimises the index ended with status {status}; the index is "
            "as it was. If memory ran out, free some and run `sanad optimize` again: it goes on "
            "from there"
        )
    return _Outcome(passages=said["total"], kept=said.get("kept", 0), discarded="discarded" in said)


def _lines_or_ticks(builder: "subprocess.Popen[bytes]") -> Iterator[bytes | None]:
    """The builder's lines until it closes its output, with None several times a second."""
    output = builder.stdout
    if output is None:
        return
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(output, selectors.EVENT_READ)
        while True:
            if not selector.select(TICK_S):
                yield None
                continue
            chunk = os.read(output.fileno(), 65_536)
            if not chunk:
                return
            *lines, rest = (rest + chunk).split(b"\n")
            yield from lines


def _require_room(draft: Path, size: int) -> None:
    index = draft.parent
    free = shutil.disk_usage(index).free
    needed = max(0, ROOM * size - generations.size_on_disk(draft)) + MIN_FREE_BYTES
    if free < needed:
        raise StoreUnavailable(
            f"{index}: {free // 2**20} MB are free on its disk, {needed // 2**20} MB are needed to "
            "optimise a copy of the index: free some space or move SANAD_DATA_DIR"
        )
