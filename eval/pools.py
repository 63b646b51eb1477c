"""Pools: what the best of several runs give for each topic, for people to judge.

Pooling joins the first results of several systems and has people judge that union, since nobody can
judge a whole archive for every topic (Sparck Jones and van Rijsbergen 1975, "Report on the need for
and provision of an 'ideal' information retrieval test collection", British Library Research and
Development Report 5266). Measures of what a run shows within that depth then rest on judgments
alone; a system that was not in the pool may find relevant articles that nobody has judged, which
`Judged@10` tells (Zobel 1998, "How reliable are the results of large-scale information retrieval
experiments?").
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from core.errors import InputError
from eval.qrels import Qrels
from eval.runs import SHOWN, Result, Run, RunTopic

SEED = 20240619


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolItem:
    """A passage to be judged for a topic. Nothing tells which run found it, nor at which rank."""

    topic_id: str
    question: str
    question_language: str
    article_id: str
    passage_id: str
    language: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """The items of each topic together, topics in the order of the runs.

    `known` counts the passages left out because their articles are judged already.
    """

    items: tuple[PoolItem, ...]
    known: int

    @property
    def topic_ids(self) -> tuple[str, ...]:
        """Each topic once."""
        return tuple(dict.fromkeys(item.topic_id for item in self.items))

    @property
    def digest(self) -> str:
        """16 hex digits that differ between pools of different passages or order."""
        ids = [[item.topic_id, item.article_id, item.passage_id] for item in self.items]
        return hashlib.sha256(json.dumps(ids).encode("ascii")).hexdigest()[:16]


def pool_runs(
    runs: Sequence[Run],
    *,
    depth: int = SHOWN,
    topic_ids: Collection[str] = (),
    known: Qrels | None = None,
    seed: int = SEED,
) -> Pool:
    """The union of the first `depth` results of each run, each passage once a topic.

    An article stands in it with every passage that a run shows of it. The order within a topic
    follows from `seed` and the ids alone, so that it tells nothing of ranks or systems, and the
    same runs in another order give the same items in the same places.

    Args:
        runs: At least one; topics that only some of them have are pooled from those.
        depth: Results of each run; a run keeps the text of no more than SHOWN.
        topic_ids: Pool these only; none: all.
        known: Leave out what these judge.
        seed: Of the order; another for each judge spreads what order does to judgments.

    Raises:
        InputError: `depth` is out of bounds, a topic is in no run or asks something else in
            another run, or nothing is left to be judged.
    """
    if not 1 <= depth <= SHOWN:
        raise InputError(f"depth {depth}: a run keeps the text of its first {SHOWN} results")
    topics = _topics(runs)
    unknown = [key for key in topic_ids if key not in topics]
    if unknown:
        raise InputError(f"topic {unknown[0]!r} is in none of the runs: give ids as they have them")
    chosen = [key for key in topics if not topic_ids or key in topic_ids]
    pooled = {key: list(_items(topics[key], depth)) for key in chosen}
    judged = known or {}
    items = [
        item
        for key in chosen
        for item in sorted(pooled[key], key=lambda item: _place(item, seed))
        if item.article_id not in judged.get(key, {})
    ]
    left_out = sum(map(len, pooled.values())) - len(items)
    if not items:
        raise InputError(
            f"nothing is left to be judged: {left_out} passages of the runs are judged already, "
            f"and they show no other for {len(chosen)} topics"
        )
    return Pool(items=tuple(items), known=left_out)


def _topics(runs: Iterable[Run]) -> dict[str, list[RunTopic]]:
    """The same topic of each run that has it, by id."""
    found: dict[str, list[RunTopic]] = {}
    for run in runs:
        for topic in run.topics:
            same = found.setdefault(topic.id, [])
            if same and same[0].text != topic.text:
                raise InputError(
                    f"topic {topic.id} asks {same[0].text!r} in one run and {topic.text!r} in "
                    f"{run.name}: pool runs of one collection"
                )
            same.append(topic)
    return found


def _items(topics: Sequence[RunTopic], depth: int) -> Iterator[PoolItem]:
    """Each passage of one topic once.

    An article that was indexed again has new passage ids: the same text of it is one passage.
    """
    for result in _distinct(result for topic in topics for result in topic.results[:depth]):
        yield PoolItem(
            topic_id=topics[0].id,
            question=topics[0].text,
            question_language=topics[0].language,
            article_id=result.article_id,
            passage_id=result.passage_id,
            language=result.language,
            title=result.title,
            text=result.text,
        )


def _distinct(results: Iterable[Result]) -> Iterable[Result]:
    """By article and text, of those alike the one of the lowest passage id."""
    found: dict[tuple[str, str], Result] = {}
    for result in sorted(results, key=lambda result: result.passage_id):
        found.setdefault((result.article_id, result.text), result)
    return found.values()


def _place(item: PoolItem, seed: int) -> str:
    """Where an item stands in its topic: a digest, so alike in every version of Python."""
    key = json.dumps([seed, item.topic_id, item.article_id, item.passage_id])
    return hashlib.sha256(key.encode("ascii")).hexdigest()
