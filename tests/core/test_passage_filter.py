"""What two filters have in common is never wider than either."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidFilter
from core.passage_filter import PassageFilter, intersection

VALUES = st.lists(st.sampled_from(["المدار", "Herald", "江报", "کوهستان"]), max_size=3, unique=True)
TIMES = st.none() | st.datetimes(
    min_value=datetime(2020, 1, 1),  # noqa: DTZ001 - hypothesis wants naive bounds
    max_value=datetime(2026, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
LISTS = ("languages", "sources", "sections", "tags", "article_ids")
EXCEPTIONS = ("except_languages", "except_articles")


@st.composite
def filters(draw: st.DrawFn) -> PassageFilter:
    start, end = draw(TIMES), draw(TIMES)
    if start is not None and end is not None and start > end:
        start, end = end, start
    lists = {name: tuple(draw(VALUES)) for name in (*LISTS, *EXCEPTIONS)}
    return PassageFilter(published_from=start, published_to=end, visible_at=draw(TIMES), **lists)


@given(filters(), filters())
def test_an_intersection_lies_within_both(asked: PassageFilter, allowed: PassageFilter) -> None:
    try:
        common = intersection(asked, allowed)
    except InvalidFilter:
        return
    for outer in (asked, allowed):
        for name in LISTS:
            wide = set(getattr(outer, name))
            assert not wide or set(getattr(common, name)) <= wide
            assert not wide or getattr(common, name), "an empty list would let everything in"
        for name in EXCEPTIONS:
            assert set(getattr(outer, name)) <= set(getattr(common, name))
        if outer.published_from is not None:
            assert common.published_from is not None
            assert common.published_from >= outer.published_from
        if outer.published_to is not None:
            assert common.published_to is not None
            assert common.published_to <= outer.published_to
        if outer.visible_at is not None:
            assert common.visible_at is not None
            assert common.visible_at <= outer.visible_at


@given(filters())
def test_what_restricts_nothing_changes_nothing(asked: PassageFilter) -> None:
    assert intersection(asked, PassageFilter()) == asked
    assert intersection(PassageFilter(), asked) == asked


def test_nothing_in_common_is_refused_by_name_and_never_everything() -> None:
    with pytest.raises(InvalidFilter, match="sources: 'Herald' is outside"):
        intersection(PassageFilter(sources=("Herald",)), PassageFilter(sources=("المدار",)))


def test_dates_apart_are_refused() -> None:
    early = PassageFilter(published_to=datetime(2024, 1, 1, tzinfo=UTC))
    late = PassageFilter(published_from=datetime(2025, 1, 1, tzinfo=UTC))
    with pytest.raises(InvalidFilter, match="later than"):
        intersection(early, late)
