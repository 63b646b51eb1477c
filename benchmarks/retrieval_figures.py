"""From the values of topics to figures: means with intervals, differences with tests, goals."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from benchmarks.retrieval_rows import BASELINES, PRODUCT
from benchmarks.retrieval_settings import LANGUAGES
from benchmarks.retrieval_values import Group
from eval.comparison import LEAST_TOPICS
from eval.intervals import Estimate, estimate
from eval.paired import holm, randomisation_test

ALPHA = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One row of one group: each measure with its interval."""

    setting: str
    group: str
    row: str
    measures: dict[str, Estimate]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The product minus another row, topic by topic, in the first measure of a group.

    `p` is of the paired randomisation test, two-sided; `p_holm` corrected after Holm over all
    groups of the part and all rows that are read together. Both None for too few topics.
    """

    part: str
    setting: str
    group: str
    row: str
    measure: str
    difference: Estimate
    wins: int
    losses: int
    p: float | None
    p_holm: float | None = None

    @property
    def is_significant(self) -> bool:
        """Whether it is more than chance."""
        return self.p_holm is not None and self.p_holm < ALPHA


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What a figure should reach: the mean of `row`, less that of `minus` where there is one.

    Without `at_least`: the product must be better than `minus` by more than chance.
    """

    setting: str
    group: str
    measure: str
    at_least: float | None
    row: str = PRODUCT
    minus: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A goal, the figure with its interval, and whether it was reached."""

    goal: Goal
    found: Estimate
    reached: bool


GOALS = (
    *(
        Goal(setting=setting, group=group, measure="nDCG@10", at_least=at_least)
        for setting, group, at_least in (
            ("small/ar", "ar->ar", 0.965),
            ("small/ar", "en->ar", 0.90),
            ("small/en", "ar->en", 0.85),
            ("large/ar", "ar->ar", 0.92),
            ("large/ar", "en->ar", 0.78),
            ("large/en", "ar->en", 0.72),
            ("fair/alone", "only in ar, en->ar", 0.72),
            ("fair/alone", "only in en, ar->en", 0.65),
            ("fair/alone", "only in ar, zh->ar", 0.62),
            ("fair/alone", "only in ar, tr->ar", 0.60),
            ("headlines", "headline->article", 0.90),
        )
    ),
    Goal(setting="fair/alone", group="translations, all", measure="R@10", at_least=0.85),
    Goal(setting="fair/alone", group="translations, all", measure="All@20", at_least=0.82),
    *(
        Goal(
            setting=f"small/{language}",
            group=f"{language}->{language}",
            measure="nDCG@10",
            at_least=-0.002,
            row="without words and tokens",
            minus="dense",
        )
        for language in LANGUAGES
    ),
    Goal(setting="headlines", group="headline->article", measure="Success@1", at_least=0.81),
    *(
        Goal(
            setting="kaiflematha",
            group="why and how",
            measure="nDCG@10",
            at_least=None,
            minus=baseline,
        )
        for baseline in BASELINES
    ),
)
"""Those of the fairness corrections where one language is alone compare vectors with vectors."""


def figures(groups: Iterable[Group]) -> list[Figure]:
    """Every row of every group."""
    return [
        Figure(
            setting=group.setting,
            group=group.name,
            row=row,
            measures={
                measure: estimate(list(by_topic.values())) for measure, by_topic in measures.items()
            },
        )
        for group in groups
        for row, measures in group.values.items()
    ]


def differences(groups: Sequence[Group], rows: Sequence[str]) -> list[Difference]:
    """The product minus each of `rows` that a group has, corrected within each part."""
    found: list[Difference] = []
    for part in dict.fromkeys(group.part for group in groups):
        own = [
            _difference(one, row)
            for one in groups
            if one.part == part
            for row in rows
            if row in one.values
        ]
        corrected = iter(holm([one.p for one in own if one.p is not None]))
        found += [one if one.p is None else replace(one, p_holm=next(corrected)) for one in own]
    return found


def outcomes(
    groups: Iterable[Group], compared: Iterable[Difference], goals: Iterable[Goal] = GOALS
) -> list[Outcome]:
    """The goals that these groups tell something of, in order."""
    by_name = {(group.setting, group.name): group for group in groups}
    significant = {
        (one.setting, one.group, one.row): one.is_significant and one.difference.mean > 0
        for one in compared
    }
    found = []
    for goal in goals:
        group = by_name.get((goal.setting, goal.group))
        if group is None:
            continue
        value = estimate(_wanted(goal, group))
        if goal.at_least is None:
            reached = significant[goal.setting, goal.group, goal.minus or ""]
        else:
            reached = value.mean >= goal.at_least
        found.append(Outcome(goal=goal, found=value, reached=reached))
    return found


def _wanted(goal: Goal, group: Group) -> list[float]:
    own = group.values[goal.row][goal.measure]
    if goal.minus is None:
        return list(own.values())
    other = group.values[goal.minus][goal.measure]
    return [value - other[topic] for topic, value in own.items()]


def _difference(group: Group, row: str) -> Difference:
    measure = group.measures[0]
    own, other = group.values[PRODUCT][measure], group.values[row][measure]
    first, second = list(own.values()), [other[topic] for topic in own]
    gains = [one - another for one, another in zip(first, second, strict=True)]
    tested = len(gains) >= LEAST_TOPICS
    return Difference(
        part=group.part,
        setting=group.setting,
        group=group.name,
        row=row,
        measure=measure,
        difference=estimate(gains),
        wins=sum(gain > 0 for gain in gains),
        losses=sum(gain < 0 for gain in gains),
        p=randomisation_test(first, second).p if tested else None,
    )
