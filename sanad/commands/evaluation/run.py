"""`sanad eval run`: search for every topic of a collection, measure, and keep the run."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import anyio
import typer

from core.errors import InputError
from eval.collection import Collection, read_collection, read_trec_collection
from eval.fairness import Fairness, measure_fairness
from eval.report import as_dict, fairness_tables, table
from eval.retrieval import summarise
from eval.runs import Run, make_room, write_run
from retrieval.query import SearchMode
from sanad.commands.evaluation.options import (
    Distractors,
    DocumentLanguages,
    JsonFlag,
    PerTopic,
    Qrels,
    QueryLanguages,
    ServerKey,
    ServerUrl,
)
from sanad.commands.evaluation.searching import Plan, search_collection
from sanad.session import start, stderr_report, stdout_console, write_json


def run(
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="FOLDER", help="A BEIR folder, or one with a part for each language."
        ),
    ] = None,
    topics: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="TREC topics, or lines of id, tab, question."),
    ] = None,
    qrels: Qrels = None,
    corpus: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Articles for --topics, .jsonl[.gz]; repeatable."),
    ] = None,
    query_languages: QueryLanguages = None,
    document_languages: DocumentLanguages = None,
    distractors: Distractors = None,
    mode: Annotated[SearchMode, typer.Option(help="Which legs take part.")] = SearchMode.HYBRID,
    url: ServerUrl = None,
    key: ServerKey = None,
    output: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep the run in this folder.")
    ] = None,
    now: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"],
            metavar="TIME",
            help='In UTC: when the topics are asked, for "last month"; default: at the start.',
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Of the run; default: the folder's or the collection's."),
    ] = None,
    fairness: Annotated[
        bool, typer.Option("--fairness", help="Add fairness between languages.")
    ] = False,
    per_topic: PerTopic = False,
    as_json: JsonFlag = False,
) -> None:
    """Measure search by article, on every topic of a collection.

    nDCG@10, RR@10, R@10, R@100, Success@1, Success@5, AP and Judged@10: over all topics, by
    language pair and by type of question, with intervals. --output keeps ranking, evidence and
    manifest for `sanad eval compare` and `sanad eval gate`.

    \b
    sanad eval run sample --output runs/sample
    sanad eval run xquad --queries en --documents ar --distractors ant-news
    sanad eval run --topics topics.txt --qrels qrels.txt --corpus news.jsonl.gz
    sanad eval run sample --url https://news.example --key KEY
    """
    if url is None and key is not None:
        raise InputError("--key is for --url: leave it out")
    if url is not None and now is not None:
        raise InputError("--url measures a server by its own clock: leave --now out")
    if url is not None and distractors:
        raise InputError("--url measures an archive as it is: leave --distractors out")
    if folder is not None:
        collection = read_collection(
            folder,
            query_languages=query_languages or (),
            document_languages=document_languages or (),
        )
        if topics or qrels or corpus:
            raise InputError("give FOLDER, or --topics, --qrels and --corpus, not both")
    else:
        collection = _trec_collection(topics, qrels, corpus)
    if output is not None:
        make_room(output)
    plan = Plan(
        collection=collection,
        distractors=tuple(distractors or ()),
        url=url,
        key=key,
        mode=mode,
        now=None if now is None else now.replace(tzinfo=UTC),
        name=name or (output.resolve().name if output else collection.name),
    )
    done = anyio.run(partial(search_collection, start(), plan))
    fair = measure_fairness(done) if fairness else None
    if fair is not None:
        done = replace(done, fairness=fair.as_dict())
    if output is not None:
        write_run(done, output)
        stderr_report(f"kept in {output}: `sanad eval compare` and `gate` read it")
    _show(done, collection, fair, per_topic=per_topic, as_json=as_json)


def _trec_collection(
    topics: Path | None, qrels: Path | None, corpus: Sequence[Path] | None
) -> Collection:
    if topics is None or qrels is None or not corpus:
        raise InputError("give FOLDER, or all of --topics, --qrels and --corpus")
    return read_trec_collection(topics, qrels, corpus)


def _show(
    done: Run,
    collection: Collection,
    fairness: Fairness | None,
    *,
    per_topic: bool,
    as_json: bool,
) -> None:
    report = summarise(done, collection=collection.name)
    if as_json:
        values = as_dict(report, per_topic=per_topic)
        values |= {"name": done.name, "manifest": done.manifest}
        if done.fairness is not None:
            values["fairness"] = done.fairness
        write_json(json.dumps(values, ensure_ascii=False))
        return
    for shown in [table(report), *([] if fairness is None else fairness_tables(fairness))]:
        stdout_console().print(shown)
