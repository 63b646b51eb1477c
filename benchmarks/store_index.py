"""An embedded index filled with benchmark data, its questions, and searches of it measured."""

import itertools
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import anyio
import numpy as np
from numpy.typing import NDArray
from store_data import FIRST_DAY, Data, articles
from store_measures import exact_nearest

from core.backends.edge_graph import SEARCH_EF, Graph
from core.backends.edge_optimize import OptimizeProgress, optimize_index
from core.backends.edge_store import open_edge_store
from core.identity import EmbedderIdentity, IndexIdentity

BATCH = 128
"""Articles written at a time."""

WINDOW = (0.4, 0.65)
"""The date filter, in quantiles of the days: about a quarter of the passages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A filter as numpy sees it, and as the store does; days are counted from FIRST_DAY."""

    allowed: NDArray[np.bool_]
    languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    days: tuple[int, int] | None = None

    def as_dict(self) -> dict[str, object]:
        """For `store_measures`."""
        first, last = (
            (None, None)
            if self.days is None
            else ((FIRST_DAY + timedelta(days=day)).isoformat() for day in self.days)
        )
        return {"languages": self.languages, "sources": self.sources, "from": first, "to": last}


def fill(data: Data, folder: Path) -> dict[str, float]:
    """Write the data into an index and the questions beside it; how fast the store wrote.

    The encoding of the text is not counted.
    """
    ids, seconds = anyio.run(_write, data, folder / "data")
    _write_questions(data, ids, folder / "questions.json")
    return {"passages": len(ids), "passages_per_s": round(len(ids) / seconds, 1)}


def optimize(folder: Path, graph: Graph) -> dict[str, float]:
    """Build the graph; seconds, and bytes on disk before and after in MB."""

    def watch(_progress: OptimizeProgress) -> None:
        """Nobody looks."""

    done = optimize_index(folder / "data", graph=graph, command="benchmark", watch=watch)
    return {
        "seconds": round(done.seconds, 2),
        "disk_before_mb": round(done.bytes_before / 1e6, 1),
        "disk_after_mb": round(done.bytes_after / 1e6, 1),
    }


def measure(folder: Path, *, rescore: bool = True, ef: int = SEARCH_EF) -> dict[str, object]:
    """What `store_measures` finds in a process of its own, so that its memory is the store's."""
    script = Path(__file__).with_name("store_measures.py")
    rescoring = "rescore" if rescore else "as found"
    arguments = [str(folder / "data"), str(folder / "questions.json"), rescoring, str(ef)]
    done = subprocess.run(
        [sys.executable, str(script), *arguments], stdout=subprocess.PIPE, check=True
    )
    measured: dict[str, object] = json.loads(done.stdout)
    return measured


async def _write(data: Data, data_dir: Path) -> tuple[NDArray[np.str_], float]:
    """Ids by row, and the seconds that the store took."""
    store = open_edge_store(
        data_dir, identity=_identity(data.vectors.shape[1]), command="benchmark", create=True
    )
    ids: list[str] = []
    writing = 0.0
    try:
        waiting = articles(data)
        while batch := list(itertools.islice(waiting, BATCH)):
            started = time.perf_counter()
            await store.replace_articles(batch)
            writing += time.perf_counter() - started
            ids.extend(item.passage.id for article in batch for item in article.passages)
    finally:
        store.close()
    return np.array(ids), writing


def _write_questions(data: Data, ids: NDArray[np.str_], path: Path) -> None:
    filters = _filters(data)
    record = {
        "texts": list(zip(data.query_texts, map(str, data.query_languages), strict=True)),
        "filters": {name: each.as_dict() for name, each in filters.items()},
        "nearest": {
            name: exact_nearest(data.queries, data.vectors, each.allowed, ids)
            for name, each in filters.items()
        },
    }
    path.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    np.save(path.with_suffix(".npy"), data.queries)


def _filters(data: Data) -> dict[str, Filter]:
    first, last = (int(day) for day in np.quantile(data.days, WINDOW))
    within = (data.days >= first) & (data.days <= last)
    language, *others = _by_size(data.languages)
    source = _by_size(data.sources)[0]
    published = data.sources == source
    return {
        "none": Filter(allowed=np.ones(len(data.days), bool)),
        "dates": Filter(allowed=within, days=(first, last)),
        "source": Filter(allowed=published, sources=(source,)),
        "source and dates": Filter(
            allowed=published & within, sources=(source,), days=(first, last)
        ),
        "language": Filter(allowed=data.languages == language, languages=(language,)),
        **{
            f"language {name}": Filter(allowed=data.languages == name, languages=(name,))
            for name in others
        },
    }


def _by_size(labels: NDArray[np.str_]) -> list[str]:
    """The labels, most frequent first."""
    names, counts = np.unique(labels, return_counts=True)
    return [str(name) for name in names[np.argsort(-counts, kind="stable")]]


def _identity(dimension: int) -> IndexIdentity:
    embedder = EmbedderIdentity(
        model="benchmark",
        revision="1",
        dimension=dimension,
        pooling="mean",
        precision="float32",
        query_prompt="",
        passage_prompt="",
        max_tokens=512,
    )
    return IndexIdentity(embedder=embedder, chunker="1", normaliser="1", lexical="1", tokens="1")
