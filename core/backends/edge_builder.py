"""The process that builds a graph: a copy of a shard in, an optimised shard out.

    python -m core.backends.edge_builder SOURCE TARGET JSON

Building holds the interpreter lock for minutes, so it has a process of its own, which says on
standard output how far it is, one JSON object a line. It dies with the process that started it.
"""

import ctypes
import errno
import json
import os
import shutil
import signal
import sys
from pathlib import Path

from core.backends import edge_graph
from core.backends.edge_graph import Graph, Quantization
from core.backends.edge_points import EdgePoints
from core.backends.filters import ARTICLES, PASSAGES
from core.errors import SanadError, StoreRejected, StoreUnavailable

COPY_BYTES = 1 << 20

_PR_SET_PDEATHSIG = 1


def build(source: Path, target: Path, *, dimension: int, graph: Graph) -> None:
    """Copy the shard in `source`, which nobody has open, and give the copy its graph.

    Raises:
        StoreUnavailable: the disk is full or cannot be read or written.
        StoreRejected: the copy does not hold what the source held.
    """
    _say(phase="copying")
    _copy(source, target)
    points = EdgePoints.load(target, dimension=dimension, graph=graph)
    try:
        before = _counts(points)
        _say(phase="building", passages=before[1])
        points.build_graph()
        after = _counts(points)
        if after != before:
            raise StoreRejected(
                f"the optimised index holds {after[0]} articles and {after[1]} passages instead "
                f"of {before[0]} and {before[1]}: it is thrown away, the index stays as it was"
            )
    finally:
        points.close()
    _say(phase="saving")
    _sync(target)
    edge_graph.record_graph(target, graph)


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
        build(source, target, dimension=order["dimension"], graph=graph)
    except SanadError as error:
        _say(error=str(error))
        return 1
    return 0


def _counts(points: EdgePoints) -> tuple[int, int]:
    return points.count((ARTICLES,)), points.count((PASSAGES,))


def _copy(source: Path, target: Path) -> None:
    try:
        shutil.copytree(source, target, dirs_exist_ok=True, copy_function=copy_with_holes)
    except (OSError, shutil.Error) as exc:
        raise StoreUnavailable(
            f"{source} cannot be copied to {target} ({exc}): free some space or mend it"
        ) from exc


def copy_with_holes(source: str, target: str) -> None:
    """Copy a file; the parts never written stay unallocated, as the engine's logs mostly are."""
    with Path(source).open("rb") as read, Path(target).open("wb") as write:
        size = os.fstat(read.fileno()).st_size
        start = _next_data(read.fileno(), 0)
        while start is not None:
            end = os.lseek(read.fileno(), start, os.SEEK_HOLE)
            read.seek(start)
            write.seek(start)
            for offset in range(start, end, COPY_BYTES):
                write.write(read.read(min(COPY_BYTES, end - offset)))
            start = _next_data(read.fileno(), end)
        write.truncate(size)


def _next_data(descriptor: int, start: int) -> int | None:
    try:
        return os.lseek(descriptor, start, os.SEEK_DATA)
    except OSError as exc:
        if exc.errno != errno.ENXIO:
            raise
        return None


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
