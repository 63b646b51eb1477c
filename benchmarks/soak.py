"""Minutes of mixed load on a real `sanad serve`: what fails, and how its memory grows.

    python benchmarks/soak.py --minutes 15 --json benchmarks/results/soak.json

Searches, answers and articles written anew, all at once. Memory is told in two parts: what the
process holds itself, and what is mapped from files (libraries, model, index), which the system
takes back when it needs room. A rewrite leaves the old passages in the index's files until
`sanad optimize`.
"""

import argparse
import json
import math
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from environment import ROOT, environment
from serving_server import Job, Server, answers, build_index, questions_of, searches, serving

MEMORY = {"own": "RssAnon", "mapped": "RssFile"}
"""Parts of the resident memory by their names in /proc."""

SAMPLE_EVERY_S = 2.0
WARM_UP_SHARE = 0.2
"""Of the time: what grows in it is caches that fill up to their bounds."""

SEARCH_CLIENTS, ANSWER_CLIENTS = 4, 2
WRITE_PAUSE_S = 0.5
MAX_ARTICLES = 200


def main() -> None:
    """Run it."""
    given = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder) / "data"
        build_index(given.corpus, data_dir)
        with serving(data_dir) as server:
            before = _index_mib(data_dir)
            found = soak(
                server,
                questions=questions_of(given.questions),
                corpus=given.corpus,
                minutes=given.minutes,
            )
            found["index_mib"] = {"begin": before, "end": _index_mib(data_dir)}
    text = json.dumps({**environment(), **found}, ensure_ascii=False, indent=2) + "\n"
    if given.json is not None:
        given.json.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=15.0)
    parser.add_argument("--questions", type=Path, default=ROOT / "sample" / "queries.jsonl")
    parser.add_argument("--corpus", type=Path, default=ROOT / "sample" / "corpus.jsonl")
    parser.add_argument("--json", type=Path, help="where the result goes too")
    return parser.parse_args()


def _index_mib(data_dir: Path) -> float:
    return sum(path.stat().st_size for path in data_dir.rglob("*") if path.is_file()) / 2**20


def soak(
    server: Server, *, questions: Sequence[str], corpus: Path, minutes: float
) -> dict[str, object]:
    """Search, answer and re-index at once for `minutes`.

    The slope is by least squares over the samples after the warm-up. Its standard error takes
    the residuals for independent, which samples of memory are not: it is a lower bound.
    """
    jobs = [
        Job(name="search", clients=SEARCH_CLIENTS, requests=searches(questions), once=False),
        Job(name="answers", clients=ANSWER_CLIENTS, requests=answers(questions), once=False),
        Job(
            name="re-index", clients=1, requests=_writes(corpus), once=False, pause_s=WRITE_PAUSE_S
        ),
    ]
    load = server.load(jobs, seconds=minutes * 60)
    started = time.monotonic()
    hours: list[float] = []
    samples: dict[str, list[float]] = {name: [] for name in MEMORY}
    while (elapsed := time.monotonic() - started) < minutes * 60:
        hours.append(elapsed / 3600)
        for name, field in MEMORY.items():
            samples[name].append(server.memory_mib(field))
        time.sleep(SAMPLE_EVERY_S)
    measured = load.wait()["jobs"]
    return {
        "minutes": minutes,
        "requests": {name: sum(job["statuses"].values()) for name, job in measured.items()},
        "errors": {name: _errors(job["statuses"]) for name, job in measured.items()},
        "memory_mib": {name: _course(hours, values) for name, values in samples.items()},
        "samples": len(hours),
        "embedder": server.get("/v1/index")["embedder"],
    }


def _course(hours: Sequence[float], values: Sequence[float]) -> dict[str, float]:
    """How one part of the memory went, and its slope once the caches are full."""
    settled = int(len(values) * WARM_UP_SHARE)
    slope, error = least_squares(list(zip(hours[settled:], values[settled:], strict=True)))
    return {
        "begin": values[0],
        "settled": values[settled],
        "end": values[-1],
        "slope_per_hour": slope,
        "slope_standard_error": error,
    }


def least_squares(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Slope of the line through `points` and its standard error; needs 3 points.

    >>> least_squares([(0, 1), (1, 3), (2, 5)])
    (2.0, 0.0)
    """
    if len(points) < 3:
        return math.nan, math.nan
    xs, ys = [x for x, _ in points], [y for _, y in points]
    slope, intercept = statistics.linear_regression(xs, ys)
    middle = statistics.fmean(xs)
    residuals = sum((y - intercept - slope * x) ** 2 for x, y in points)
    spread = sum((x - middle) ** 2 for x in xs)
    return slope, math.sqrt(residuals / (len(points) - 2) / spread)


def _writes(corpus: Path) -> list[tuple[str, str, str]]:
    """Two versions of each article in turn, so that every write changes what is indexed."""
    articles = []
    with corpus.open(encoding="utf-8") as lines:
        for line in lines:
            articles.append(json.loads(line))
            if len(articles) == MAX_ARTICLES:
                break
    return [
        (
            "PUT",
            f"/v1/articles/{quote(each['_id'], safe='')}",
            json.dumps(_article(each, suffix), ensure_ascii=False),
        )
        for suffix in ("", "\n\n✎ تصحيح: 1.")
        for each in articles
    ]


def _article(record: dict[str, str], suffix: str) -> dict[str, str]:
    return {"title": record["title"] or record["_id"], "body": record["text"] + suffix}


def _errors(statuses: dict[str, int]) -> dict[str, int]:
    return {status: count for status, count in statuses.items() if not status.startswith("2")}


if __name__ == "__main__":
    main()
