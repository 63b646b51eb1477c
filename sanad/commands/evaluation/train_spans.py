"""`sanad eval train-spans`: fit the model that marks short answers in quotes."""

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated

import anyio
import typer

from core.settings import Settings
from eval.collection import read_collection
from eval.training.examples import read_archives
from eval.training.span_examples import SpanExample, gather_span_examples, span_pairs
from eval.training.span_measures import SpanFit, fit_spans
from retrieval.answering.spans.model import KINDS, axis_name
from retrieval.answering.spans.table import Column
from sanad.commands.evaluation.indexed import open_indexed
from sanad.progress import counting_progress
from sanad.session import start, write_json


def train_spans(
    folder: Annotated[Path, typer.Argument(help="A parallel collection with answer strings.")],
    topics_per_pair: Annotated[int, typer.Option("--topics", min=1, help="A language pair.")] = 60,
    output: Annotated[Path, typer.Option(help="Where span_weights.json goes.")] = Path(
        "retrieval/answering/spans"
    ),
) -> None:
    """Fit the model of short answers in quotes.

    A quarter of the source articles checks it; prints how it does on them. Between Arabic and
    English, every topic is asked.

    \b
    sanad eval train-spans xquad --output new-weights
    """
    examples, embedder = anyio.run(partial(_gather, start(), folder, topics_per_pair))
    found = fit_spans(examples, embedder=embedder)
    provenance = f"sanad eval train-spans {folder.resolve().name} --topics {topics_per_pair}"
    output.mkdir(parents=True, exist_ok=True)
    (output / "span_weights.json").write_text(_written(found, provenance), encoding="utf-8")
    write_json(json.dumps(found.check))


async def _gather(
    settings: Settings, folder: Path, topics_per_pair: int
) -> tuple[list[SpanExample], str]:
    """The examples, and the name of the embedder that read them."""
    whole = read_collection(folder)
    pairs = span_pairs(folder, topics_per_pair=topics_per_pair)
    archives = read_archives(whole.corpus)
    examples: list[SpanExample] = []
    async with open_indexed(settings, whole, []) as indexed:
        reader = indexed.reader
        with counting_progress("topics", total=sum(len(pair.topics) for pair in pairs)) as advance:
            for pair in pairs:
                examples += await gather_span_examples(
                    reader.searcher,
                    reader.answerer,
                    reader.models.embedder.token_counter,
                    pair,
                    archives,
                    on_topic=advance,
                )
        return examples, reader.models.embedder.embedder.identity.model


def _written(found: SpanFit, provenance: str) -> str:
    """Readable JSON: a line for each group of the check, each signal and each axis."""
    model = found.model
    parts: list[tuple[str, object]] = [
        ("trained_by", provenance),
        ("embedder", model.embedder),
        ("sure_above", model.sure_above),
        ("sureness", model.sureness),
        ("check", found.check),
        ("kinds", ["shared", *(kind.value for kind in KINDS)]),
        ("runs", _rows(model.runs)),
        ("absence", _rows(model.absence)),
        ("axes", _rows({axis_name(i): axis for i, axis in enumerate(model.axes.T)})),
    ]
    lines = [f"  {json.dumps(name)}: {_value(value)}" for name, value in parts]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _value(value: object) -> str:
    """JSON of one line; of a mapping, a line for each entry."""
    if not isinstance(value, Mapping):
        return json.dumps(value)
    lines = [f"    {json.dumps(name)}: {json.dumps(row)}" for name, row in value.items()]
    return "{\n" + ",\n".join(lines) + "\n  }"


def _rows(table: Mapping[str, Column]) -> dict[str, list[float]]:
    return {name: [round(float(value), 4) for value in row] for name, row in table.items()}
