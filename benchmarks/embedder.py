"""Speed of every runtime of the embedder on the same texts, and how near they are to float32.

    python benchmarks/embedder.py --passages xquad/corpus/ar/corpus.jsonl.gz \
        --questions xquad/queries/ar/queries.jsonl --json benchmarks/results/embedder.json

Runtimes take turns within each repeat, so that a change of the machine's pace meets all of them.
"""

import argparse
import gzip
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import anyio
import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.environment import environment  # noqa: E402  # after the path is set
from benchmarks.tables import markdown_table  # noqa: E402
from core.backends.embedding import EmbedderParts, open_embedder  # noqa: E402
from core.settings import load_settings  # noqa: E402
from core.types import Vectors  # noqa: E402

FLOP_PER_TOKEN = 42.5e6
"""Twice the weights of the bundled encoder's matrices; attention's own products left out."""

RUNTIMES = {
    "onnx int8": {"SANAD_RUNTIME": "onnx", "SANAD_PRECISION": "int8"},
    "onnx fp32": {"SANAD_RUNTIME": "onnx", "SANAD_PRECISION": "fp32"},
    "torch fp32, our batches": {"SANAD_RUNTIME": "torch"},
}
PLAIN = "sentence-transformers, encode() as it comes"


def main() -> int:
    """Measure, print the table and write the result."""
    arguments = _arguments()
    passages = _texts(arguments.passages)[: arguments.count]
    questions = _texts(arguments.questions)[: arguments.question_count]
    given = {name: value for name, value in os.environ.items() if name.startswith("SANAD_CACHE")}
    parts = {
        name: open_embedder(load_settings(given | settings), report=_say)
        for name, settings in RUNTIMES.items()
    }
    counter = parts["onnx fp32"].token_counter
    prompt = len(counter.count_tokens(["passage: "])) + 2
    tokens = sum(count + prompt for count in counter.count_tokens(passages))
    peaks = _gemm_peaks()
    measured = _measure(parts, passages, questions, repeats=arguments.repeats)
    rows = [_row(name, one, tokens=tokens, peaks=peaks) for name, one in measured.items()]
    sys.stdout.write(markdown_table(rows) + "\n")
    if arguments.json:
        result = {
            "environment": environment(),
            "command": " ".join(sys.argv),
            "passages": len(passages),
            "questions": len(questions),
            "tokens": tokens,
            "repeats": arguments.repeats,
            "gemm_peak_gflops": peaks,
            "runtimes": rows,
        }
        arguments.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return 0


class _Measured:
    """What one runtime gave."""

    def __init__(self) -> None:
        self.passage_s: list[float] = []
        self.question_ms: list[float] = []
        self.cosines: Vectors = np.ones(1, np.float32)


def _measure(
    parts: dict[str, EmbedderParts], passages: list[str], questions: list[str], *, repeats: int
) -> dict[str, _Measured]:
    runs: dict[str, tuple[Callable[[list[str]], Vectors], Callable[[list[str]], Vectors]]] = {
        name: (
            lambda texts, one=one: anyio.run(one.embedder.embed_passages, texts),
            lambda texts, one=one: anyio.run(one.embedder.embed_queries, texts),
        )
        for name, one in parts.items()
    }
    runs[PLAIN] = _plain(parts["onnx fp32"].folder)
    found = {name: _Measured() for name in runs}
    vectors: dict[str, Vectors] = {}
    for repeat in range(repeats):
        for name, (embed_passages, embed_questions) in runs.items():
            _say(f"repeat {repeat + 1} of {repeats}: {name}")
            embed_questions(questions[:3])
            started = time.perf_counter()
            vectors[name] = embed_passages(passages)
            found[name].passage_s.append(time.perf_counter() - started)
            for question in questions:
                started = time.perf_counter()
                embed_questions([question])
                found[name].question_ms.append((time.perf_counter() - started) * 1000)
    for name, one in found.items():
        one.cosines = (vectors[name] * vectors[PLAIN]).sum(axis=1)
    return found


def _plain(folder: Path) -> tuple[Callable[[list[str]], Vectors], Callable[[list[str]], Vectors]]:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    # Its encode_document takes the prompt named "document", which is empty by default, before the
    # model's own "passage".
    return (
        lambda texts: model.encode(texts, prompt_name="passage", show_progress_bar=False),
        lambda texts: model.encode(texts, prompt_name="query", show_progress_bar=False),
    )


def _row(name: str, one: _Measured, *, tokens: int, peaks: dict[str, float]) -> dict[str, object]:
    speeds = sorted(tokens / seconds for seconds in one.passage_s)
    speed = statistics.median(speeds)
    best = max(peaks.values())
    return {
        "runtime": name,
        "tokens_per_s": round(speed),
        "tokens_per_s_spread": f"{speeds[0]:.0f} to {speeds[-1]:.0f}",
        "question_p50_ms": round(float(np.quantile(one.question_ms, 0.5)), 2),
        "question_p95_ms": round(float(np.quantile(one.question_ms, 0.95)), 2),
        "cosine_mean": round(float(one.cosines.mean()), 5),
        "cosine_worst": round(float(one.cosines.min()), 5),
        "share_of_gemm_peak": round(speed * FLOP_PER_TOKEN / 1e9 / best, 3),
    }


def _gemm_peaks() -> dict[str, float]:
    """GFLOP/s of torch's matrix product, the best of several, by type that this CPU computes in."""
    import torch

    kinds = {"fp32": torch.float32}
    if torch.cpu._is_avx512_bf16_supported():  # noqa: SLF001  # no public question
        kinds["bf16"] = torch.bfloat16
    peaks = {}
    for name, kind in kinds.items():
        left, right = (torch.randn(2048, 2048).to(kind) for _ in range(2))
        best = float("inf")
        for _ in range(20):
            started = time.perf_counter()
            left @ right
            best = min(best, time.perf_counter() - started)
        peaks[name] = round(2 * 2048**3 / best / 1e9, 1)
    return peaks


def _texts(path: Path) -> list[str]:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line)["text"] for line in content.decode("utf-8").split("\n") if line]


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--passages", type=Path, required=True, help=".jsonl or .jsonl.gz, `text`")
    parser.add_argument("--questions", type=Path, required=True, help=".jsonl with `text`")
    parser.add_argument("--count", type=int, default=96, help="passages (default 96)")
    parser.add_argument("--question-count", type=int, default=100, help="default 100")
    parser.add_argument("--repeats", type=int, default=3, help="default 3")
    parser.add_argument("--json", type=Path, help="where to write the result")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
