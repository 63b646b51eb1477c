"""Times the events of streamed answers: to the passages, to the first sentence, to the end.

    python benchmarks/streaming.py --json benchmarks/results/streaming.json

One client asks a real `sanad serve` each question once, over one kept-alive connection, and takes
the time when an event has arrived whole. What is abstained on has no sentence.
"""

import argparse
import http.client
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from environment import ROOT, environment
from serving import WARM_UP_QUESTIONS, percentile
from serving_server import build_index, questions_of, serving
from tables import markdown_table

TIMEOUT_S = 60
EVENTS = ("passages", "delta", "answer")


def main() -> None:
    """Run it."""
    options = _options()
    questions = questions_of(options.questions)
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder) / "data"
        build_index(options.corpus, data_dir)
        with serving(data_dir) as server:
            runs = list(_ask(server.port, questions))[WARM_UP_QUESTIONS:]
    result: dict[str, Any] = {
        **environment(),
        "corpus": options.corpus.name,
        "questions": len(runs),
        "answered": sum("delta" in run for run in runs),
        "events": [_figures(name, [run[name] for run in runs if name in run]) for name in EVENTS],
    }
    if options.json:
        text = json.dumps(result, ensure_ascii=False, indent=2)
        options.json.write_text(text + "\n", encoding="utf-8")
    sys.stdout.write(markdown_table(result["events"]))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=Path, default=ROOT / "sample" / "queries.jsonl")
    parser.add_argument("--corpus", type=Path, default=ROOT / "sample" / "corpus.jsonl")
    parser.add_argument("--json", type=Path, default=None)
    return parser.parse_args()


def _ask(port: int, questions: Sequence[str]) -> Iterator[dict[str, float]]:
    """Milliseconds to the first event of each name, question by question."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    for question in questions:
        body = json.dumps({"question": question, "stream": True}).encode("utf-8")
        started = time.perf_counter()
        connection.request("POST", "/v1/answers", body, {"Content-Type": "application/json"})
        yield _arrivals(connection.getresponse(), started=started)
    connection.close()


def _arrivals(response: http.client.HTTPResponse, *, started: float) -> dict[str, float]:
    if response.status != http.HTTPStatus.OK:
        raise SystemExit(f"the server answered {response.status}: {response.read().decode()}")
    arrived: dict[str, float] = {}
    name = ""
    while line := response.readline():
        if line.startswith(b"event: "):
            name = line.removeprefix(b"event: ").decode("ascii").strip()
        elif line == b"\n" and name:
            arrived.setdefault(name, (time.perf_counter() - started) * 1e3)
            name = ""
    if "answer" not in arrived:
        raise SystemExit(f"the stream ended without an answer; it had {', '.join(arrived)}")
    return arrived


def _figures(name: str, times_ms: Sequence[float]) -> dict[str, object]:
    ordered = sorted(times_ms)
    return {
        "event": name,
        "n": len(ordered),
        "p50_ms": percentile(ordered, 50),
        "p95_ms": percentile(ordered, 95),
        "max_ms": ordered[-1] if ordered else None,
    }


if __name__ == "__main__":
    main()
