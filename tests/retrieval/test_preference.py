"""Days of publication reorder what is comparable, and never bury what alone answers."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.periods import Period, PeriodUse
from core.types import PassageFilter
from retrieval.dates.narrowing import is_narrow, lifted, narrowed, within_callers_dates
from retrieval.fusion import Ranked
from retrieval.preference import MAX_FALL, Preferred, prefers
from retrieval.query import Contribution, Explanation
from tests.retrieval.explanations import explanation

BOUND = 2.0


def period(use: PeriodUse, first: date | None = None, last: date | None = None) -> Period:
    return Period(text="then", start=0, end=4, first=first, last=last, use=use)


LATEST = period(PeriodUse.LATEST)
MARCH = period(PeriodUse.PREFERENCE, date(2024, 3, 1), date(2024, 3, 31))


class Scored:
    """A ranking by given scores, each of one part."""

    def __init__(self, scores: Mapping[str, float]) -> None:
        self._scores = scores
        self.ranked: Sequence[Ranked] = sorted(
            (Ranked(key, score) for key, score in scores.items()),
            key=lambda one: (-one.score, one.passage_id),
        )

    def explain(self, passage_id: str) -> Explanation:
        part = Contribution(name="dense", value=self._scores[passage_id], weight=1.0, note="")
        return explanation(part, question_language="en")


def preferred(scores: Mapping[str, float], days: Mapping[str, date], *periods: Period) -> Preferred:
    return Preferred(Scored(scores), days, periods, bound=BOUND)


def ids(one: Preferred | Scored) -> list[str]:
    return [ranked.passage_id for ranked in one.ranked]


def test_the_newest_of_comparable_passages_comes_first() -> None:
    days = {"a": date(2024, 9, 10), "b": date(2024, 9, 12), "c": date(2024, 9, 11)}

    assert ids(preferred({"a": 5.2, "b": 5.1, "c": 5.0}, days, LATEST)) == ["b", "c", "a"]


def test_what_leads_by_more_than_the_bound_stays_first_however_old_it_is() -> None:
    days = {"a": date(1999, 1, 1)} | {f"b{n}": date(2026, 1, n + 1) for n in range(9)}
    scores = {"a": 5.0} | {f"b{n}": 5.0 - BOUND - 0.01 for n in range(9)}

    assert ids(preferred(scores, days, LATEST))[0] == "a"


def test_among_equals_nothing_falls_more_than_a_few_places() -> None:
    days = {f"p{n:02}": date(2000 + n, 1, 1) for n in range(20)}
    one = preferred({key: 5 - n / 100 for n, key in enumerate(days)}, days, LATEST)

    assert ids(one)[:MAX_FALL] == ["p19", "p18", "p17"]
    assert ids(one)[MAX_FALL] == "p00"
    held = one.explain("p00").contributions[-1]
    assert (held.name, held.note) == ("held", "falls by 3 places at most")


def test_an_article_of_the_period_comes_before_a_later_and_that_before_an_earlier_one() -> None:
    days = {"early": date(2023, 1, 5), "late": date(2025, 6, 1), "then": date(2024, 3, 9)}
    scores = {"early": 5.0, "late": 5.0, "then": 5.0}

    assert ids(preferred(scores, days, MARCH)) == ["then", "late", "early"]


def test_soon_after_the_period_is_best_and_its_beginning_tells_little_of_it() -> None:
    days = {
        "begin": date(2024, 3, 1),
        "end": date(2024, 3, 31),
        "soon": date(2024, 4, 30),
        "late": date(2024, 9, 1),
    }
    one = preferred(dict.fromkeys(days, 5.0), days, MARCH)
    parts = {key: one.explain(key).contributions[1] for key in days}

    assert ids(one) == ["end", "soon", "begin", "late"]
    assert parts["end"].adds == parts["soon"].adds
    # .75 and a 31st of a quarter at the beginning, 1 at the end: apart by .242 of the bound.
    assert parts["end"].adds - parts["begin"].adds == pytest.approx(0.25 * 30 / 31 * BOUND)
    assert parts["end"].note == "published 2024-03-31, in 2024-03-01 to 2024-03-31"
    assert parts["soon"].note == "published 2024-04-30, after 2024-03-01 to 2024-03-31"


def test_an_article_without_a_date_neither_gains_nor_loses() -> None:
    days = {"old": date(2020, 1, 1), "new": date(2026, 1, 1)}
    one = preferred({"old": 5.0, "none": 5.0, "new": 5.0}, days, LATEST)

    assert ids(one) == ["new", "none", "old"]
    assert one.explain("none").contributions == Scored({"none": 5.0}).explain("none").contributions


def test_an_open_period_prefers_all_that_came_after_its_beginning() -> None:
    since = period(PeriodUse.PREFERENCE, date(2024, 1, 1))
    days = {"a": date(2023, 12, 1), "b": date(2024, 1, 2), "c": date(2026, 1, 1)}
    one = preferred({"a": 5.0, "b": 5.0, "c": 5.0}, days, since)

    assert ids(one) == ["b", "c", "a"]
    assert one.explain("b").contributions[-1].adds == one.explain("c").contributions[-1].adds


def test_what_was_known_on_a_day_wants_the_newest_until_then() -> None:
    assert prefers([period(PeriodUse.FILTER, last=date(2024, 3, 5))])
    assert not prefers([period(PeriodUse.FILTER, date(2024, 3, 1), date(2024, 3, 5))])
    assert not prefers([period(PeriodUse.LIFTED, date(2024, 3, 1), date(2024, 3, 5))])
    assert not prefers([])


DAYS = st.dates(date(2000, 1, 1), date(2026, 9, 10))
SCORES = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=3), st.floats(-9, 9), min_size=1, max_size=25
)


@given(
    SCORES,
    st.lists(st.none() | DAYS, min_size=25, max_size=25),
    st.sampled_from([[LATEST], [MARCH], [MARCH, LATEST]]),
)
def test_whatever_the_days_the_parts_sum_and_nothing_is_buried(
    scores: dict[str, float], dates: list[date | None], periods: list[Period]
) -> None:
    days = {key: day for key, day in zip(scores, dates, strict=False) if day is not None}
    before, one = Scored(scores), preferred(scores, days, *periods)

    assert sorted(ids(one)) == sorted(scores)
    assert [r.score for r in one.ranked] == sorted((r.score for r in one.ranked), reverse=True)
    places = {key: place for place, key in enumerate(ids(one))}
    for place, key in enumerate(ids(before)):
        assert places[key] <= place + MAX_FALL
    for ranked in one.ranked:
        parts = one.explain(ranked.passage_id).contributions
        assert sum(part.adds for part in parts) == pytest.approx(ranked.score)
    for key in scores:
        for other in scores:
            if scores[key] > scores[other] + BOUND + 1e-9:
                assert places[key] < places[other]


@given(SCORES, st.none() | DAYS, st.sampled_from([LATEST, MARCH]))
def test_days_that_do_not_differ_change_nothing(
    scores: dict[str, float], day: date | None, one: Period
) -> None:
    days = {} if day is None else dict.fromkeys(scores, day)

    moved = preferred(scores, days, one)

    assert [r.score for r in moved.ranked] == pytest.approx([
        r.score for r in Scored(scores).ranked
    ])


def test_filters_are_whole_days_in_utc_and_several_are_one_range() -> None:
    where = PassageFilter(languages=("ar",))
    two = [
        period(PeriodUse.FILTER, date(2024, 3, 1), date(2024, 3, 5)),
        period(PeriodUse.FILTER, date(2024, 4, 1), date(2024, 4, 5)),
    ]

    assert narrowed(where, two) == PassageFilter(
        languages=("ar",),
        published_from=datetime(2024, 3, 1, tzinfo=UTC),
        published_to=datetime(2024, 4, 5, 23, 59, 59, 999_999, tzinfo=UTC),
    )
    assert narrowed(where, [MARCH, LATEST]) is None


def test_a_time_since_then_and_one_until_then_leave_the_other_end_open() -> None:
    since = narrowed(PassageFilter(), [period(PeriodUse.SINCE, date(2024, 3, 1), date(2024, 3, 5))])
    until = narrowed(PassageFilter(), [period(PeriodUse.FILTER, last=date(2024, 3, 5))])

    assert since is not None
    assert until is not None
    assert (since.published_from, since.published_to) == (datetime(2024, 3, 1, tzinfo=UTC), None)
    assert until.published_from is None


def test_dates_of_the_caller_leave_the_question_only_preferences() -> None:
    where = PassageFilter(published_from=datetime(2020, 1, 1, tzinfo=UTC))
    asked = [period(PeriodUse.FILTER, date(2024, 3, 1), date(2024, 3, 5)), LATEST]

    assert [one.use for one in within_callers_dates(asked, where)] == ["preference", "latest"]
    assert [one.use for one in within_callers_dates(asked, PassageFilter())] == ["filter", "latest"]
    assert [one.use for one in lifted(asked)] == ["lifted", "latest"]
    assert is_narrow(asked)
    assert not is_narrow(lifted(asked))
