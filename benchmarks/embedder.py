"""Speed of every runtime of the embedder on the same texts, and how near they are to float32.

    python benchmarks/embedder.py --passages xquad/corpus/ar/corpus.jsonl.gz \
        --questions xquad/queries/ar/queries.jsonl --json benchmarks/results/embedder.json

Runtimes take turns within each repeat, so that a change of the machine's pace meets all of them.
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path

import anyio
import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.environment import environment  # noqa: E402  # after the path is set
from benchmarks.tables import markdown_table  # noqa: E402
from core.backends.batches import padding_waste  # noqa: E402
from core.backends.embedding import EmbedderParts, open_embedder  # noqa: E402
from core.backends.sentence_transformers_embedder import (  # noqa: E402
    SentenceTransformersEmbedder,
)
from core.settings import load_settings  # noqa: E402
from core.types import Vectors  # noqa: E402
from eval.records import read_records  # noqa: E402

FLOP_PER_TOKEN = 42.5e6
"""Twice the weights of the bundled encoder's matrices; attention's own products left out."""

RUNTIMES = {
    "onnx int8": {"SANAD_RUNTIME": "onnx", "SANAD_PRECISION": "int8"},
    "onnx fp32": {"SANAD_RUNTIME": "onnx", "SANAD_PRECISION": "fp32"},
    "torch fp32, our batches": {"SANAD_RUNTIME": "torch"},
}
PLAIN = "sentence-transformers, encode() as it comes"

SPECIAL_TOKENS = 2

TOGETHER = 16
"""Questions of one call, as a busy server gathers them."""

Embed = Callable[[Sequence[str]], Awaitable[Vectors]]


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
    prompt = parts["onnx fp32"].embedder.identity.passage_prompt
    lengths = [n + SPECIAL_TOKENS for n in counter.count_tokens([prompt + p for p in passages])]
    peaks = _gemm_peaks()
    measured = anyio.run(partial(_measure, parts, passages, questions, repeats=arguments.repeats))
    rows = _rows(measured, lengths=lengths, peaks=peaks)
    sys.stdout.write(markdown_table(rows) + "\n")
    if arguments.json:
        result = {
            "environment": environment(),
            "passages": len(passages),
            "questions": len(questions),
            "tokens": sum(lengths),
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
        self.together_ms: list[float] = []
        self.cosines: Vectors = np.ones(1, np.float32)
        self.batches: list[list[int]] = []


async def _measure(
    parts: dict[str, EmbedderParts], passages: list[str], questions: list[str], *, repeats: int
) -> dict[str, _Measured]:
    # One event loop for all: each begins with threads of its own, which a runtime must get used to.
    runs: dict[str, tuple[Embed, Embed]] = {
        name: (one.embedder.embed_passages, one.embedder.embed_queries)
        for name, one in parts.items()
    }
    runs[PLAIN] = _plain(parts["onnx fp32"].folder)
    found = {name: _Measured() for name in runs}
    vectors: dict[str, Vectors] = {}
    for repeat in range(repeats):
        for name, (embed_passages, embed_questions) in runs.items():
            _say(f"repeat {repeat + 1} of {repeats}: {name}")
            await embed_questions(questions[:3])
            started = time.perf_counter()
            vectors[name] = await embed_passages(passages)
            found[name].passage_s.append(time.perf_counter() - started)
            found[name].question_ms += await _each_ms(embed_questions, questions, together=1)
            found[name].together_ms += await _each_ms(embed_questions, questions, together=TOGETHER)
    for name, one in found.items():
        one.cosines = (vectors[name] * vectors[PLAIN]).sum(axis=1)
        one.batches = await _batches(name, parts, passages)
    return found


async def _batches(
    name: str, parts: dict[str, EmbedderParts], passages: list[str]
) -> list[list[int]]:
    """Positions of the passages that the runtime pads to one length."""
    if name == PLAIN:  # by characters, longest first, 32 at a time: encode() of 6.2
        order = sorted(range(len(passages)), key=lambda position: -len(passages[position]))
        return [order[start : start + 32] for start in range(0, len(order), 32)]
    embedder = parts[name].embedder
    if isinstance(embedder, SentenceTransformersEmbedder):
        return await embedder._batches(passages, is_query=False)
    return [[position] for position in range(len(passages))]


async def _each_ms(embed: Embed, questions: list[str], *, together: int) -> list[float]:
    """Milliseconds a question, for calls of as many; what is left over is not asked."""
    spent = []
    for start in range(0, len(questions) - together + 1, together):
        started = time.perf_counter()
        await embed(questions[start : start + together])
        spent.append((time.perf_counter() - started) * 1000 / together)
    return spent


def _plain(folder: Path) -> tuple[Embed, Embed]:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)

    def encode(prompt: str) -> Embed:
        # It blocks the event loop, in which nothing else runs.
        async def embed(texts: Sequence[str]) -> Vectors:
            found: Vectors = model.encode(list(texts), prompt_name=prompt, show_progress_bar=False)
            return found

        return embed

    # Its encode_document takes the prompt named "document", which is empty by default, before the
    # model's own "passage".
    return encode("passage"), encode("query")


def _rows(
    measured: dict[str, _Measured], *, lengths: list[int], peaks: dict[str, float]
) -> list[dict[str, object]]:
    plain_s = statistics.median(measured[PLAIN].passage_s)
    plain_ms = statistics.median(measured[PLAIN].question_ms)
    rows = []
    for name, one in measured.items():
        speeds = sorted(sum(lengths) / seconds for seconds in one.passage_s)
        speed = statistics.median(speeds)
        p50, p95 = (float(np.quantile(one.question_ms, share)) for share in (0.5, 0.95))
        rows.append({
            "runtime": name,
            "tokens_per_s": round(speed),
            "tokens_per_s_spread": f"{speeds[0]:.0f} to {speeds[-1]:.0f}",
            "times_plain": round(plain_s / statistics.median(one.passage_s), 2),
            "question_p50_ms": round(p50, 2),
            "question_p95_ms": round(p95, 2),
            "share_of_plain_p50": round(p50 / plain_ms, 3),
            f"question_ms_in_calls_of_{TOGETHER}": round(statistics.median(one.together_ms), 2),
            "cosine_mean": round(float(one.cosines.mean()), 5),
            "cosine_worst": round(float(one.cosines.min()), 5),
            "padding_waste": round(padding_waste(lengths, one.batches), 4),
            "share_of_gemm_peak": round(speed * FLOP_PER_TOKEN / 1e9 / max(peaks.values()), 3),
        })
    return rows


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
    return [record["text"] for record in read_records(path)]


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
