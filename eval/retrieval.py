"""Search quality by article: a run over the topics of a collection, and its measures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import ir_measures
from ir_measures import RR, R, Success, nDCG

from eval.collection import Collection, Topic
from eval.intervals import Estimate, estimate
from retrieval.query import SearchMode, SearchQuery, SearchResults

MEASURES = (nDCG @ 10, RR @ 10, R @ 10, Success @ 1, Success @ 5)

RUN_DEPTH = 100


class Searches(Protocol):
    """The search door, in process or over HTTP."""

    async def search(self, query: SearchQuery) -> SearchResults:
        """Results best first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalReport:
    """Estimates by measure name, over all topics ("all") and by language pair."""

    collection: str
    by_pair: dict[str, dict[str, Estimate]]
    per_topic: dict[str, dict[str, float]]


async def measure_retrieval(
    searcher: Searches,
    collection: Collection,
    *,
    mode: SearchMode,
    on_topic: Callable[[Topic], None],
) -> RetrievalReport:
    """Search every answerable topic; a run holds each article once, by its best passage.

    Topics that nothing answers are left out: a ranking of them means nothing.
    """
    run: dict[str, dict[str, float]] = {}
    topics = [topic for topic in collection.topics if topic.answerable and topic.qrels]
    for topic in topics:
        results = await searcher.search(SearchQuery(text=topic.text, limit=RUN_DEPTH, mode=mode))
        # The rank is the score: ties were broken by the searcher and must stay broken.
        run[topic.id] = {hit.header.id: 1 / hit.rank for hit in results.hits}
        on_topic(topic)
    return _report(collection, topics, run)


def _report(
    collection: Collection, topics: Sequence[Topic], run: dict[str, dict[str, float]]
) -> RetrievalReport:
    qrels = {topic.id: topic.qrels for topic in topics}
    values: dict[str, dict[str, float]] = {topic.id: {} for topic in topics}
    for metric in ir_measures.iter_calc(MEASURES, qrels, run):
        values[metric.query_id][str(metric.measure)] = float(metric.value)
    groups: dict[str, list[str]] = {"all": [topic.id for topic in topics]}
    for topic in topics:
        groups.setdefault(collection.pair(topic), []).append(topic.id)
    return RetrievalReport(
        collection=collection.name,
        by_pair={
            pair: {
                str(measure): estimate([values[key].get(str(measure), 0.0) for key in ids])
                for measure in MEASURES
            }
            for pair, ids in groups.items()
        },
        per_topic=values,
    )
