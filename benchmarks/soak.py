"""Minutes of mixed load on a real `sanad serve`: what fails, and how its memory grows.

    python benchmarks/soak.py --minutes 15 --json benchmarks/results/soak.json

Searches, answers and articles written anew, all at once; serving_memory.py says how memory is told.
A rewrite leaves the old passages in the index's files until `sanad optimize`.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from environment import ROOT, environment
from serving_memory import watched
from serving_server import Job, Server, answers, build_index, questions_of, searches, serving
from serving_writes import errors, rewriting

SEARCH_CLIENTS, ANSWER_CLIENTS = 4, 2


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
    """Search, answer and re-index at once for `minutes`."""
    jobs = [
        Job(name="search", clients=SEARCH_CLIENTS, requests=searches(questions), once=False),
        Job(name="answers", clients=ANSWER_CLIENTS, requests=answers(questions), once=False),
        rewriting(corpus),
    ]
    load = server.load(jobs, seconds=minutes * 60)
    memory = watched(server, seconds=minutes * 60)
    measured = load.wait()["jobs"]
    return {
        "minutes": minutes,
        "requests": {name: sum(job["statuses"].values()) for name, job in measured.items()},
        "errors": {name: errors(job["statuses"]) for name, job in measured.items()},
        "memory_mib": memory,
        "embedder": server.get("/v1/index")["embedder"],
    }


if __name__ == "__main__":
    main()
