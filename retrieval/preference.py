"""What the day of publication adds to the score of a passage, where a question names a time.

It is bounded twice, so that the one article that answers is never buried under newer ones: a
passage that leads by more than the bound stays ahead whatever the days, and none falls by more than
MAX_FALL places.
"""

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date
from itertools import accumulate

from core.periods import Period, PeriodUse
from core.types import FoundPassage
from retrieval.fusion import Ranked
from retrieval.query import Contribution, Explanation
from retrieval.reranking import RankedPassages

PREFERENCE_DEPTH = 200
"""Passages whose days are read."""

MAX_FALL = 3
"""Places; the first six passages are read for evidence."""

SOON_DAYS = (7, 366)
"""An event is told for as many days after it as it lasted, within these bounds."""

Days = Mapping[str, date]
"""Day of publication in UTC by passage id; articles without a date are left out."""


@dataclass(frozen=True, slots=True)
class _Scale:
    """How well a day suits, in [0, 1], and what a note says of it."""

    name: str
    value: Callable[[date], float]
    note: Callable[[date], str]


def prefers(periods: Sequence[Period]) -> bool:
    """Whether the day of publication bears on the order of passages."""
    return _wants_newest(periods) or bool(_preferred(periods))


def publication_days(found: Mapping[str, FoundPassage]) -> Days:
    """Of the passages that have one."""
    return {
        key: one.header.published_at.astimezone(UTC).date()
        for key, one in found.items()
        if one.header.published_at is not None
    }


class Preferred:
    """A ranking in which articles of the preferred days move up, by `bound` at most.

    What a day is worth is compared with its mean over the passages near the top, which weigh less
    the farther they are from it: what is common to all moves none. Passages without a day neither
    gain nor lose.
    """

    def __init__(
        self, ranking: RankedPassages, days: Days, periods: Sequence[Period], *, bound: float
    ) -> None:
        """`bound` > 0 is in the unit of the scores."""
        self._ranking = ranking
        self._parts: dict[str, list[Contribution]] = {}
        weights = _weights(ranking.ranked, days, bound=bound)
        scales = _scales(periods, days, weights)
        for scale in scales if sum(weights.values()) > 0 else ():
            self._add(scale, days, weights, bound=bound / len(scales))
        self.ranked: Sequence[Ranked] = self._placed() if self._parts else ranking.ranked

    def explain(self, passage_id: str) -> Explanation:
        """What the ranking before and the day of publication say of a ranked passage."""
        why = self._ranking.explain(passage_id)
        return replace(why, contributions=(*why.contributions, *self._of(passage_id)))

    def _placed(self) -> list[Ranked]:
        """By what the parts sum to, ties by passage id, but for those that would fall too far."""
        before = self._ranking.ranked
        moved = [
            Ranked(one.passage_id, one.score + sum(part.adds for part in self._of(one.passage_id)))
            for one in before
        ]
        rest = deque(sorted(moved, key=lambda one: (-one.score, one.passage_id)))
        placed: list[Ranked] = []
        done: set[str] = set()
        while rest:
            if rest[0].passage_id in done:
                rest.popleft()
                continue
            due = len(placed) - MAX_FALL
            one = rest[0]
            if due >= 0 and before[due].passage_id not in done and one != moved[due]:
                one = self._held(moved[due], (placed[-1].score + one.score) / 2)
            placed.append(one)
            done.add(one.passage_id)
        return placed

    def _held(self, one: Ranked, score: float) -> Ranked:
        """At `score`, higher than its parts sum to, with a part that says so."""
        part = Contribution(
            name="held",
            value=score - one.score,
            weight=1.0,
            note=f"falls by {MAX_FALL} places at most",
        )
        self._parts.setdefault(one.passage_id, []).append(part)
        return Ranked(one.passage_id, score)

    def _of(self, passage_id: str) -> Sequence[Contribution]:
        return self._parts.get(passage_id, ())

    def _add(
        self, scale: _Scale, days: Days, weights: Mapping[str, float], *, bound: float
    ) -> None:
        values = {key: scale.value(day) for key, day in days.items()}
        mean = sum(weights[key] * values[key] for key in days) / sum(weights.values())
        for key, day in days.items():
            part = Contribution(
                name=scale.name, value=values[key] - mean, weight=bound, note=scale.note(day)
            )
            self._parts.setdefault(key, []).append(part)


def _weights(ranked: Sequence[Ranked], days: Days, *, bound: float) -> dict[str, float]:
    """In [0, 1] by passage id: how near a passage with a day is to the top, `bound` being far."""
    top = ranked[0].score if ranked else 0.0
    return {
        one.passage_id: max(0.0, 1 - (top - one.score) / bound)
        for one in ranked
        if one.passage_id in days
    }


def _scales(periods: Sequence[Period], days: Days, weights: Mapping[str, float]) -> list[_Scale]:
    scales = []
    preferred = _preferred(periods)
    if preferred:
        scales.append(_period_scale(preferred))
    if _wants_newest(periods):
        scales.append(_recency_scale(days, weights))
    return scales


def _wants_newest(periods: Sequence[Period]) -> bool:
    """Asked for, or for what was known on a day."""
    return any(
        one.use is PeriodUse.LATEST or (one.use is PeriodUse.FILTER and one.first is None)
        for one in periods
    )


def _preferred(periods: Sequence[Period]) -> list[Period]:
    return [
        one
        for one in periods
        if one.use is PeriodUse.PREFERENCE or (one.use is PeriodUse.SINCE and one.last is not None)
    ]


def _period_scale(periods: Sequence[Period]) -> _Scale:
    def note(day: date) -> str:
        best = max(periods, key=lambda one: _suits(day, one))
        return f"published {day}, {_relation(day, best)} {best.first or '…'} to {best.last or '…'}"

    return _Scale("period", lambda day: max(_suits(day, one) for one in periods), note)


def _suits(day: date, period: Period) -> float:
    """1 soon after the period, falling to .5 later; in it from .75 to 1; before it from .5 to 0.

    An article tells only of what had happened when it was published: nothing before the period, and
    at its beginning little of it. A later one tells all, but most are about something else.
    """
    soon = _soon_after(period)
    if period.first is not None and day < period.first:
        return 0.5 / (1 + (period.first - day).days / soon)
    if period.first is not None and period.last is not None and day <= period.last:
        lasts = (period.last - period.first).days + 1
        return 0.75 + 0.25 * ((day - period.first).days + 1) / lasts
    late = 0 if period.last is None else (day - period.last).days - soon
    return 0.5 + 0.5 / (1 + max(0, late) / soon)


def _soon_after(period: Period) -> int:
    if period.first is None or period.last is None:
        return SOON_DAYS[1]
    lasted = (period.last - period.first).days + 1
    return min(max(lasted, SOON_DAYS[0]), SOON_DAYS[1])


def _relation(day: date, period: Period) -> str:
    if period.first is not None and day < period.first:
        return "before"
    return "in" if period.last is None or day <= period.last else "after"


def _recency_scale(days: Days, weights: Mapping[str, float]) -> _Scale:
    """The weighted share of older passages; ties count half, so that hours decide nothing."""
    ordered = sorted((day, weights.get(key, 0.0)) for key, day in days.items())
    sums = [0.0, *accumulate(weight for _, weight in ordered)]
    known = [day for day, _ in ordered]

    def value(day: date) -> float:
        older, not_newer = bisect_left(known, day), bisect_right(known, day)
        return (sums[older] + sums[not_newer]) / 2 / sums[-1]

    return _Scale(
        "recency",
        value,
        lambda day: f"published {day}, newer than {value(day):.0%} of what compares",
    )
