"""`sanad eval train`: fit the weights of evidence and abstention."""

import json
from functools import partial
from pathlib import Path
from typing import Annotated

import anyio
import typer

from core.settings import Settings
from eval.collection import read_collection
from eval.training import (
    Example,
    every_pair,
    fit,
    gather_examples,
    read_archives,
    write_weights,
)
from sanad.commands.evaluation.indexed import open_indexed
from sanad.progress import counting_progress
from sanad.session import start, write_json

ANSWER_ABOVE = 0.6
PARTIAL_ABOVE = 0.37
"""Probabilities from which the answerer may speak; below: abstained."""


def train(
    folder: Annotated[Path, typer.Argument(help="A parallel collection with answer strings.")],
    topics_per_pair: Annotated[int, typer.Option("--topics", min=1, help="A language pair.")] = 40,
    output: Annotated[
        Path, typer.Option(help="Where evidence_weights.json and abstention_weights.json go.")
    ] = Path("retrieval"),
) -> None:
    """Fit the weights of evidence and abstention.

    A quarter of the source articles checks them.

    \b
    sanad eval train xquad --output new-weights
    sanad eval train xquad --topics 10 --output new-weights
    """
    examples = anyio.run(partial(_gather, start(), folder, topics_per_pair))
    found = fit(examples, partial_above=PARTIAL_ABOVE)
    provenance = f"sanad eval train {folder.resolve().name} --topics {topics_per_pair}"
    check = {name: round(value, 4) for name, value in found.check.items()}
    write_weights(
        output / "evidence_weights.json",
        {"trained_by": provenance, "check": check, "weights": found.evidence},
    )
    write_weights(
        output / "abstention_weights.json",
        {
            "trained_by": provenance,
            "answer_above": ANSWER_ABOVE,
            "partial_above": PARTIAL_ABOVE,
            "bias": found.bias,
            "weights": found.abstention,
        },
    )
    write_json(json.dumps(check))


async def _gather(settings: Settings, folder: Path, topics_per_pair: int) -> list[Example]:
    pairs = every_pair(folder, topics_per_pair=topics_per_pair)
    total = 4 * sum(len(pair.topics) for pair in pairs)
    examples: list[Example] = []
    async with open_indexed(settings, read_collection(folder), []) as indexed:
        with counting_progress("questions", total=total) as advance:
            for pair in pairs:
                examples += await gather_examples(
                    indexed.reader.searcher,
                    indexed.reader.answerer,
                    pair,
                    read_archives(pair.corpus),
                    on_example=advance,
                )
    return examples
