"""Indexing end to end: how many articles a second, at what memory, and how the cost grows.

    python benchmarks/indexing.py --articles ant-news/corpus.jsonl.gz --sizes 1000 5000 20000 \
        --json benchmarks/results/indexing.json

Each size is indexed into an empty folder by a process of its own (`indexing_run.py`); the
smallest one several times. The articles are drawn at random and each size holds the smaller ones:
a file in the order of publication has sources with long and short articles one after the other.
"""

import argparse
import gzip
import json
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.environment import environment  # noqa: E402  # after the path is set
from benchmarks.tables import markdown_table  # noqa: E402

Run = dict[str, Any]
SEED = 20240619


def main() -> int:
    """Measure, print the tables and write the result."""
    given = _arguments()
    lines = _drawn(given.articles, max(given.sizes))
    runs: dict[int, list[Run]] = {}
    for size in sorted(given.sizes):
        repeats = 1 if runs else given.repeats
        runs[size] = [_run(lines[:size], f"{n + 1} of {repeats}") for n in range(repeats)]
    rows = [_row(size, found) for size, found in runs.items()]
    sys.stdout.write(f"{markdown_table(rows)}\n{markdown_table(_stage_rows(runs))}\n")
    exponent = _exponent(runs)
    if exponent is not None:
        sys.stdout.write(f"seconds grow as articles to the power of {exponent}\n")
    if given.json:
        result = {
            "environment": environment(),
            "seed": SEED,
            "sizes": rows,
            "exponent_of_seconds_over_articles": exponent,
            "runs": [run for found in runs.values() for run in found],
        }
        given.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return 0


def _drawn(corpus: Path, count: int) -> list[str]:
    """As many lines of the corpus in random order, the same at every call."""
    opener = gzip.open if corpus.suffix == ".gz" else open
    with opener(corpus, "rt", encoding="utf-8") as file:
        lines = file.readlines()
    if len(lines) < count:
        raise SystemExit(f"{corpus} holds {len(lines):,} articles, {count:,} are asked for")
    return random.Random(SEED).sample(lines, count)


def _run(lines: Sequence[str], repeat: str) -> Run:
    sys.stderr.write(f"{len(lines):,} articles, run {repeat}\n")
    with tempfile.TemporaryDirectory() as folder:
        taken = Path(folder) / "articles.jsonl"
        taken.write_text("".join(lines), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.indexing_run", str(taken), str(len(lines))],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            check=True,
        )
    run: Run = json.loads(done.stdout)
    return run


def _row(size: int, runs: Sequence[Run]) -> dict[str, object]:
    """Medians over the repeats; the spread of the rate is from the slowest to the fastest."""
    rates = sorted(run["articles"] / run["seconds"] for run in runs)

    def median(name: str) -> float:
        return round(statistics.median(run[name] for run in runs), 3)

    return {
        "articles": size,
        "runs": len(runs),
        "seconds": median("seconds"),
        "articles_per_s": round(statistics.median(rates), 2),
        "spread": f"{rates[0]:.2f} to {rates[-1]:.2f}",
        "passages_per_s": round(_rate(runs, "passages"), 2),
        "tokens_per_s": round(_rate(runs, "tokens")),
        "share_of_embedder": median("share_of_embedder"),
        "peak_mib": round(median("peak_mib")),
        "index_mib": round(median("index_mib"), 1),
        "first_tenth_per_s": median("first_tenth_per_s"),
        "last_tenth_per_s": median("last_tenth_per_s"),
    }


def _rate(runs: Sequence[Run], name: str) -> float:
    return statistics.median(run[name] / run["seconds"] for run in runs)


def _stage_rows(runs: dict[int, list[Run]]) -> list[dict[str, object]]:
    """Milliseconds an article by stage; stages may run at the same time."""
    rows = []
    for size, found in runs.items():
        stages = [run["stages_s"] for run in found]
        row: dict[str, object] = {"articles": size}
        for name in stages[0]:
            spent = statistics.median(stage[name] for stage in stages)
            row[f"{name}_ms"] = round(1000 * spent / size, 3)
        rows.append(row)
    return rows


def _exponent(runs: dict[int, list[Run]]) -> float | None:
    """The slope of log seconds over log articles by least squares; 1 is linear growth."""
    if len(runs) < 2:
        return None
    sizes = np.log([run["articles"] for found in runs.values() for run in found])
    seconds = np.log([run["seconds"] for found in runs.values() for run in found])
    return round(float(np.polyfit(sizes, seconds, 1)[0]), 4)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=Path, required=True, help=".jsonl or .jsonl.gz")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 5000, 20000])
    parser.add_argument("--repeats", type=int, default=3, help="of the smallest size (default 3)")
    parser.add_argument("--json", type=Path, help="where to write the result")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
