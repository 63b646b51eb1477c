"""The process that builds a graph: a shard in, a copy of it with a graph out.

    python -m core.backends.edge_builder SOURCE TARGET JSON

Building holds the interpreter lock for minutes, so it has a process of its own, which says on
standard output how far it is, one JSON object a line. It dies with the process that started it.

The engine builds a graph in one call, which cannot be resumed. It does take a graph that covers
the first passages over into a larger one. So the copy grows by slices, each linked as soon as it
is there, and what a killed run loses is the slice it was at: less than half of the index.
"""

import ctypes
import json
import os
import shutil
import signal
import sys
from dataclasses import asdict
from pathlib import Path

from core.backends import edge_graph
from core.backends.edge_copy import ShardCopy
from core.backends.edge_graph import Graph, Quantization
from core.backends.edge_points import EdgePoints
from core.backends.filters import PASSAGES
from core.errors import BackendError, SanadError, StoreRejected

ORDER_NAME = "order.json"
"""Beside the shard that is built: the graph it is built for."""

ENGINE_DEBRIS = "temp_segments"
"""In a shard: what the engine was building when it was killed. It never removes that itself, and
it takes as much room as the index."""

_PR_SET_PDEATHSIG = 1


def build(source: Path, target: Path, *, dimension: int, graph: Graph, step: int) -> None:
    """Copy the shard in `source`, which nobody has open, into one in `target` that has a graph.

    Goes on from what an earlier run left in `target` if that was made for the same graph and is
    still the beginning of the source; else it starts over.

    Raises:
        StoreUnavailable: the disk is full or cannot be read or written.
        StoreRejected: the copy does not hold what the source holds.
    """
    original = EdgePoints.load(source)
    try:
        points = _begun(original, target, dimension=dimension, graph=graph)
        try:
            _fill(original, points, step=step)
        finally:
            points.close()
    finally:
        original.close()
    _say(phase="saving")
    _sync(target)
    edge_graph.record_graph(target, graph)


def _begun(original: EdgePoints, target: Path, *, dimension: int, graph: Graph) -> EdgePoints:
    """The shard in `target`, loaded to build `graph`: as an earlier run left it, or empty."""
    _say(phase="checking")
    order = target.with_name(ORDER_NAME)
    if order.exists():
        if points := _reopened(original, target, dimension=dimension, graph=graph):
            _say(kept=points.count((PASSAGES,)))
            return points
        _say(discarded=True)
    order.unlink(missing_ok=True)
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    EdgePoints.create(target, dimension=dimension).close()
    order.write_text(json.dumps(asdict(graph)), encoding="utf-8")
    return EdgePoints.load(target, dimension=dimension, graph=graph)


def _reopened(
    original: EdgePoints, target: Path, *, dimension: int, graph: Graph
) -> EdgePoints | None:
    """What an earlier run left, or None if it is of no use."""
    order = target.with_name(ORDER_NAME).read_text(encoding="utf-8")
    if order != json.dumps(asdict(graph)):
        return None
    shutil.rmtree(target / ENGINE_DEBRIS, ignore_errors=True)
    try:
        points = EdgePoints.load(target, dimension=dimension, graph=graph)
    except BackendError:
        return None
    if ShardCopy(original, points).compare():
        return points
    points.close()
    return None


def _fill(original: EdgePoints, points: EdgePoints, *, step: int) -> None:
    """Copy and link by slices: each graph is built out of the last one, so little is lost."""
    total, everything = original.count((PASSAGES,)), original.count(())
    copying = ShardCopy(original, points)
    copying.compare()
    while True:
        _say(phase="building", passages=points.count((PASSAGES,)), total=total)
        points.build_graph()
        if copying.finished:
            break
        _say(phase="copying", passages=points.count((PASSAGES,)), total=total)
        slice_size, rest = max(step, copying.copied // 2), everything - copying.copied
        copying.extend(rest if rest < 1.5 * slice_size else slice_size)
    _say(phase="verifying", passages=total, total=total)
    if not (copying.compare() and copying.finished):
        raise StoreRejected(
            "the optimised copy does not hold what the index holds: it is thrown away, the index "
            "stays as it was. Run `sanad optimize` again"
        )


def main(arguments: list[str]) -> int:
    """Build as the arguments say; 0 if it is done, else the last line names what went wrong."""
    source, target = Path(arguments[0]), Path(arguments[1])
    order = json.loads(arguments[2])
    if not _tie_to(order["parent"]):
        return 1
    graph = Graph(**{
        **order["graph"],
        "quantization": Quantization(order["graph"]["quantization"]),
    })
    try:
        build(source, target, dimension=order["dimension"], graph=graph, step=order["step"])
    except SanadError as error:
        _say(error=str(error))
        return 1
    return 0


def _sync(folder: Path) -> None:
    """Make every file under `folder` durable: the engine syncs its own, the copy is ours."""
    for parent, _, names in os.walk(folder):
        for path in (Path(parent), *(Path(parent) / name for name in names)):
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _tie_to(parent: int) -> bool:
    """Have the system kill this process when `parent` dies; False if it is dead already.

    Only Linux can. Elsewhere an orphan finishes in vain; it inherits the index lock, so that
    nobody meets it at work.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    return os.getppid() == parent


def _say(**values: object) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
