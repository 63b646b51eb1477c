"""Fills an embedded store and measures it before and after `sanad optimize`.

    python benchmarks/store.py --vectors 10000 100000 --synthetic --json results.json
    python benchmarks/store.py --vectors 3000 --corpus corpus.jsonl.gz --vectors-cache kept.npz

Each state is searched by a process of its own, so that its memory is the store's: as filled,
with a graph, with a graph over int8 vectors, and that without rescoring. Recall is against
exact search by numpy.
"""

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import anyio
import numpy as np
from environment import environment
from numpy.typing import NDArray
from store_data import FIRST_DAY, Data, articles, real, synthetic
from store_measures import exact_nearest
from tables import markdown_table

from core.backends.edge_store import EdgeStore, open_edge_store
from core.identity import EmbedderIdentity, IndexIdentity

BATCH = 128
"""Articles written at a time."""

FIRST_DATE, LAST_DATE = 60, 150
"""The date filter, in days after FIRST_DAY: about a quarter of the passages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A filter by name: as numpy sees it, and as the store does."""

    name: str
    allowed: NDArray[np.bool_]
    language: str | None = None
    dates: bool = False

    def as_dict(self) -> dict[str, object]:
        """For `store_measures`."""
        moments = [FIRST_DAY + timedelta(days=day) for day in (FIRST_DATE, LAST_DATE)]
        first, last = [_text(moment) if self.dates else None for moment in moments]
        languages = [] if self.language is None else [self.language]
        return {"languages": languages, "from": first, "to": last}


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vectors", type=int, nargs="+", required=True, metavar="N")
    parser.add_argument("--synthetic", action="store_true", help="vectors drawn at random")
    parser.add_argument("--corpus", type=Path, help="JSON lines with title and text, also .gz")
    parser.add_argument("--vectors-cache", type=Path, help="real vectors, kept or to be kept here")
    parser.add_argument("--work", type=Path, help="folder for the store; default: a temporary one")
    parser.add_argument("--json", type=Path, help="where the result goes; default: stdout")
    given = parser.parse_args()
    if not given.synthetic and (given.corpus is None or given.vectors_cache is None):
        parser.error("real vectors need --corpus and --vectors-cache; or choose --synthetic")
    sizes = []
    for count in given.vectors:
        with tempfile.TemporaryDirectory(dir=given.work) as folder:
            sizes.append(_run(_data(given, count), Path(folder)))
    result = {"environment": environment(), "sizes": sizes}
    text = json.dumps(result, ensure_ascii=False, indent=2) + "\n"
    if given.json is None:
        sys.stdout.write(text)
    else:
        given.json.write_text(text, encoding="utf-8")
    sys.stderr.write(markdown_table([row for size in sizes for row in _rows(size)]) + "\n")


def _data(given: argparse.Namespace, count: int) -> Data:
    if given.synthetic:
        return synthetic(count, corpus=given.corpus)
    return real(count, corpus=given.corpus, cache=given.vectors_cache)


def _run(data: Data, folder: Path) -> dict[str, object]:
    """Everything that is measured of one size."""
    ids, filled = anyio.run(_fill, data, folder / "data")
    questions = _write_questions(data, ids, folder / "questions.json")
    states = {"filled": _measure(folder, questions, "rescore")}
    optimized = {}
    for quantize in ("none", "int8"):
        optimized[quantize] = _optimize(folder / "data", quantize)
        states[f"graph, {quantize}"] = _measure(folder, questions, "rescore")
    states["graph, int8, not rescored"] = _measure(folder, questions, "as found")
    return {
        "passages": len(ids),
        "data": data.label,
        "fill": filled,
        "optimize": optimized,
        "states": states,
    }


async def _fill(data: Data, data_dir: Path) -> tuple[NDArray[np.str_], dict[str, float]]:
    """Ids by row, and the rate; the encoding of the text is not counted."""
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
        filled = {"passages_per_s": round(len(ids) / writing, 1), "disk_mb": _disk_mb(store)}
    finally:
        store.close()
    return np.array(ids), filled


def _write_questions(data: Data, ids: NDArray[np.str_], path: Path) -> Path:
    everything = np.ones(len(ids), bool)
    within = (data.days >= FIRST_DATE) & (data.days <= LAST_DATE)
    spoken, counts = np.unique(data.languages, return_counts=True)
    by_size = [str(name) for name in spoken[np.argsort(-counts)]]
    largest = by_size[0]
    filters = [
        Filter(name="none", allowed=everything),
        Filter(name="dates", allowed=within, dates=True),
        Filter(name="language", allowed=data.languages == largest, language=largest),
        Filter(
            name="language and dates",
            allowed=within & (data.languages == largest),
            language=largest,
            dates=True,
        ),
    ]
    filters += [
        Filter(name=f"language {name}", allowed=data.languages == name, language=name)
        for name in by_size[1:]
    ]
    record = {
        "texts": list(zip(data.query_texts, map(str, data.query_languages), strict=True)),
        "languages": by_size,
        "filters": {each.name: each.as_dict() for each in filters},
        "nearest": {
            each.name: exact_nearest(data.queries, data.vectors, each.allowed, ids)
            for each in filters
        },
    }
    path.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    np.save(path.with_suffix(".npy"), data.queries)
    return path


def _measure(folder: Path, questions: Path, rescoring: str) -> dict[str, object]:
    script = Path(__file__).with_name("store_measures.py")
    command = [sys.executable, str(script), str(folder / "data"), str(questions), rescoring]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    measured: dict[str, object] = json.loads(done.stdout)
    return measured


def _optimize(data_dir: Path, quantize: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-m", "sanad", "optimize", "--quantize", quantize, "--json"],
        env={**os.environ, "SANAD_DATA_DIR": str(data_dir)},
        stdout=subprocess.PIPE,
        check=True,
    )
    report: dict[str, object] = json.loads(done.stdout)
    return report


def _rows(size: dict) -> list[dict[str, object]]:  # type: ignore[type-arg]  # our own JSON
    """One row a state: what a reader looks for first."""
    hybrid, question = "hybrid, language and dates", "a question: every language and words"
    return [
        {
            "passages": size["passages"],
            "state": name,
            "dense p50 ms": state["searches_ms"]["dense"]["p50"],
            "lexical p50 ms": state["searches_ms"]["lexical"]["p50"],
            "hybrid filtered p50 / p95 / p99 ms": " / ".join(
                str(state["searches_ms"][hybrid][key]) for key in ("p50", "p95", "p99")
            ),
            "question p50 ms": state["searches_ms"][question]["p50"],
            "recall@10": state["recall_at_10"]["none"]["mean"],
            "lowest filtered recall@10": min(
                value["mean"] for value in state["recall_at_10"].values()
            ),
            "own + mapped memory MB": "{own:.0f} + {mapped:.0f}".format(
                **state["memory_searched_mb"]
            ),
            "disk MB": state["disk_mb"],
            "open s": state["open_s"],
        }
        for name, state in size["states"].items()
    ]


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
    return IndexIdentity(embedder=embedder, chunker="1", normaliser="1", lexical="1")


def _disk_mb(store: EdgeStore) -> float:
    return round(store.size_on_disk() / 1e6, 1)


def _text(moment: datetime) -> str:
    return moment.isoformat()


if __name__ == "__main__":
    main()
