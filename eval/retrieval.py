"""Search quality by article: every topic of a collection searched, and what came of it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import anyio.to_thread

from core.errors import InputError
from eval.collection import Collection, Topic
from eval.groups import group_topics
from eval.intervals import Estimate, estimate
from eval.measures import NAMES, measure_topics
from eval.records import Beginning, read_beginnings
from eval.runs import SHOWN, Judged, Result, Run, RunTopic
from eval.timings import timings
from retrieval.query import SearchHit, SearchMode, SearchQuery, SearchResults

RUN_DEPTH = 100
"""Articles a topic: R@100 needs them, and one search gives no more."""

_NOTHING_KNOWN = Beginning(title="", text="")


class Searches(Protocol):
    """The search door, in process or over HTTP."""

    async def search(self, query: SearchQuery) -> SearchResults:
        """Results best first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalReport:
    """Estimates by measure name: over all topics ("all") and by language pair, and by kind.

    `unanswerable` topics are in no estimate: a ranking of them means nothing.
    """

    collection: str
    by_pair: dict[str, dict[str, Estimate]]
    by_kind: dict[str, dict[str, Estimate]]
    per_topic: dict[str, dict[str, float]]
    unanswerable: int


async def search_topics(
    searcher: Searches,
    collection: Collection,
    *,
    name: str,
    mode: SearchMode,
    on_topic: Callable[[Topic], None],
) -> Run:
    """Search for every topic; a run holds each article once, by its best passage.

    Topics that nothing answers are searched as well, so that a person sees what they give, but
    have no measures. The manifest holds the timings: `seconds` in all, `p50_ms` and `p95_ms` a
    topic.

    Raises:
        InputError: a topic cannot be searched for; the message names it.
    """
    relevant = {key for topic in collection.topics for key in topic.relevant}
    beginnings = await anyio.to_thread.run_sync(
        partial(read_beginnings, collection.corpus, relevant)
    )
    found: dict[str, tuple[SearchHit, ...]] = {}
    taken_ms = []
    for topic in collection.topics:
        started = time.perf_counter()
        found[topic.id] = (await searcher.search(_query(topic, mode))).hits
        taken_ms.append((time.perf_counter() - started) * 1e3)
        on_topic(topic)
    # The rank is the score: ties were broken by the searcher and must stay broken.
    ranking = {key: {hit.header.id: 1 / hit.rank for hit in hits} for key, hits in found.items()}
    qrels = {topic.id: topic.qrels for topic in collection.topics if topic.is_ranked}
    measures = measure_topics(qrels, ranking)
    topics = [
        RunTopic(
            id=topic.id,
            text=topic.text,
            language=topic.language,
            pair=collection.pair(topic),
            kind=topic.kind,
            answerable=topic.answerable,
            measures=measures.get(topic.id, {}),
            results=tuple(_result(hit) for hit in found[topic.id][:SHOWN]),
            judged=tuple(_judged(topic, collection, beginnings)),
        )
        for topic in collection.topics
    ]
    return Run(
        name=name,
        topics=tuple(topics),
        ranking=ranking,
        manifest={"timings": timings(taken_ms)},
    )


def summarise(run: Run, *, collection: str) -> RetrievalReport:
    """Means over the topics of a run, with intervals."""
    by_pair: dict[str, dict[str, Estimate]] = {}
    by_kind: dict[str, dict[str, Estimate]] = {}
    for group, topics in group_topics(run.topics).items():
        estimates = {name: estimate([topic.measures[name] for topic in topics]) for name in NAMES}
        (by_kind if group.axis == "kind" else by_pair)[group.name] = estimates
    per_topic = {topic.id: topic.measures for topic in run.topics if topic.measures}
    return RetrievalReport(
        collection=collection,
        by_pair=by_pair,
        by_kind=by_kind,
        per_topic=per_topic,
        unanswerable=len(run.topics) - len(per_topic),
    )


def _query(topic: Topic, mode: SearchMode) -> SearchQuery:
    try:
        return SearchQuery(text=topic.text, limit=RUN_DEPTH, mode=mode)
    except InputError as error:
        raise InputError(f"topic {topic.id}: {error}") from error


def _result(hit: SearchHit) -> Result:
    return Result(
        rank=hit.rank,
        article_id=hit.header.id,
        passage_id=hit.passage.id,
        score=hit.score,
        language=hit.header.language,
        title=hit.header.title,
        text=hit.passage.text,
        explanation=hit.explain().as_dict(),
    )


def _judged(topic: Topic, collection: Collection, beginnings: dict[str, Beginning]) -> list[Judged]:
    """Relevant articles, highest grade first, then in the order of the judgments."""
    best_first = sorted(topic.relevant.items(), key=lambda item: -item[1])
    judged = []
    for key, grade in best_first:
        beginning = beginnings.get(key, _NOTHING_KNOWN)
        judged.append(
            Judged(
                article_id=key,
                grade=grade,
                language=collection.article_languages.get(key, "und"),
                title=beginning.title,
                text=beginning.text,
            )
        )
    return judged
