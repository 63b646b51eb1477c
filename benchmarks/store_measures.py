"""What searches of an opened store cost and how many of the true nearest they find."""

import json
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import anyio
import numpy as np
from numpy.typing import NDArray

from core.backends import edge_graph
from core.backends.edge_store import EdgeStore, open_edge_store
from core.lexical import LexicalEncoder
from core.types import PassageFilter, SparseVector, VectorQuery, Vectors

DEPTH = 60
"""Hits a leg is asked for; the read path asks for so many, or twice that for articles."""

TOP = 10
MATCHED = 16
"""Passages of a language whose token codes the read path reads."""
WARM_UP = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """Queries with the true nearest passages, best first, for each named filter."""

    vectors: Vectors
    lexical: list[SparseVector]
    filters: dict[str, PassageFilter]
    nearest: dict[str, list[list[str]]]


def memory_mb() -> dict[str, float]:
    """Resident memory of this process: of its own, and of files that it maps."""
    fields = dict(
        line.split(":", 1)
        for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    )
    own, mapped = (int(fields[name].split()[0]) / 1024 for name in ("RssAnon", "RssFile"))
    return {"own": round(own, 1), "mapped": round(mapped, 1)}


def measure(data_dir: Path, questions: Questions, *, rescore: bool, ef: int) -> dict[str, object]:
    """Times in ms, recall@10 by filter, memory, and how long other threads had to wait.

    Args:
        data_dir: holds the index.
        questions: what to ask.
        rescore: as the product does; False shows what that buys.
        ef: candidates that a search of the graph looks at.
    """
    edge_graph.SEARCH_EF = ef
    edge_graph.search_params = partial(edge_graph.search_params, rescore=rescore)
    empty = memory_mb()
    started = time.perf_counter()
    store = open_edge_store(data_dir, identity=None, command="benchmark", create=False)
    opened = time.perf_counter() - started
    try:
        memory_open = memory_mb()
        searches = anyio.run(_searches, store, questions)
        recall = anyio.run(_recall, store, questions)
        return {
            "open_s": round(opened, 3),
            "memory_before_mb": empty,
            "memory_open_mb": memory_open,
            "memory_searched_mb": memory_mb(),
            "disk_mb": round(store.size_on_disk() / 1e6, 1),
            "searches_ms": searches,
            "recall_at_10": recall,
        }
    finally:
        store.close()


async def _searches(store: EdgeStore, questions: Questions) -> dict[str, dict[str, float]]:
    def dense(row: int, name: str, k: int = DEPTH) -> VectorQuery:
        return VectorQuery(vector=questions.vectors[row], where=questions.filters[name], k=k)

    def lexical(row: int, name: str) -> VectorQuery:
        return VectorQuery(vector=questions.lexical[row], where=questions.filters[name], k=DEPTH)

    kinds: dict[str, Callable[[int], list[VectorQuery]]] = {
        "dense, 10 hits": lambda row: [dense(row, "none", TOP)],
        "dense": lambda row: [dense(row, "none")],
        "dense, source": lambda row: [dense(row, "source")],
        "dense, dates": lambda row: [dense(row, "dates")],
        "dense, language": lambda row: [dense(row, "language")],
        "lexical": lambda row: [lexical(row, "none")],
        "lexical, source and dates": lambda row: [lexical(row, "source and dates")],
        "hybrid": lambda row: [dense(row, "none"), lexical(row, "none")],
        "hybrid, source and dates": lambda row: [
            dense(row, "source and dates"),
            lexical(row, "source and dates"),
        ],
    }

    def search(ask: Callable[[int], list[VectorQuery]]) -> Callable[[int], Awaitable[object]]:
        return lambda row: store.search(ask(row))

    async def search_and_read(row: int) -> None:
        legs = await store.search(kinds["hybrid, source and dates"](row))
        await store.read_passages([match.passage_id for leg in legs for match in leg[:TOP]])

    async def search_and_match(row: int) -> None:
        legs = await store.search(kinds["hybrid, source and dates"](row))
        await store.read_tokens([match.passage_id for match in legs[0][:MATCHED]])

    times = {name: await _timed(search(ask), len(questions.vectors)) for name, ask in kinds.items()}
    read = await _timed(search_and_read, len(questions.vectors))
    matched = await _timed(search_and_match, len(questions.vectors))
    return {
        **times,
        "hybrid, source and dates, best ten of each read": read,
        f"hybrid, source and dates, token codes of {MATCHED} read": matched,
    }


async def _timed(search: Callable[[int], Awaitable[object]], count: int) -> dict[str, float]:
    for row in range(WARM_UP):
        await search(row)
    times = []
    with _Ticker() as ticker:
        for row in range(count):
            started = time.perf_counter()
            await search(row)
            times.append((time.perf_counter() - started) * 1e3)
    p50, p95, p99 = np.percentile(times, [50, 95, 99])
    return {
        "p50": round(float(p50), 2),
        "p95": round(float(p95), 2),
        "p99": round(float(p99), 2),
        "longest_wait_of_other_threads": round(ticker.longest * 1e3, 1),
    }


class _Ticker:
    """A thread that wants to run every millisecond, as an event loop does."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "_Ticker":
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        before = time.perf_counter()
        while not self._stop.is_set():
            time.sleep(0.001)
            now = time.perf_counter()
            self.longest = max(self.longest, now - before)
            before = now


async def _recall(store: EdgeStore, questions: Questions) -> dict[str, dict[str, float]]:
    """Mean and worst share of the true ten nearest that are found, for each filter."""
    result = {}
    for name, where in questions.filters.items():
        shares = []
        for vector, nearest in zip(questions.vectors, questions.nearest[name], strict=True):
            [found] = await store.search([VectorQuery(vector=vector, where=where, k=TOP)])
            shares.append(len({match.passage_id for match in found} & set(nearest)) / len(nearest))
        result[name] = {"mean": round(float(np.mean(shares)), 4), "worst": min(shares)}
    return result


def load_questions(path: Path) -> Questions:
    """What `save_questions` wrote."""
    kept = np.load(path.with_suffix(".npy"))
    record = json.loads(path.read_text(encoding="utf-8"))
    encoder = LexicalEncoder()
    return Questions(
        vectors=kept,
        lexical=[
            encoder.encode_query(text, language=language) for text, language in record["texts"]
        ],
        filters={
            name: PassageFilter(
                languages=tuple(values["languages"]),
                sources=tuple(values["sources"]),
                published_from=_time(values["from"]),
                published_to=_time(values["to"]),
            )
            for name, values in record["filters"].items()
        },
        nearest=record["nearest"],
    )


def exact_nearest(
    queries: Vectors, vectors: Vectors, allowed: NDArray[np.bool_], ids: NDArray[np.str_]
) -> list[list[str]]:
    """Ids of the ten nearest of the `allowed` passages to each query, by numpy."""
    rows = np.flatnonzero(allowed)
    best_scores = np.full((len(queries), 0), 0, np.float32)
    best_rows = np.zeros((len(queries), 0), np.int64)
    for start in range(0, len(rows), 50_000):
        part = rows[start : start + 50_000]
        best_scores = np.hstack([best_scores, queries @ vectors[part].T])
        best_rows = np.hstack([best_rows, np.broadcast_to(part, (len(queries), len(part)))])
        order = np.argsort(-best_scores, axis=1, kind="stable")[:, :TOP]
        best_scores = np.take_along_axis(best_scores, order, axis=1)
        best_rows = np.take_along_axis(best_rows, order, axis=1)
    return [[str(ids[row]) for row in line] for line in best_rows]


def _time(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


if __name__ == "__main__":
    measured = measure(
        Path(sys.argv[1]),
        load_questions(Path(sys.argv[2])),
        rescore=sys.argv[3] == "rescore",
        ef=int(sys.argv[4]),
    )
    json.dump(measured, sys.stdout)
