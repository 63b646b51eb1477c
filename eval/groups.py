"""Groups of topics that are read together: all, by language pair, by type of question."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from eval.runs import RunTopic


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Which topics: `name` is "all", a language pair ("en->ar") or a type of question ("why").

    Of answers also the language of the question, whatever the articles' is ("en->any").
    """

    axis: Literal["all", "pair", "kind", "language"]
    name: str


ALL = Group(axis="all", name="all")


def group_topics(topics: Iterable[RunTopic]) -> dict[Group, list[RunTopic]]:
    """The measured topics by group: all first, then pairs, then kinds, each as they come.

    Topics without measures, to which nothing is relevant, are in no group.
    """
    measured = [topic for topic in topics if topic.measures]
    pairs: dict[Group, list[RunTopic]] = {}
    kinds: dict[Group, list[RunTopic]] = {}
    for topic in measured:
        if topic.pair:
            pairs.setdefault(Group(axis="pair", name=topic.pair), []).append(topic)
        if topic.kind:
            kinds.setdefault(Group(axis="kind", name=topic.kind), []).append(topic)
    return {ALL: measured} | pairs | kinds
