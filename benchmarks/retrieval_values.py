"""The values of every topic, row by row: of rankings, and of fairness between languages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.measures import NAMES, measure_topics
from eval.runs import Run, RunTopic
from eval.trec import best_first

DEEP_CUTOFF = 20

ONLY_IN = ("nDCG@10", "Success@1")
TRANSLATIONS = ("R@10", "All@20")

ByTopic = Mapping[str, float]
"""A measure by topic id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Topics that are read together: `values` by row, measure and topic.

    Every row has the same measures, the first of which is compared, and the same topics.
    """

    setting: str
    name: str
    values: Mapping[str, Mapping[str, ByTopic]]

    @property
    def part(self) -> str:
        """The settings that are read together with this one."""
        return self.setting.split("/", maxsplit=1)[0]

    @property
    def measures(self) -> tuple[str, ...]:
        """The first is the one that rows are compared by."""
        return tuple(next(iter(self.values.values())))

    @property
    def topics(self) -> tuple[str, ...]:
        """In the order of the collection."""
        return tuple(next(iter(next(iter(self.values.values())).values())))


def ranked_group(setting: str, name: str, by_row: Mapping[str, Run]) -> Group:
    """The measures of rankings, on the topics that something answers."""
    values = {
        row: {
            measure: {topic.id: topic.measures[measure] for topic in run.topics if topic.measures}
            for measure in NAMES
        }
        for row, run in by_row.items()
    }
    return Group(setting=setting, name=name, values=values)


def fairness_groups(setting: str, by_row: Mapping[str, Run]) -> list[Group]:
    """The measures of eval/fairness.py that have a value for every topic.

    "translations" over all topics and by language of the question; "only in" by pair, over the
    ranking without the other translations.
    """
    one = next(iter(by_row.values()))
    languages = sorted({topic.language for topic in one.topics})
    others = sorted({judged.language for topic in one.topics for judged in topic.judged})
    named = [("all", languages), *((each, [each]) for each in languages)]
    translations = [
        Group(
            setting=setting,
            name=f"translations, {name}",
            values={row: _translations(run, asked) for row, run in by_row.items()},
        )
        for name, asked in named
    ]
    only_in = [
        Group(
            setting=setting,
            name=f"only in {other}, {asked}->{other}",
            values={row: _only_in(run, asked, other) for row, run in by_row.items()},
        )
        for asked in languages
        for other in others
    ]
    return translations + only_in


def _translations(run: Run, languages: Sequence[str]) -> dict[str, ByTopic]:
    topics = [topic for topic in run.topics if topic.measures and topic.language in languages]
    return {
        "R@10": {topic.id: topic.measures["R@10"] for topic in topics},
        "All@20": {topic.id: _finds_all(topic, run) for topic in topics},
    }


def _finds_all(topic: RunTopic, run: Run) -> float:
    first = best_first(run.ranking.get(topic.id, {}))[:DEEP_CUTOFF]
    return float({judged.article_id for judged in topic.judged} <= set(first))


def _only_in(run: Run, asked: str, other: str) -> dict[str, ByTopic]:
    qrels: dict[str, dict[str, int]] = {}
    ranking: dict[str, dict[str, float]] = {}
    for topic in run.topics:
        kept = {one.article_id: one.grade for one in topic.judged if one.language == other}
        if topic.language == asked and kept:
            taken_out = {one.article_id for one in topic.judged} - kept.keys()
            found = run.ranking.get(topic.id, {})
            qrels[topic.id] = kept
            ranking[topic.id] = {key: found[key] for key in found if key not in taken_out}
    values = measure_topics(qrels, ranking)
    return {
        measure: {topic: found[measure] for topic, found in values.items()} for measure in ONLY_IN
    }
