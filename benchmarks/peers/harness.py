"""Runs one step of one system as its job file says: the same clock and questions for all.

Only the standard library is imported here, because every system has an environment of its own.
A job is a JSON object:

    action      "index": documents into an empty working folder;
                "search": every question after another; "load": all questions, `clients` at once
    documents   JSON lines with `id`, `title`, `text` and `language`
    questions   JSON list of texts, none of them twice
    warm_up     JSON list of other texts, asked before the clock starts
    model       folder of the sentence-transformers model
    work        folder of the index, kept between the steps
    result      file that the result is written to, as JSON
    options     what the system is to be set to, by name

Each step is a process of its own, so that its memory is that of the step.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

TOP_DOCUMENTS = 10

TOP_PASSAGES = 30
"""Asked of systems that return passages, so that ten documents remain of them."""


@dataclass(frozen=True, kw_only=True)
class Document:
    """What is indexed; `title` may be empty, `language` is a tag such as `ar`."""

    id: str
    title: str
    text: str
    language: str


class System(Protocol):
    """A system under measurement; made by its class from a job, which loads the model."""

    def index(self, documents: Path) -> int:
        """Make the stored index; the number of vectors in it."""
        ...

    def open(self) -> None:
        """Open what `index` stored."""
        ...

    def search(self, question: str) -> list[str]:
        """Ids of documents, best first, each once, at most TOP_DOCUMENTS."""
        ...

    def search_all(self, questions: Sequence[str], *, clients: int) -> list[list[str]]:
        """The same for many, by the system's own means of doing several at once."""
        ...

    def close(self) -> None:
        """Release what was opened."""
        ...


def main(make: Callable[[dict[str, Any]], System], *, libraries: Sequence[str]) -> None:
    """Run the job whose file is the only argument."""
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    started = time.perf_counter()
    system = make(job)
    result: dict[str, Any] = {"load_s": time.perf_counter() - started}
    try:
        result |= _STEPS[job["action"]](system, job)
    finally:
        system.close()
    result["peak_mib"] = peak_memory_mib()
    result["versions"] = {name: version(name) for name in libraries}
    Path(job["result"]).write_text(json.dumps(result, ensure_ascii=False), encoding="utf-8")


def read_documents(path: Path) -> list[Document]:
    """All documents of a file of JSON lines."""
    with path.open(encoding="utf-8") as lines:
        return [Document(**json.loads(line)) for line in lines]


def first_of_each(ids: Sequence[str]) -> list[str]:
    """The documents of ranked passages: each once, where its best passage stands.

    >>> first_of_each(["a", "b", "a"])
    ['a', 'b']
    """
    return list(dict.fromkeys(ids))[:TOP_DOCUMENTS]


def in_threads(
    search: Callable[[str], list[str]], questions: Sequence[str], *, clients: int
) -> list[list[str]]:
    """`search` called by `clients` threads; the answers in the order of the questions."""
    with ThreadPoolExecutor(max_workers=clients) as pool:
        return list(pool.map(search, questions))


def peak_memory_mib() -> float:
    """Most resident memory of this process so far."""
    try:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    # Not ru_maxrss where this is at hand: that one counts the parent's memory at the fork too.
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def _index(system: System, job: dict[str, Any]) -> dict[str, Any]:
    started = time.perf_counter()
    vectors = system.index(Path(job["documents"]))
    return {"index_s": time.perf_counter() - started, "vectors": vectors}


def _search(system: System, job: dict[str, Any]) -> dict[str, Any]:
    opened = _opened(system, job)
    rankings, latencies = [], []
    for question in job["questions"]:
        started = time.perf_counter()
        rankings.append(system.search(question))
        latencies.append((time.perf_counter() - started) * 1e3)
    return opened | {"rankings": rankings, "latencies_ms": latencies}


def _load(system: System, job: dict[str, Any]) -> dict[str, Any]:
    opened = _opened(system, job)
    started = time.perf_counter()
    rankings = system.search_all(job["questions"], clients=job["clients"])
    wall = time.perf_counter() - started
    return opened | {"rankings": rankings, "per_s": len(rankings) / wall}


def _opened(system: System, job: dict[str, Any]) -> dict[str, Any]:
    started = time.perf_counter()
    system.open()
    opened = time.perf_counter() - started
    for question in job["warm_up"]:
        system.search(question)
    system.search_all(job["warm_up"], clients=job["clients"])
    return {"open_s": opened}


_STEPS = {"index": _index, "search": _search, "load": _load}
