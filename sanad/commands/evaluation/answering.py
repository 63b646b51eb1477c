"""The answers to a collection, in process or at a running server, with what made them."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import anyio.to_thread

from core.settings import Settings
from eval.answers.asking import Door, ask_topics
from eval.answers.runs import AnswerRun
from eval.collection import Collection
from eval.manifest import (
    answering_settings,
    describe_run,
    ranking_settings,
    shown_url,
    weights,
)
from sanad.answering import open_answerer, open_verifier
from sanad.commands.evaluation.indexed import distractor_files, open_indexed
from sanad.composition import open_models
from sanad.progress import counting_progress
from sanad.remote.server import open_remote
from sanad.session import stderr_report


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to ask, and where: the server at `url`, which wants `key`, or in process.

    In process, the articles of the collection and of the folders `distractors` are indexed, and
    `withdrawn` is the share of topics that are asked without the articles that answer them.
    """

    name: str
    collection: Collection
    withdrawn: float
    distractors: tuple[Path, ...] = ()
    url: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
    """What is measured, and how a manifest tells index, search, and what else made answers."""

    door: Door
    index: dict[str, object]
    search: dict[str, object]
    made: dict[str, object]


async def answer_collection(settings: Settings, plan: Plan) -> AnswerRun:
    """Ask every topic, with progress on stderr; the run has its whole manifest."""
    started_at = datetime.now(tz=UTC)
    opened = _in_process(settings, plan) if plan.url is None else _at(plan.url, settings, plan)
    async with opened as measured:
        with counting_progress("topics", total=len(plan.collection.topics)) as advance:
            run = await ask_topics(
                measured.door,
                plan.collection,
                name=plan.name,
                withdrawn=plan.withdrawn,
                on_topic=lambda _: advance(),
            )
    manifest = await anyio.to_thread.run_sync(
        partial(
            describe_run,
            arguments=sys.argv[1:],
            started_at=started_at,
            collection=plan.collection,
            distractors=distractor_files(plan.distractors),
            index=measured.index,
            search={"withdrawn": plan.withdrawn, **measured.search},
        )
    )
    return replace(run, manifest={**manifest, **measured.made, **run.manifest})


@asynccontextmanager
async def _in_process(settings: Settings, plan: Plan) -> AsyncIterator[_Measured]:
    async with (
        open_indexed(settings, plan.collection, plan.distractors) as indexed,
        open_answerer(settings, indexed.reader) as answerer,
    ):
        yield _Measured(
            door=Door(
                answers=answerer,
                withheld=indexed.reader.answerer.never_abstaining(),
                articles=indexed.articles,
                support=open_verifier(indexed.reader.models),
            ),
            index=indexed.description,
            search=ranking_settings(indexed.settings),
            made={"answering": answering_settings(settings), "weights": weights()},
        )


@asynccontextmanager
async def _at(url: str, settings: Settings, plan: Plan) -> AsyncIterator[_Measured]:
    # The test of support is ours, whatever the server runs on.
    models = await open_models(settings, report=stderr_report)
    async with open_remote(url, key=plan.key or settings.key) as server:
        yield _Measured(
            door=Door(
                answers=server,
                withheld=None,
                articles=server,
                support=open_verifier(models),
            ),
            index=await server.describe_index(),
            search={"url": shown_url(url)},
            made={},
        )
