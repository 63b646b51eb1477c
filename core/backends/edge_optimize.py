"""Optimises an embedded index: the same passages in a new generation that has a search graph."""

import json
import os
import selectors
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from core.backends import edge_generations as generations
from core.backends.edge_generations import SHARD_NAME
from core.backends.edge_graph import Graph, read_graph
from core.backends.edge_lock import IndexLock
from core.backends.edge_points import MIN_FREE_BYTES
from core.backends.edge_store import no_index
from core.errors import StoreUnavailable

TICK_S = 0.25
"""How often the watcher is called while nothing else happens."""

ROOM = 3
"""Times the size of the index that must be free: a copy, and what is built out of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizeProgress:
    """Where an optimisation is: `copying`, `building` or `saving`; 0 passages while unknown."""

    phase: str
    passages: int
    elapsed_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizeReport:
    """What an optimisation did; nothing if the index was optimised so already."""

    done: bool
    graph: Graph
    seconds: float
    bytes_before: int
    bytes_after: int
    passages: int


Watch = Callable[[OptimizeProgress], None]


def optimize_index(data_dir: Path, *, graph: Graph, command: str, watch: Watch) -> OptimizeReport:
    """Build the graph for dense searches over the index under `data_dir`.

    The index itself is only read: a copy is optimised by a process of its own and takes its
    place at the end, at once. Whatever dies on the way, the index stays as it was; the next
    opening removes the debris.

    Args:
        data_dir: holds the folder `index`.
        graph: what to build.
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
        if read_graph(live / SHARD_NAME) == graph:
            return OptimizeReport(
                done=False,
                graph=graph,
                seconds=time.monotonic() - started,
                bytes_before=before,
                bytes_after=before,
                passages=0,
            )
        _require_room(index, before)
        with _replacing(live) as fresh:
            passages = _build(live, fresh, graph=graph, lock=lock, watch=watch)
        return OptimizeReport(
            done=True,
            graph=graph,
            seconds=time.monotonic() - started,
            bytes_before=before,
            bytes_after=generations.size_on_disk(fresh),
            passages=passages,
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


@contextmanager
def _replacing(live: Path) -> Iterator[Path]:
    """A new generation that takes the place of `live` if the block succeeds, else is removed."""
    identity = generations.read_identity(live)
    fresh = generations.new_generation(live.parent)
    try:
        yield fresh
    except BaseException:
        generations.remove(fresh)
        raise
    generations.complete(fresh, identity)
    generations.remove(live)


def _build(live: Path, fresh: Path, *, graph: Graph, lock: IndexLock, watch: Watch) -> int:
    """How many passages the graph of `fresh` covers."""
    order = {
        "dimension": generations.read_identity(live).embedder.dimension,
        "graph": asdict(graph),
        "parent": os.getpid(),
    }
    arguments = [str(live / SHARD_NAME), str(fresh / SHARD_NAME), json.dumps(order)]
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


def _follow(builder: "subprocess.Popen[bytes]", watch: Watch) -> int:
    started = time.monotonic()
    phase, passages, fault = "starting", 0, ""
    for line in _lines_or_ticks(builder):
        if line is not None:
            said = json.loads(line)
            phase = said.get("phase", phase)
            passages = said.get("passages", passages)
            fault = said.get("error", fault)
        watch(
            OptimizeProgress(phase=phase, passages=passages, elapsed_s=time.monotonic() - started)
        )
    status = builder.wait()
    if status != 0:
        raise StoreUnavailable(
            fault
            or f"the process that optimises the index ended with status {status}; the index is "
            "as it was. If memory ran out, free some and run `sanad optimize` again"
        )
    return passages


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


def _require_room(index: Path, size: int) -> None:
    free = shutil.disk_usage(index).free
    needed = ROOM * size + MIN_FREE_BYTES
    if free < needed:
        raise StoreUnavailable(
            f"{index}: {free // 2**20} MB are free on its disk, {needed // 2**20} MB are needed to "
            "optimise a copy of the index: free some space or move SANAD_DATA_DIR"
        )
