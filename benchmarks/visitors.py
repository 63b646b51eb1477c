"""Readers of a news site who all ask at once, beside an archive that is written anew.

    python benchmarks/visitors.py --minutes 10 --json benchmarks/results/visitors.json

Each visitor has a token of the site, where the server gives any, asks a question of the sample
archive, reads the answer as it comes, thinks, and asks the next. Refusals by the server's own
limits (429) are counted apart from errors. serving_memory.py says how memory is told.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from environment import ROOT, environment
from serving import percentile
from serving_memory import watched
from serving_server import Job, Server, answers, build_index, questions_of, serving
from serving_writes import errors, rewriting

LIMITED = "429"


def main() -> None:
    """Run it."""
    given = _arguments()
    settings = dict(pair.split("=", 1) for pair in given.setting)
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder) / "data"
        build_index(given.corpus, data_dir)
        with serving(data_dir, **settings) as server:
            found = visit(
                server,
                visitors=Job(
                    name="visitors",
                    clients=given.visitors,
                    requests=answers(questions_of(given.questions), stream=True),
                    once=False,
                    pause_s=(given.think_s / 2, given.think_s * 3 / 2),
                    site=given.site,
                ),
                corpus=given.corpus,
                minutes=given.minutes,
            )
    result = {**environment(), "visitors": given.visitors, "think_s": given.think_s, **found}
    text = json.dumps(result, ensure_ascii=False, indent=2) + "\n"
    if given.json is not None:
        given.json.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--visitors", type=int, default=64)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--think-s", type=float, default=20.0, help="mean time between questions")
    parser.add_argument("--site", default="demo", help="whose visitors they are")
    parser.add_argument("--questions", type=Path, default=ROOT / "sample" / "queries.jsonl")
    parser.add_argument("--corpus", type=Path, default=ROOT / "sample" / "corpus.jsonl")
    parser.add_argument(
        "--setting", action="append", default=[], help="SANAD_NAME=value of the server"
    )
    parser.add_argument("--json", type=Path, help="where the result goes too")
    return parser.parse_args()


def visit(server: Server, *, visitors: Job, corpus: Path, minutes: float) -> dict[str, object]:
    """Let `visitors` ask for `minutes` beside continuous re-indexing."""
    load = server.load([visitors, rewriting(corpus)], seconds=minutes * 60)
    memory = watched(server, seconds=minutes * 60)
    measured = load.wait()
    jobs: dict[str, Any] = measured["jobs"]
    asked = jobs[visitors.name]
    return {
        "minutes": minutes,
        "requests": {name: sum(job["statuses"].values()) for name, job in jobs.items()},
        "limited": asked["statuses"].get(LIMITED, 0),
        "errors": {
            name: {
                status: count
                for status, count in errors(job["statuses"]).items()
                if status != LIMITED
            }
            for name, job in jobs.items()
        },
        "first_sentence": _figures(asked["sentences_ms"]),
        "end": _figures(asked["latencies_ms"]),
        "write": _figures(jobs["re-index"]["latencies_ms"]),
        "client_cpu_ms_per_request": measured["client_cpu_ms_per_request"],
        "memory_mib": memory,
    }


def _figures(times_ms: Sequence[float]) -> dict[str, object]:
    ordered = sorted(times_ms)
    return {
        "n": len(ordered),
        "p50_ms": percentile(ordered, 50),
        "p95_ms": percentile(ordered, 95),
        "max_ms": ordered[-1] if ordered else None,
    }


if __name__ == "__main__":
    main()
