"""The answers to a collection, in process over an index of its own, with what made them."""

import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import anyio.to_thread

from core.settings import Settings
from eval.answers.asking import Door, ask_topics
from eval.answers.runs import AnswerRun
from eval.collection import Collection
from eval.manifest import answering_settings, describe_run, ranking_settings, weights
from sanad.answering import open_answerer, open_verifier
from sanad.commands.evaluation.indexed import distractor_files, open_indexed
from sanad.progress import counting_progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to ask, of an index of the collection's articles and those of `distractors`.

    `withdrawn` is the share of topics that are asked without the articles that answer them.
    """

    name: str
    collection: Collection
    withdrawn: float
    distractors: tuple[Path, ...] = ()


async def answer_collection(settings: Settings, plan: Plan) -> AnswerRun:
    """Ask every topic, with progress on stderr; the run has its whole manifest."""
    started_at = datetime.now(tz=UTC)
    async with (
        open_indexed(settings, plan.collection, plan.distractors) as indexed,
        open_answerer(settings, indexed.reader) as answerer,
    ):
        door = Door(
            answers=answerer,
            withheld=indexed.reader.answerer.never_abstaining(),
            articles=indexed.articles,
            support=open_verifier(indexed.reader.models),
        )
        with counting_progress("topics", total=len(plan.collection.topics)) as advance:
            run = await ask_topics(
                door,
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
            index=indexed.description,
            search={"withdrawn": plan.withdrawn, **ranking_settings(indexed.settings)},
        )
    )
    made = {"answering": answering_settings(settings), "weights": weights()}
    return replace(run, manifest={**manifest, **made, **run.manifest})
