"""Runs against a base, topic by topic: by how much they differ, and whether that is chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.errors import InputError
from eval.groups import Group, group_topics
from eval.intervals import Estimate, estimate
from eval.paired import holm, randomisation_test
from eval.runs import Run, RunTopic

LEAST_TOPICS = 6
"""With fewer, no outcome of the two-sided test lies below .05: all signs alike are 2 of 2^5."""

DIGITS = 6
"""Of a measure: files may keep no more, and the same value is then no difference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measure on one group of topics, in the base and in another run.

    `difference` is other minus base, topic by topic, with its 95 % bootstrap interval. `p` is of
    the paired randomisation test, `p_holm` corrected over all rows of the comparison; both None
    for a group of fewer than LEAST_TOPICS.
    """

    other: str
    measure: str
    group: Group
    base_mean: float
    other_mean: float
    difference: Estimate
    wins: int
    ties: int
    losses: int
    p: float | None
    p_holm: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One topic that a run answers better or worse than the base."""

    topic_id: str
    text: str
    pair: str
    kind: str
    base: float
    other: float

    @property
    def difference(self) -> float:
        """Other minus base."""
        return self.other - self.base


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The topics of a measure that differ, largest difference first, ties by id."""

    other: str
    measure: str
    wins: tuple[Change, ...]
    losses: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmatched:
    """Topics that cannot be compared between the base and another run.

    `only_base` and `only_other` are left out. `judged_differently` have other relevant articles
    in the one than in the other: they are compared, but the difference may be the judges'.
    """

    other: str
    only_base: tuple[str, ...]
    only_other: tuple[str, ...]
    judged_differently: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Rows by measure, other run and group; changes by measure and other run."""

    base: str
    rows: tuple[Row, ...]
    changes: tuple[Changes, ...]
    unmatched: tuple[Unmatched, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Matched:
    """A topic of both runs; what is known of it comes from the one that knows its pair."""

    shown: RunTopic
    base: Mapping[str, float]
    other: Mapping[str, float]


def compare(base: Run, others: Sequence[Run], *, measures: Sequence[str]) -> Comparison:
    """Compare each of `others` with `base` on the topics that both measure.

    A topic on which neither holds a measure has no part in its rows: answers to what nothing
    answers have no right quotes.

    Raises:
        InputError: a run does not hold a measure, shares no topic with the base, or has the name
            of another.
    """
    names = [run.name for run in (base, *others)]
    if len(set(names)) < len(names):
        raise InputError(f"two runs of {', '.join(names)} have the same name")
    rows: list[Row] = []
    changes: list[Changes] = []
    matched = {other.name: _match(base, other) for other in others}
    for measure in measures:
        for name, every in matched.items():
            topics = _measured(every, measure)
            values = {key: _values(topic, measure, name) for key, topic in topics.items()}
            rows += _rows(name, measure, topics, values)
            changes.append(_changes(name, measure, topics, values))
    return Comparison(
        base=base.name,
        rows=tuple(_corrected(rows)),
        changes=tuple(changes),
        unmatched=tuple(_unmatched(base, other) for other in others),
    )


def _match(base: Run, other: Run) -> dict[str, _Matched]:
    theirs = {topic.id: topic for topic in other.topics if topic.measures}
    matched = {
        topic.id: _Matched(
            shown=topic if topic.pair else theirs[topic.id],
            base=topic.measures,
            other=theirs[topic.id].measures,
        )
        for topic in base.topics
        if topic.measures and topic.id in theirs
    }
    if not matched:
        raise InputError(f"{other.name} and {base.name} measure no topic in common")
    return matched


def _measured(topics: Mapping[str, _Matched], measure: str) -> Mapping[str, _Matched]:
    """The topics for which one run or both hold `measure`; all if none does, to be refused."""
    found = {
        key: topic
        for key, topic in topics.items()
        if measure in topic.base or measure in topic.other
    }
    return found or topics


def _values(topic: _Matched, measure: str, other: str) -> tuple[float, float]:
    try:
        return round(topic.base[measure], DIGITS), round(topic.other[measure], DIGITS)
    except KeyError:
        known = ", ".join(name for name in topic.base if name in topic.other)
        raise InputError(
            f"{measure} is not measured in both {other} and its base: {known}"
        ) from None


def _rows(
    name: str,
    measure: str,
    topics: Mapping[str, _Matched],
    values: Mapping[str, tuple[float, float]],
) -> list[Row]:
    shown = [replace(one.shown, measures=dict(one.base)) for one in topics.values()]
    return [
        _row(name, measure, group, [values[topic.id] for topic in members])
        for group, members in group_topics(shown).items()
    ]


def _row(name: str, measure: str, group: Group, values: Sequence[tuple[float, float]]) -> Row:
    before, after = [value[0] for value in values], [value[1] for value in values]
    differences = [new - old for old, new in values]
    wins, losses = sum(one > 0 for one in differences), sum(one < 0 for one in differences)
    return Row(
        other=name,
        measure=measure,
        group=group,
        base_mean=estimate(before).mean,
        other_mean=estimate(after).mean,
        difference=estimate(differences),
        wins=wins,
        ties=len(values) - wins - losses,
        losses=losses,
        p=randomisation_test(after, before).p if len(values) >= LEAST_TOPICS else None,
    )


def _corrected(rows: Sequence[Row]) -> list[Row]:
    tested = [row for row in rows if row.p is not None]
    corrected = iter(holm([row.p for row in tested if row.p is not None]))
    return [row if row.p is None else replace(row, p_holm=next(corrected)) for row in rows]


def _changes(
    name: str,
    measure: str,
    topics: Mapping[str, _Matched],
    values: Mapping[str, tuple[float, float]],
) -> Changes:
    every = [
        Change(
            topic_id=key,
            text=one.shown.text,
            pair=one.shown.pair,
            kind=one.shown.kind,
            base=values[key][0],
            other=values[key][1],
        )
        for key, one in topics.items()
    ]
    every.sort(key=lambda change: (-abs(change.difference), change.topic_id))
    return Changes(
        other=name,
        measure=measure,
        wins=tuple(change for change in every if change.difference > 0),
        losses=tuple(change for change in every if change.difference < 0),
    )


def _unmatched(base: Run, other: Run) -> Unmatched:
    ours = {topic.id: topic for topic in base.topics if topic.measures}
    theirs = {topic.id: topic for topic in other.topics if topic.measures}
    return Unmatched(
        other=other.name,
        only_base=tuple(key for key in ours if key not in theirs),
        only_other=tuple(key for key in theirs if key not in ours),
        judged_differently=tuple(
            key
            for key, topic in ours.items()
            if key in theirs and _grades(topic) != _grades(theirs[key])
        ),
    )


def _grades(topic: RunTopic) -> dict[str, int]:
    return {judged.article_id: judged.grade for judged in topic.judged}
