"""`sanad eval`: measure search and answers on a test collection."""

import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import anyio
import typer

from core.settings import Settings
from eval.answers import AnswerReport, measure_answers
from eval.collection import Collection, corpus_file, read_collection
from eval.report import as_dict, table
from eval.retrieval import RetrievalReport, measure_retrieval
from eval.training import (
    Example,
    every_pair,
    fit,
    gather_examples,
    read_answers,
    read_archives,
    write_weights,
)
from retrieval.query import SearchMode
from sanad.commands.options import JsonFlag
from sanad.composition import Reader
from sanad.progress import counting_progress, indexing_progress
from sanad.session import start, stderr_report, stdout_console, write_json

app = typer.Typer(
    help="Measure search and answers on a test collection.",
    add_completion=False,
    rich_markup_mode=None,
)

ANSWER_ABOVE = 0.6
PARTIAL_ABOVE = 0.37
"""Probabilities from which `sanad eval train` lets the answerer speak; below: abstained."""

KEPT_SENTENCES = 8_000
"""A collection's questions come back to the same articles; about 0.5 GB when full."""

Folder = Annotated[
    Path, typer.Argument(help="A BEIR folder, or one with a part for each language.")
]
QueryLanguages = Annotated[
    list[str] | None,
    typer.Option("--queries", metavar="CODE", help="Ask these parts only; repeatable."),
]
DocumentLanguages = Annotated[
    list[str] | None,
    typer.Option("--documents", metavar="CODE", help="Index these parts only; repeatable."),
]
Distractors = Annotated[
    list[Path] | None,
    typer.Option(help="Index this corpus beside the collection's; repeatable."),
]


@app.command("run")
def run(
    folder: Folder,
    query_languages: QueryLanguages = None,
    document_languages: DocumentLanguages = None,
    distractors: Distractors = None,
    mode: Annotated[SearchMode, typer.Option(help="Which legs take part.")] = SearchMode.HYBRID,
    per_topic: Annotated[bool, typer.Option("--per-topic", help="Add every topic.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Measure search by article: nDCG@10, RR@10, R@10, Success@1 and Success@5.

    \b
    sanad eval run sample
    sanad eval run xquad --queries en --documents ar --distractors ant-news
    """
    collection = read_collection(
        folder,
        query_languages=query_languages or (),
        document_languages=document_languages or (),
    )
    report = anyio.run(partial(_measure_search, start(), collection, distractors or [], mode))
    _show(report, as_json=as_json, per_topic=per_topic)


@app.command("answers")
def answers(
    folder: Folder,
    query_languages: QueryLanguages = None,
    document_languages: DocumentLanguages = None,
    distractors: Distractors = None,
    per_topic: Annotated[bool, typer.Option("--per-topic", help="Add every topic.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Measure answers: gold in the first or in any quote, precision and recall of abstention."""
    collection = read_collection(
        folder,
        query_languages=query_languages or (),
        document_languages=document_languages or (),
    )
    report = anyio.run(partial(_measure_answers, start(), collection, distractors or []))
    _show(report, as_json=as_json, per_topic=per_topic)


@app.command("train")
def train(
    folder: Annotated[Path, typer.Argument(help="A parallel collection with answer strings.")],
    topics_per_pair: Annotated[int, typer.Option("--topics", min=1, help="A language pair.")] = 40,
    output: Annotated[
        Path, typer.Option(help="Where evidence_weights.json and abstention_weights.json go.")
    ] = Path("retrieval"),
) -> None:
    """Fit the weights of evidence and abstention; a quarter of the source articles checks them."""
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
    answers = read_answers(folder)
    total = 4 * sum(len(pair.topics) for pair in pairs)
    examples: list[Example] = []
    async with _indexed(settings, read_collection(folder), []) as reader:
        with counting_progress("questions", total=total) as advance:
            for pair in pairs:
                examples += await gather_examples(
                    reader.searcher,
                    reader.answerer,
                    pair,
                    read_archives(pair.corpus),
                    answers=answers,
                    on_example=advance,
                )
    return examples


def _show(report: RetrievalReport | AnswerReport, *, as_json: bool, per_topic: bool) -> None:
    if as_json:
        write_json(json.dumps(as_dict(report, per_topic=per_topic), ensure_ascii=False))
    else:
        stdout_console().print(table(report))


async def _measure_search(
    settings: Settings, collection: Collection, distractors: list[Path], mode: SearchMode
) -> RetrievalReport:
    async with _indexed(settings, collection, distractors) as reader:
        with counting_progress("topics", total=len(collection.topics)) as advance:
            return await measure_retrieval(
                reader.searcher, collection, mode=mode, on_topic=lambda _: advance()
            )


async def _measure_answers(
    settings: Settings, collection: Collection, distractors: list[Path]
) -> AnswerReport:
    async with _indexed(settings, collection, distractors) as reader:
        with counting_progress("topics", total=len(collection.topics)) as advance:
            return await measure_answers(reader.answerer, collection, on_topic=lambda _: advance())


@asynccontextmanager
async def _indexed(
    settings: Settings, collection: Collection, distractors: list[Path]
) -> AsyncIterator[Reader]:
    """The read path over an index of exactly these corpora, kept in the cache for next time."""
    from indexing.sources import read_sources  # noqa: PLC0415
    from sanad.composition import (  # noqa: PLC0415
        open_index,
        open_models,
        open_reader,
        open_writer,
    )

    corpora = [*collection.corpus, *(corpus_file(folder) for folder in distractors)]
    models = await open_models(settings, report=stderr_report)
    key = sha256(repr((models.identity, _fingerprints(corpora))).encode()).hexdigest()[:16]
    own = settings.model_copy(
        update={"store": "edge", "data_dir": settings.cache_dir / "eval" / key}
    )
    async with open_index(own, models, command="sanad eval", create=True) as store:
        items = read_sources([str(path) for path in corpora], settings=own, stdin=None)
        with indexing_progress() as on_progress:
            await open_writer(models, store).run(items, on_progress=on_progress)
        yield await open_reader(
            own, models, store, report=stderr_report, kept_sentences=KEPT_SENTENCES
        )


def _fingerprints(corpora: Iterable[Path]) -> list[str]:
    return [sha256(path.read_bytes()).hexdigest() for path in corpora]
