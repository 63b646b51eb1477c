"""Indexes the first N articles of a corpus, killing the run twice, and checks every offset.

    python benchmarks/index_killed.py corpus.jsonl.gz --articles 2000 > results.json

Prints one JSON object: the machine, articles and passages a second of the uninterrupted rest,
peak memory of the index process, size of the index, and what was verified.
"""

import argparse
import asyncio
import gzip
import itertools
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from core.backends.edge_store import EdgeStore, open_edge_store


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--kill-after-s", type=float, nargs="*", default=[60.0, 60.0])
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        taken = Path(folder) / "articles.jsonl"
        count = _take(arguments.corpus, taken, arguments.articles)
        data_dir = Path(folder) / "data"
        for seconds in arguments.kill_after_s:
            _index_and_kill(taken, data_dir, seconds)
        report, wall = _index(taken, data_dir)
        store = open_edge_store(data_dir, identity=None, command="benchmark", create=False)
        verified = asyncio.run(_verify(store))
        size = store.size_on_disk()
        store.close()
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    written = report["indexed"] + report["updated"]
    result = {
        "machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "articles": count,
        "kills": len(arguments.kill_after_s),
        "last_run": {key: value for key, value in report.items() if key != "notices"},
        "last_run_wall_s": round(wall, 1),
        "articles_per_s": round(written / report["seconds"], 2),
        "passages_per_s": round(report["passages"] / report["seconds"], 2),
        "peak_memory_mb": round(peak),
        "index_mb": round(size / 1e6, 1),
        "verified": verified,
    }
    json.dump(result, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def _take(corpus: Path, taken: Path, articles: int) -> int:
    opener = gzip.open if corpus.suffix == ".gz" else open
    with opener(corpus, "rt", encoding="utf-8") as lines:
        chosen = list(itertools.islice(lines, articles))
    taken.write_text("".join(chosen), encoding="utf-8")
    return len(chosen)


def _command(taken: Path) -> list[str]:
    return [sys.executable, "-m", "sanad", "index", str(taken), "--json"]


def _environment(data_dir: Path) -> dict[str, str]:
    return {**os.environ, "SANAD_DATA_DIR": str(data_dir)}


def _index_and_kill(taken: Path, data_dir: Path, seconds: float) -> None:
    process = subprocess.Popen(  # our own command
        _command(taken), env=_environment(data_dir), stdout=subprocess.DEVNULL
    )
    time.sleep(seconds)
    process.kill()
    process.wait()


def _index(taken: Path, data_dir: Path) -> tuple[dict[str, float], float]:
    started = time.monotonic()
    done = subprocess.run(
        _command(taken), env=_environment(data_dir), stdout=subprocess.PIPE, check=False
    )
    report: dict[str, float] = json.loads(done.stdout)
    return report, time.monotonic() - started


async def _verify(store: EdgeStore) -> dict[str, int]:
    """Counts, with every passage sliced back out of its article."""
    articles = passages = wrong = missing = 0
    async for stored in store.iterate_articles():
        articles += 1
        found = await store.get_passages(stored.article.id)
        passages += len(found)
        missing += abs(stored.passage_count - len(found))
        body = stored.article.body
        wrong += sum(body[passage.start : passage.end] != passage.text for passage in found)
    status = await store.status()
    return {
        "articles": articles,
        "passages": passages,
        "passages_counted_by_the_store": status.passages,
        "wrong_offsets": wrong,
        "missing_or_doubled": missing,
    }


if __name__ == "__main__":
    main()
