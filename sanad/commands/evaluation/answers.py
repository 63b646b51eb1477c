"""`sanad eval answers`: measure answers on a test collection."""

import json
from functools import partial
from pathlib import Path

import anyio

from core.settings import Settings
from eval.answers import AnswerReport, measure_answers
from eval.collection import Collection, read_collection
from eval.report import as_dict, table
from sanad.commands.evaluation.indexed import open_indexed
from sanad.commands.evaluation.options import (
    Distractors,
    DocumentLanguages,
    Folder,
    JsonFlag,
    PerTopic,
    QueryLanguages,
)
from sanad.progress import counting_progress
from sanad.session import start, stdout_console, write_json


def answers(
    folder: Folder,
    query_languages: QueryLanguages = None,
    document_languages: DocumentLanguages = None,
    distractors: Distractors = None,
    per_topic: PerTopic = False,
    as_json: JsonFlag = False,
) -> None:
    """Measure answers: gold in the quotes, and abstention.

    The gold in the first and in any quote, as shares of the answerable topics; the precision
    and recall of abstention.

    \b
    sanad eval answers sample
    sanad eval answers xquad --queries en --documents ar --json
    """
    collection = read_collection(
        folder,
        query_languages=query_languages or (),
        document_languages=document_languages or (),
    )
    report = anyio.run(partial(_measure, start(), collection, distractors or []))
    if as_json:
        write_json(json.dumps(as_dict(report, per_topic=per_topic), ensure_ascii=False))
    else:
        stdout_console().print(table(report))


async def _measure(
    settings: Settings, collection: Collection, distractors: list[Path]
) -> AnswerReport:
    async with open_indexed(settings, collection, distractors) as indexed:
        with counting_progress("topics", total=len(collection.topics)) as advance:
            return await measure_answers(
                indexed.reader.answerer, collection, on_topic=lambda _: advance()
            )
