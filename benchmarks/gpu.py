"""Passages a second on a GPU, and their share of the device's own bf16 matrix peak.

python -m benchmarks.gpu FOLDER [--texts 4096] [--out results.json]

FOLDER is a sentence-transformers model. It needs a CUDA device and says so where there is none.
"""

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

import anyio
import torch

from benchmarks.environment import environment
from core.backends.sentence_transformers_embedder import SentenceTransformersEmbedder

GEMM_SIZE = 8_192
GEMM_ROUNDS = 50
ROUNDS = 5
SPECIAL_TOKENS = 2
PASSAGE = "وقع الطرفان في الرياض اتفاقاً جديداً بشأن التجارة والطاقة، يبدأ العمل به العام المقبل. "


def main(arguments: list[str]) -> int:
    """Measure, and print one JSON object; 3 where there is no device."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--texts", type=int, default=4_096)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args(arguments)
    if not torch.cuda.is_available():
        sys.stderr.write(
            "no CUDA device: run this where `torch.cuda.is_available()` is true, with a CUDA "
            "build of torch\n"
        )
        return 3
    found = json.dumps(_measure(options.folder, count=options.texts), indent=2)
    sys.stdout.write(found + "\n")
    if options.out is not None:
        options.out.write_text(found + "\n", encoding="utf-8")
    return 0


def _measure(folder: Path, *, count: int) -> dict[str, object]:
    embedder = SentenceTransformersEmbedder(folder, model=folder.name, revision="1", device="cuda")
    texts = [f"{number}: " + PASSAGE * (1 + number % 10) for number in range(count)]
    prompt = embedder.identity.passage_prompt
    counted = embedder.token_counter.count_tokens([prompt + text for text in texts])
    tokens = sum(min(n + SPECIAL_TOKENS, embedder.identity.max_tokens) for n in counted)
    anyio.run(embedder.embed_passages, texts[:256])
    seconds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        anyio.run(embedder.embed_passages, texts)
        seconds.append(time.perf_counter() - started)
    median = statistics.median(seconds)
    peak = _gemm_peak()
    return {
        "environment": environment(),
        "device": torch.cuda.get_device_name(),
        "precision": embedder.identity.precision,
        "passages": count,
        "tokens": tokens,
        "seconds": seconds,
        "passages_per_s": count / median,
        "tokens_per_s": tokens / median,
        "bf16_gemm_peak_tflops": peak / 1e12,
        "share_of_peak": tokens * _flops_per_token(folder) / median / peak,
    }


def _flops_per_token(folder: Path) -> float:
    """2 x the weights of the matrices of a BERT-shaped encoder; attention scores left out."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    return float(2 * config["num_hidden_layers"] * (4 * hidden * hidden + 2 * hidden * inner))


def _gemm_peak() -> float:
    """Floating-point operations a second of a large square product in bf16."""
    left = torch.randn(GEMM_SIZE, GEMM_SIZE, device="cuda", dtype=torch.bfloat16)
    right = torch.randn_like(left)
    for _ in range(5):
        left @ right
    torch.cuda.synchronize()
    started = time.perf_counter()
    for _ in range(GEMM_ROUNDS):
        left @ right
    torch.cuda.synchronize()
    return 2 * GEMM_SIZE**3 * GEMM_ROUNDS / (time.perf_counter() - started)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
