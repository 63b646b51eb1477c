"""Drives a real `sanad serve` with closed-loop clients: /v1/search and /v1/answers.

    python benchmarks/serving.py --json benchmarks/results/serving.json

Every run has a freshly started server, so that no question is found in its cache: in a
`distinct` run each question is asked once, in a `repeated` run a few are asked again and again.
Latencies include the HTTP of both sides; the load generator is a process on the same machine,
and what it takes of the CPU is reported. `soak.py` drives a mixed load for long.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from environment import ROOT, environment
from serving_server import (
    Job,
    Server,
    answers,
    build_index,
    child_environment,
    questions_of,
    searches,
    serving,
)
from tables import markdown_table

WARM_UP_QUESTIONS = 16
REPEATED_QUESTIONS = 50
REQUESTS = {"/v1/search": searches, "/v1/answers": answers}
MODEL_RATE = Path(__file__).with_name("serving_model_rate.py")


def main() -> None:
    """Run it."""
    options = _options()
    questions = questions_of(options.questions)
    result: dict[str, Any] = {
        **environment(),
        "corpus": options.corpus.name,
        "questions": len(questions),
        "seconds": options.seconds,
        "repeats": options.repeats,
    }
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder) / "data"
        build_index(options.corpus, data_dir)
        result["model"] = _model_rate(questions)
        result["runs"] = _runs(data_dir, questions, options, result["model"])
    if options.json:
        text = json.dumps(result, ensure_ascii=False, indent=2)
        options.json.write_text(text + "\n", encoding="utf-8")
    sys.stdout.write(_report(result))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 4, 16, 64])
    parser.add_argument("--seconds", type=float, default=15.0, help="at most, of each run")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument(
        "--paths", nargs="+", choices=[*REQUESTS], default=[*REQUESTS], help="what is asked"
    )
    parser.add_argument("--questions", type=Path, default=ROOT / "sample" / "queries.jsonl")
    parser.add_argument("--corpus", type=Path, default=ROOT / "sample" / "corpus.jsonl")
    parser.add_argument("--json", type=Path, default=None)
    return parser.parse_args()


def _model_rate(questions: Sequence[str]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(MODEL_RATE)],
        env=child_environment(),
        input=json.dumps(questions).encode("utf-8"),
        stdout=subprocess.PIPE,
        check=True,
    )
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


def _runs(
    data_dir: Path, questions: list[str], options: argparse.Namespace, model: dict[str, Any]
) -> list[dict[str, Any]]:
    """Figures of every path, kind of run and number of clients, over the repeats."""
    rows = []
    for path in options.paths:
        for kind in ("distinct", "repeated"):
            for clients in options.clients:
                runs = [
                    _run(data_dir, path, kind, clients, questions, options.seconds)
                    for _ in range(options.repeats)
                ]
                row = {"path": path, "questions": kind, "clients": clients, **_merged(runs)}
                if path == "/v1/search":
                    own = model["pooled"]["median_per_s"]
                    row["share_of_model"] = row["per_s"]["median"] / own
                rows.append(row)
                sys.stderr.write(f"{path} {kind} {clients}: {row['per_s']['median']:.1f}/s\n")
    return rows


def _run(
    data_dir: Path, path: str, kind: str, clients: int, questions: list[str], seconds: float
) -> dict[str, Any]:
    """One load on one fresh server."""
    once = kind == "distinct"
    asked = questions[WARM_UP_QUESTIONS:]
    if not once:
        asked = asked[:REPEATED_QUESTIONS]
    with serving(data_dir) as server:
        _measure(server, path, 4, questions[:WARM_UP_QUESTIONS], once=True, seconds=60)
        before = server.get("/v1/index")["embedder"]
        begin = server.memory_mib()
        run = _measure(server, path, clients, asked, once=once, seconds=seconds)
        after = server.get("/v1/index")["embedder"]
        run |= {"rss_begin_mib": begin, "rss_end_mib": server.memory_mib()}
        run |= {"rss_peak_mib": server.memory_mib("VmHWM"), "start_s": server.start_s}
    return run | {
        name: after[name] - before[name] for name in ("hits", "misses", "batches", "batch_texts")
    }


def _measure(
    server: Server, path: str, clients: int, questions: list[str], *, once: bool, seconds: float
) -> dict[str, Any]:
    job = Job(name="asked", clients=clients, requests=REQUESTS[path](questions), once=once)
    measured = server.load([job], seconds=seconds).wait()
    asked = measured["jobs"]["asked"]
    latencies = sorted(asked["latencies_ms"])
    return {
        "n": len(latencies),
        "errors": sum(asked["statuses"].values()) - len(latencies),
        "per_s": len(latencies) / asked["wall_s"],
        "p50_ms": percentile(latencies, 50),
        "p95_ms": percentile(latencies, 95),
        "p99_ms": percentile(latencies, 99),
        "client_cpu_ms": measured["client_cpu_ms_per_request"],
    }


def percentile(ordered: Sequence[float], share: int) -> float:
    """By nearest rank; NaN for nothing.

    >>> percentile([1.0, 2.0, 3.0, 4.0], 50)
    2.0
    """
    if not ordered:
        return float("nan")
    return ordered[max(0, -(-share * len(ordered) // 100) - 1)]


def _merged(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Counts are added up; of the other figures the median and the spread over the repeats."""
    added = ("n", "errors", "hits", "misses", "batches", "batch_texts")
    merged: dict[str, Any] = {name: sum(run[name] for run in runs) for name in added}
    for name in runs[0]:
        if name not in added:
            values = [run[name] for run in runs]
            merged[name] = {
                "median": statistics.median(values),
                "min": min(values),
                "max": max(values),
            }
    return merged


def _report(result: dict[str, Any]) -> str:
    shown = ("path", "questions", "clients", "n", "errors")
    spread = ("per_s", "p50_ms", "p95_ms", "p99_ms", "rss_end_mib", "client_cpu_ms")
    rows = [
        {name: row[name] for name in shown}
        | {name: row[name]["median"] for name in spread}
        | {"share_of_model": row.get("share_of_model")}
        for row in result["runs"]
    ]
    model = {name: result["model"][name]["median_per_s"] for name in ("pooled", "tokens")}
    lines = [markdown_table(rows), f"model alone, questions/s: {json.dumps(model)}"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
