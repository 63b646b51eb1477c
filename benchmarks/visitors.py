"""Readers of a news site who all ask at once, beside an archive that is written anew.

    python benchmarks/visitors.py --minutes 10 --json benchmarks/results/visitors.json

Each visitor has a token of the site, asks a question of the sample archive, reads the answer as it
comes, thinks, and asks the next. They all come from one address, whose budget is therefore raised;
a visitor's own is the usual one. The articles are written by a program with a key. Refusals by the
server's own limits (429) are counted apart from errors. serving_memory.py says how memory is told.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from environment import ROOT, environment
from serving import percentile
from serving_memory import watched
from serving_server import (
    Job,
    Server,
    answers,
    build_index,
    child_environment,
    free_port,
    questions_of,
    serving,
)
from serving_writes import errors, rewriting

LIMITED = "429"
SITE = "almadar"
ADDRESS = {"address_questions_per_minute": 100_000, "address_at_once": 1_000}
"""Budgets of the one address that all visitors share here."""


def main() -> None:
    """Run it."""
    given = _arguments()
    settings = dict(pair.split("=", 1) for pair in given.setting)
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder) / "data"
        build_index(given.corpus, data_dir)
        port = free_port()
        write_site(data_dir, origin=f"http://127.0.0.1:{port}")
        key = writing_key(data_dir)
        with serving(data_dir, port=port, **settings) as server:
            found = visit(
                server,
                visitors=Job(
                    name="visitors",
                    clients=given.visitors,
                    requests=answers(questions_of(given.questions), stream=True),
                    once=False,
                    pause_s=(given.think_s / 2, given.think_s * 3 / 2),
                    site=SITE,
                ),
                writes=rewriting(given.corpus, key=key),
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
    parser.add_argument("--questions", type=Path, default=ROOT / "sample" / "queries.jsonl")
    parser.add_argument("--corpus", type=Path, default=ROOT / "sample" / "corpus.jsonl")
    parser.add_argument(
        "--setting", action="append", default=[], help="SANAD_NAME=value of the server"
    )
    parser.add_argument("--json", type=Path, help="where the result goes too")
    return parser.parse_args()


def write_site(data_dir: Path, *, origin: str) -> None:
    """List the site whose visitors ask."""
    site = {"id": SITE, "name": SITE, "origins": [origin], "budgets": ADDRESS}
    (data_dir / "sites.yaml").write_text(json.dumps({"sites": [site]}), encoding="utf-8")


def writing_key(data_dir: Path) -> str:
    """A key with which articles may be written."""
    made = subprocess.run(
        [sys.executable, "-m", "sanad", "keys", "create", "writer", "--scope", "write", "--json"],
        cwd=ROOT,
        env=child_environment(SANAD_DATA_DIR=str(data_dir)),
        stdout=subprocess.PIPE,
        check=True,
    )
    return str(json.loads(made.stdout)["key"])


def visit(server: Server, *, visitors: Job, writes: Job, minutes: float) -> dict[str, object]:
    """Let `visitors` ask for `minutes` beside continuous re-indexing by `writes`."""
    load = server.load([visitors, writes], seconds=minutes * 60)
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
        "write": _figures(jobs[writes.name]["latencies_ms"]),
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
