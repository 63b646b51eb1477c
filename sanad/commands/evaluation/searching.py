"""A run over a collection: in process over an index of its own, or at a running server."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import anyio.to_thread

from core.settings import Settings
from eval.collection import Collection
from eval.manifest import describe_run, ranking_settings, shown_url
from eval.retrieval import RUN_DEPTH, Searches, search_topics
from eval.runs import Run
from retrieval.query import SearchMode
from sanad.commands.evaluation.indexed import distractor_files, open_indexed
from sanad.progress import counting_progress
from sanad.remote.server import open_remote


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to search for, and where: the server at `url`, which wants `key`, or in process.

    In process, the articles of the collection and of the folders `distractors` are indexed, and
    every topic is asked at `now`, by default when the run starts.
    """

    name: str
    collection: Collection
    mode: SearchMode
    distractors: tuple[Path, ...] = ()
    url: str | None = None
    key: str | None = None
    now: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Door:
    """A search door, and how a manifest tells index and search."""

    searcher: Searches
    index: dict[str, object]
    search: dict[str, object]


async def search_collection(settings: Settings, plan: Plan) -> Run:
    """Search for every topic, with progress on stderr; the run has its whole manifest."""
    started_at = datetime.now(tz=UTC)
    async with _open_door(settings, plan, now=plan.now or started_at) as door:
        with counting_progress("topics", total=len(plan.collection.topics)) as advance:
            run = await search_topics(
                door.searcher,
                plan.collection,
                name=plan.name,
                mode=plan.mode,
                on_topic=lambda _: advance(),
            )
    manifest = await anyio.to_thread.run_sync(
        partial(
            describe_run,
            arguments=sys.argv[1:],
            started_at=started_at,
            collection=plan.collection,
            distractors=distractor_files(plan.distractors),
            index=door.index,
            search={"mode": plan.mode.value, "depth": RUN_DEPTH, **door.search},
        )
    )
    return replace(run, manifest={**manifest, **run.manifest})


@asynccontextmanager
async def _open_door(settings: Settings, plan: Plan, *, now: datetime) -> AsyncIterator[_Door]:
    if plan.url is not None:
        async with open_remote(plan.url, key=plan.key or settings.key) as server:
            index = await server.describe_index()
            yield _Door(searcher=server, index=index, search={"url": shown_url(plan.url)})
    else:
        async with open_indexed(settings, plan.collection, plan.distractors, now=now) as indexed:
            reranker = indexed.reader.reranker
            yield _Door(
                searcher=indexed.reader.searcher,
                index=indexed.description,
                search={
                    **ranking_settings(indexed.settings),
                    "now": now.isoformat(timespec="seconds"),
                    "reranker": None if reranker is None else asdict(reranker.identity),
                },
            )
