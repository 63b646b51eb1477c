"""What a cross-encoder adds to a search, by the shape of its model: time a question, by depth.

    python benchmarks/reranker.py --passages xquad/corpus/ar/corpus.jsonl.gz \
        --questions xquad/queries/ar/queries.jsonl --json benchmarks/results/reranker.json

The models have random weights in the shapes of known ones, since speed does not depend on what
the weights are; their tokenizer is the bundled model's. So this says nothing of quality.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from shutil import copy

import anyio

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.environment import environment  # noqa: E402  # after the path is set
from benchmarks.tables import markdown_table  # noqa: E402
from core.backends.bundled_model import prepare_bundled_model  # noqa: E402
from core.backends.reranking import open_reranker  # noqa: E402
from core.ports import Reranker  # noqa: E402
from core.settings import load_settings  # noqa: E402
from eval.records import read_records  # noqa: E402

SHAPES = {
    "12 layers of 384": {"num_hidden_layers": 12, "hidden_size": 384, "intermediate_size": 1536},
    "12 layers of 768": {"num_hidden_layers": 12, "hidden_size": 768, "intermediate_size": 3072},
}
"""Those of the multilingual MiniLM cross-encoders, and of XLM-RoBERTa base."""

HEADS = 12
POSITIONS = 512
PASSAGE_TOKENS = 240
DEPTHS = (10, 30)


def main() -> int:
    """Measure, print the table and write the result."""
    arguments = _arguments()
    given = {name: value for name, value in os.environ.items() if name.startswith("SANAD_CACHE")}
    bundled = prepare_bundled_model(load_settings(given).cache_dir, report=_say)
    passages = _passages(arguments.passages, tokenizer=bundled / "tokenizer.json")
    questions = [record["text"] for record in read_records(arguments.questions)]
    rows = []
    for name, shape in SHAPES.items():
        with tempfile.TemporaryDirectory() as folder:
            _write_model(Path(folder), bundled=bundled, shape=shape)
            _say(f"{name}: written, reading {arguments.repeats} questions …")
            reranker = open_reranker(load_settings({"SANAD_RERANKER": folder}), report=_say)
            assert reranker is not None
            for depth in DEPTHS:
                taken = _seconds(reranker, questions[: arguments.repeats], passages[:depth])
                rows.append({
                    "model": name,
                    "depth": depth,
                    "p50_s": round(statistics.median(taken), 3),
                    "worst_s": round(max(taken), 3),
                })
    sys.stdout.write(markdown_table(rows) + "\n")
    if arguments.json:
        result = {
            "environment": environment(),
            "passage_tokens": PASSAGE_TOKENS,
            "questions": arguments.repeats,
            "rerankers": rows,
        }
        arguments.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return 0


def _seconds(reranker: Reranker, questions: Sequence[str], passages: Sequence[str]) -> list[float]:
    """For each question."""
    taken = []
    for question in questions:
        started = time.perf_counter()
        anyio.run(reranker.score, question, passages)
        taken.append(time.perf_counter() - started)
    return taken


def _passages(path: Path, *, tokenizer: Path) -> list[str]:
    """Texts of PASSAGE_TOKENS tokens each: paragraphs one after the other, cut."""
    from tokenizers import Tokenizer

    text = "\n".join(record["text"] for record in read_records(path))
    ends = [end for _, end in Tokenizer.from_file(str(tokenizer)).encode(text).offsets[1:-1]]
    cuts = [0, *ends[PASSAGE_TOKENS - 1 :: PASSAGE_TOKENS]]
    return [text[start:end] for start, end in zip(cuts, cuts[1:], strict=False)][: max(DEPTHS)]


def _write_model(folder: Path, *, bundled: Path, shape: dict[str, int]) -> None:
    """A cross-encoder of this shape with random weights."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    torch.manual_seed(1)
    vocabulary = json.loads((bundled / "config.json").read_text(encoding="utf-8"))["vocab_size"]
    config = BertConfig(
        vocab_size=vocabulary,
        num_attention_heads=HEADS,
        max_position_embeddings=POSITIONS,
        num_labels=1,
        **shape,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        copy(bundled / name, folder / name)


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--passages", type=Path, required=True, help=".jsonl or .jsonl.gz, `text`")
    parser.add_argument("--questions", type=Path, required=True, help=".jsonl with `text`")
    parser.add_argument("--repeats", type=int, default=5, help="questions (default 5)")
    parser.add_argument("--json", type=Path, help="where to write the result")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
