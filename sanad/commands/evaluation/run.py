"""`sanad eval run`: measure search on a test collection."""

import json
from functools import partial
from pathlib import Path
from typing import Annotated

import anyio
import typer

from core.settings import Settings
from eval.collection import Collection, read_collection
from eval.report import as_dict, table
from eval.retrieval import RetrievalReport, measure_retrieval
from retrieval.query import SearchMode
from sanad.commands.evaluation.indexed import open_indexed
from sanad.commands.evaluation.options import (
    Distractors,
    DocumentLanguages,
    Folder,
    PerTopic,
    QueryLanguages,
)
from sanad.commands.options import JsonFlag
from sanad.progress import counting_progress
from sanad.session import start, stdout_console, write_json


def run(
    folder: Folder,
    query_languages: QueryLanguages = None,
    document_languages: DocumentLanguages = None,
    distractors: Distractors = None,
    mode: Annotated[SearchMode, typer.Option(help="Which legs take part.")] = SearchMode.HYBRID,
    per_topic: PerTopic = False,
    as_json: JsonFlag = False,
) -> None:
    """Measure search by article, on every topic of a collection.

    \b
    sanad eval run sample
    sanad eval run xquad --queries en --documents ar --distractors ant-news
    """
    collection = read_collection(
        folder,
        query_languages=query_languages or (),
        document_languages=document_languages or (),
    )
    report = anyio.run(partial(_measure, start(), collection, distractors or [], mode))
    if as_json:
        write_json(json.dumps(as_dict(report, per_topic=per_topic), ensure_ascii=False))
    else:
        stdout_console().print(table(report))


async def _measure(
    settings: Settings, collection: Collection, distractors: list[Path], mode: SearchMode
) -> RetrievalReport:
    async with open_indexed(settings, collection, distractors) as reader:
        with counting_progress("topics", total=len(collection.topics)) as advance:
            return await measure_retrieval(
                reader.searcher, collection, mode=mode, on_topic=lambda _: advance()
            )
