"""`sanad eval answers`: ask every topic of a collection, measure the answers, and keep them."""

import json
from functools import partial
from pathlib import Path
from typing import Annotated

import anyio
import typer

from core.errors import InputError
from eval.answers.report import as_dict, estimate_run, tables
from eval.answers.runs import write_answers
from eval.collection import read_collection
from eval.runs import make_room
from sanad.commands.evaluation.answering import Plan, answer_collection
from sanad.commands.evaluation.options import (
    Distractors,
    DocumentLanguages,
    Folder,
    JsonFlag,
    PerTopic,
    QueryLanguages,
    ServerKey,
    ServerUrl,
)
from sanad.session import start, stderr_report, stdout_console, write_json


def answers(
    folder: Folder,
    query_languages: QueryLanguages = None,
    document_languages: DocumentLanguages = None,
    distractors: Distractors = None,
    withdrawn: Annotated[
        float,
        typer.Option(
            min=0, max=1, metavar="SHARE", help="Ask so many topics without what answers them."
        ),
    ] = 0.0,
    url: ServerUrl = None,
    key: ServerKey = None,
    output: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep the answers in this folder.")
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Of the answers; default: the folder's or collection's."),
    ] = None,
    per_topic: PerTopic = False,
    as_json: JsonFlag = False,
) -> None:
    """Measure answers: their quotes and citations, abstention, and confidence.

    The gold in the first and in any quote; whether it answers what it should and abstains where
    it should; how many answers are wrong at which coverage, AUROC and calibration of the
    confidence; whether quotes are exact and citations support their sentences. With intervals,
    over all topics, by language pair and type of question.

    With --withdrawn 0.5, half of the topics, the same ones in every language, are asked of the
    archive without the articles that answer them, translations included.

    With --url, a running server answers; the quotes that it holds back are not to be had, so what
    it abstains on counts as wrong in the measures of confidence.

    \b
    sanad eval answers sample
    sanad eval answers xquad --queries en --documents ar --withdrawn 0.5 --json
    sanad eval answers sample --output runs/now
    sanad eval answers sample --url https://news.example
    """
    if url is None and key is not None:
        raise InputError("--key is for --url: leave it out")
    if url is not None and (distractors or withdrawn):
        raise InputError(
            "--url measures an archive as it is: leave --distractors and --withdrawn out"
        )
    collection = read_collection(
        folder,
        query_languages=query_languages or (),
        document_languages=document_languages or (),
    )
    if output is not None:
        make_room(output)
    plan = Plan(
        collection=collection,
        distractors=tuple(distractors or ()),
        withdrawn=withdrawn,
        url=url,
        key=key,
        name=name or (output.resolve().name if output else collection.name),
    )
    run = anyio.run(partial(answer_collection, start(), plan))
    if output is not None:
        write_answers(run, output)
        stderr_report(f"kept in {output}: `compare` and `gate` read it with --answers")
    estimates = estimate_run(run)
    if as_json:
        values = {"collection": collection.name, **as_dict(run, estimates, per_topic=per_topic)}
        write_json(json.dumps(values, ensure_ascii=False))
        return
    for shown in tables(estimates, title=collection.name):
        stdout_console().print(shown)
