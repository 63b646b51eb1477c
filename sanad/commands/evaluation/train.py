"""`sanad eval train`: fit the weights of evidence and abstention."""

import json
from functools import partial
from pathlib import Path
from typing import Annotated

import anyio
import typer

from core.settings import Settings
from eval.collection import read_collection
from eval.training.examples import Example, every_pair, gather_examples, read_archives
from eval.training.fitting import Fit, fit
from sanad.commands.evaluation.indexed import open_indexed
from sanad.commands.evaluation.options import Distractors
from sanad.progress import counting_progress
from sanad.session import start, write_json

ANSWER_ABOVE = 0.6
"""Of what is answered at this confidence, 13 % is wrong in Arabic from Arabic news, and 15 % asked
in English, where the archive answers half of the questions."""

PARTIAL_ABOVE = 0.2
"""Below, nothing is quoted. Between the two, quotes come with a reserve: 14 % of the Arabic and
19 % of the English questions that the archive answers are abstained on, and 73 and 47 % of the
others."""


def train(
    folder: Annotated[Path, typer.Argument(help="A parallel collection with answer strings.")],
    topics_per_pair: Annotated[int, typer.Option("--topics", min=1, help="A language pair.")] = 40,
    distractors: Distractors = None,
    output: Annotated[
        Path, typer.Option(help="Where evidence_weights.json and abstention_weights.json go.")
    ] = Path("retrieval"),
) -> None:
    """Fit the weights of evidence and abstention.

    A quarter of the source articles checks them.

    \b
    sanad eval train xquad --output new-weights
    sanad eval train xquad --distractors news --topics 80 --output new-weights
    """
    examples = anyio.run(partial(_gather, start(), folder, distractors or [], topics_per_pair))
    found = fit(examples)
    among = "".join(f" --distractors {path.resolve().name}" for path in distractors or [])
    provenance = f"sanad eval train {folder.resolve().name}{among} --topics {topics_per_pair}"
    _write(output, found, provenance)
    write_json(json.dumps(found.check))


def _write(output: Path, found: Fit, provenance: str) -> None:
    """Two readable JSON files, keys in this order."""
    output.mkdir(parents=True, exist_ok=True)
    evidence = {"trained_by": provenance, "check": found.check, "weights": found.evidence}
    abstention = {
        "trained_by": provenance,
        "answer_above": ANSWER_ABOVE,
        "partial_above": PARTIAL_ABOVE,
        "bias": found.bias,
        "weights": found.abstention,
    }
    for name, payload in (("evidence", evidence), ("abstention", abstention)):
        text = json.dumps(payload, ensure_ascii=False, indent=2) + "\n"
        (output / f"{name}_weights.json").write_text(text, encoding="utf-8")


async def _gather(
    settings: Settings, folder: Path, distractors: list[Path], topics_per_pair: int
) -> list[Example]:
    whole = read_collection(folder)
    pairs = every_pair(folder, topics_per_pair=topics_per_pair)
    archives = read_archives(whole.corpus)
    examples: list[Example] = []
    async with open_indexed(settings, whole, distractors) as indexed:
        reader = indexed.reader
        with counting_progress("topics", total=sum(len(pair.topics) for pair in pairs)) as advance:
            for pair in pairs:
                examples += await gather_examples(
                    reader.searcher, reader.answerer, pair, archives, on_topic=advance
                )
    return examples
