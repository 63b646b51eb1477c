"""A run as the page shows it: its estimates by group, computed once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from eval.groups import ALL, Group, group_topics
from eval.intervals import Estimate, estimate
from eval.runs import Judged, Run, RunTopic

HEADLINES = ("nDCG@10", "Success@1", "R@100")
"""What the first 10 look like, whether the first one is right, and what any reranker could use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A run with its colour on the page, and estimates by group and name of measure.

    `groups` are those of `group_topics`; `names` the measures that every measured topic has.
    """

    run: Run
    paint: str
    names: tuple[str, ...]
    groups: dict[Group, dict[str, Estimate]]

    def estimate(self, group: Group, name: str) -> Estimate | None:
        """None where the run measures no topic of the group."""
        found = self.groups.get(group, {}).get(name)
        return None if found is None or found.n == 0 else found

    @property
    def topics(self) -> int:
        """Measured ones."""
        return sum(bool(topic.measures) for topic in self.run.topics)


def measure_run(run: Run, *, paint: str) -> Measured:
    """Means of all measures over all groups, with intervals."""
    measured = [topic.measures for topic in run.topics if topic.measures]
    names = tuple(
        name for name in (measured[0] if measured else ()) if all(name in each for each in measured)
    )
    groups = {
        group: {name: estimate([topic.measures[name] for topic in topics]) for name in names}
        for group, topics in group_topics(run.topics).items()
    }
    return Measured(run=run, paint=paint, names=names, groups=groups)


def by_size(runs: Sequence[Measured], axis: str) -> list[Group]:
    """Groups of `axis` that any run measures, those of most topics first, ties by name."""
    sizes: dict[Group, int] = {}
    for one in runs:
        for group, topics in group_topics(one.run.topics).items():
            if group.axis == axis:
                sizes[group] = max(sizes.get(group, 0), len(topics))
    return sorted(sizes, key=lambda group: (-sizes[group], group.name))


def group_name(group: Group) -> str:
    """As tables and plots name it."""
    return "all topics" if group == ALL else group.name


def known_by(run: Run, other: Run) -> Run:
    """`run` with what the other knows of its topics, where `run` itself knows only their ids."""
    theirs = {topic.id: topic for topic in other.topics}
    topics = [
        _completed(topic, theirs[topic.id]) if not topic.pair and topic.id in theirs else topic
        for topic in run.topics
    ]
    return replace(run, topics=tuple(topics))


def _completed(topic: RunTopic, known: RunTopic) -> RunTopic:
    shown: Mapping[str, Judged] = {judged.article_id: judged for judged in known.judged}
    return replace(
        topic,
        text=topic.text or known.text,
        language=known.language,
        pair=known.pair,
        kind=known.kind,
        judged=tuple(
            replace(shown.get(judged.article_id, judged), grade=judged.grade)
            for judged in topic.judged
        ),
    )
