"""Settings compared topic by topic: on one half to choose, on the other to report.

A topic's half is that of the first article it must find: articles of a set in order of their ids
go to the halves in turn, so no article is in both. The figure over all sets is the mean of their
means, so that a set counts the same whatever its size.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import product

from benchmarks.passages_data import Asked
from benchmarks.passages_settings import Setting
from eval.intervals import Estimate, estimate
from eval.paired import holm, randomisation_test

MEASURES = ("nDCG@10", "R@100", "Success@1")
MODES = ("hybrid", "dense")
HALVES = ("choose", "report")
ALL = "all sets"
SIGNIFICANT = 0.05

Measures = Mapping[str, Mapping[str, Mapping[str, float]]]
"""Value by measure, by topic, by mode, of one setting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What is looked at: a half, a set or all sets, a mode and a measure."""

    half: str
    group: str
    mode: str
    measure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A setting's mean, and its difference to the one it is compared with; 95 % intervals."""

    setting: str
    against: str
    place: Place
    topics: int
    mean: Estimate
    difference: Estimate
    p: float
    p_holm: float = 1.0

    def as_dict(self) -> dict[str, object]:
        """JSON values, to four digits."""
        numbers = {
            "mean": self.mean.mean,
            "mean_low": self.mean.low,
            "mean_high": self.mean.high,
            "difference": self.difference.mean,
            "low": self.difference.low,
            "high": self.difference.high,
            "p": self.p,
            "p_holm": self.p_holm,
        }
        return {
            "setting": self.setting,
            "against": self.against,
            **asdict(self.place),
            "topics": self.topics,
            **{name: round(value, 4) for name, value in numbers.items()},
        }


def halves(topics: Sequence[Asked]) -> dict[str, str]:
    """The half of each topic, by id."""
    found: dict[str, str] = {}
    for group in dict.fromkeys(topic.group for topic in topics):
        members = [topic for topic in topics if topic.group == group]
        order = sorted({min(topic.relevant) for topic in members})
        places = {key: place for place, key in enumerate(order)}
        found |= {topic.id: HALVES[places[min(topic.relevant)] % 2] for topic in members}
    return found


def compare(
    settings: Sequence[Setting], topics: Sequence[Asked], measured: Mapping[str, Measures]
) -> list[Compared]:
    """Every setting in every place; on the half to choose by, over all sets only.

    Holm's correction runs over the rows that are read together: the settings over all sets, or the
    settings on the single sets, of one half, mode and measure.
    """
    half_of = halves(topics)
    found = []
    for setting in settings:
        for half, mode, measure in product(HALVES, MODES, MEASURES):
            for group, members in _groups(setting, topics, half_of, half).items():
                place = Place(half=half, group=group, mode=mode, measure=measure)
                found.append(_compared(setting, members, measured, place))
    return _corrected(found)


def chosen(compared: Sequence[Compared], *, against: str) -> Compared:
    """The best setting of a family on the half to choose by, as the other half reports it."""
    rows = [
        row
        for row in compared
        if row.against == against
        and (row.place.group, row.place.mode, row.place.measure) == (ALL, "hybrid", "nDCG@10")
    ]
    best = max(
        (row for row in rows if row.place.half == HALVES[0]), key=lambda row: row.difference.mean
    )
    return next(row for row in rows if row.place.half == HALVES[1] and row.setting == best.setting)


def choice(compared: Sequence[Compared], *, against: str) -> dict[str, object]:
    """Which setting of a family to use, and why, as JSON values.

    The best on the half to choose by, if it is better on the other half too by more than chance
    (p <= .05: one test of one setting, so there is nothing to correct); else what there is.
    """
    best = chosen(compared, against=against)
    pays = best.setting != against and best.difference.mean > 0 and best.p <= SIGNIFICANT
    return {"use": best.setting if pays else against, "best": best.as_dict()}


def _groups(
    setting: Setting, topics: Sequence[Asked], half_of: Mapping[str, str], half: str
) -> dict[str, list[Asked]]:
    asked = [
        topic
        for topic in topics
        if half_of[topic.id] == half and not (setting.is_titled and topic.group == "headlines")
    ]
    groups = {ALL: asked}
    if half == HALVES[1]:
        for topic in asked:
            groups.setdefault(topic.group, []).append(topic)
    return groups


def _compared(
    setting: Setting, topics: Sequence[Asked], measured: Mapping[str, Measures], place: Place
) -> Compared:
    weights = _weights(topics)
    values, base = (
        [
            weights[topic.group] * measured[name][place.mode][topic.id][place.measure]
            for topic in topics
        ]
        for name in (setting.name, setting.against)
    )
    return Compared(
        setting=setting.name,
        against=setting.against,
        place=place,
        topics=len(topics),
        mean=estimate(values),
        difference=estimate([one - other for one, other in zip(values, base, strict=True)]),
        p=1.0 if setting.is_base else randomisation_test(values, base).p,
    )


def _weights(topics: Sequence[Asked]) -> dict[str, float]:
    """By set: what makes the mean over all topics the mean of the sets' means."""
    counts = Counter(topic.group for topic in topics)
    return {group: len(topics) / (len(counts) * count) for group, count in counts.items()}


def _corrected(rows: Sequence[Compared]) -> list[Compared]:
    """The rows with Holm's correction within each family; a base is in none."""
    families: dict[object, list[int]] = {}
    for index, row in enumerate(rows):
        if row.setting != row.against:
            place = row.place
            family = (place.half, place.group == ALL, place.mode, place.measure)
            families.setdefault(family, []).append(index)
    found = list(rows)
    for indices in families.values():
        for index, p in zip(indices, holm([rows[n].p for n in indices]), strict=True):
            found[index] = replace(rows[index], p_holm=p)
    return found
