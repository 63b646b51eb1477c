"""Which topics a person looks at: the failed, the weakest of the rest, the most changed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Generic, TypeVar

from eval.page.evidence import ShownTopic
from eval.runs import Run, RunTopic

T = TypeVar("T")

WEAK = "nDCG@10"
FOUND = "R@10"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection(Generic[T]):
    """Some of `total`, worst first."""

    chosen: tuple[T, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicList:
    """A list of topics on the page; `left_out` are not on it."""

    key: str
    title: str
    reading: str
    topics: tuple[ShownTopic, ...]
    total: int

    @property
    def left_out(self) -> int:
        """How many more there are."""
        return self.total - len(self.topics)


def failed_topics(run: Run, *, most: int) -> Selection[RunTopic]:
    """Topics with nothing relevant in the first 10, those that find it latest first."""
    failed = [topic for topic in run.topics if topic.measures.get(FOUND) == 0]
    failed.sort(key=lambda topic: (topic.measures.get("AP", 0.0), topic.id))
    return _fairly(failed, most=most)


def weak_topics(run: Run, *, most: int) -> Selection[RunTopic]:
    """Topics with something relevant in the first 10, but not all of it first; lowest first."""
    weak = [
        topic
        for topic in run.topics
        if topic.measures.get(FOUND, 0.0) > 0 and topic.measures.get(WEAK, 1.0) < 1
    ]
    weak.sort(key=lambda topic: (topic.measures[WEAK], topic.id))
    return _fairly(weak, most=most)


def _fairly(topics: Sequence[RunTopic], *, most: int) -> Selection[RunTopic]:
    chosen = in_turn(topics, by=lambda topic: topic.pair, most=most)
    return Selection(chosen=tuple(chosen), total=len(topics))


def in_turn(items: Iterable[T], *, by: Callable[[T], str], most: int) -> list[T]:
    """`most` of `items`, one of each group after the other, in their order.

    So that a pair with many failures does not hide those of the others.

    >>> in_turn(["a1", "a2", "a3", "b1"], by=lambda item: item[0], most=3)
    ['a1', 'a2', 'b1']
    """
    every = list(items)
    groups: dict[str, list[int]] = {}
    for place, item in enumerate(every):
        groups.setdefault(by(item), []).append(place)
    rounds = [
        place for each in zip_longest(*groups.values()) for place in each if place is not None
    ]
    return [every[place] for place in sorted(rounds[:most])]
