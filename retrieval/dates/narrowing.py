"""From the times of a question to the filter of its search, and to what became of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time

from core.periods import Period, PeriodUse
from core.types import PassageFilter

FILTERS = frozenset({PeriodUse.FILTER, PeriodUse.SINCE})


def within_callers_dates(periods: Sequence[Period], where: PassageFilter) -> tuple[Period, ...]:
    """`periods` as preferences where the caller filters by date already: those dates hold."""
    if where.published_from is None and where.published_to is None:
        return tuple(periods)
    return _with_filters_as(PeriodUse.PREFERENCE, periods)


def lifted(periods: Sequence[Period]) -> tuple[Period, ...]:
    """`periods` after a search without their filters."""
    return _with_filters_as(PeriodUse.LIFTED, periods)


def narrowed(where: PassageFilter, periods: Sequence[Period]) -> PassageFilter | None:
    """`where` within the filters among `periods`, None if there are none.

    Several are one range from the first to the last: a question that compares two weeks wants
    both.
    """
    if not is_narrow(periods):
        return None
    filters = [one for one in periods if one.use in FILTERS]
    firsts = [one.first for one in filters if one.first is not None]
    lasts = [one.last for one in filters if one.last is not None and one.use is PeriodUse.FILTER]
    return replace(
        where,
        published_from=_begin(min(firsts)) if len(firsts) == len(filters) else None,
        published_to=_end(max(lasts)) if len(lasts) == len(filters) else None,
    )


def is_narrow(periods: Sequence[Period]) -> bool:
    """Whether a search for them leaves articles out."""
    return any(one.use in FILTERS for one in periods)


def was_lifted(periods: Sequence[Period]) -> bool:
    """Whether a search for them found nothing and was made without their filters."""
    return any(one.use is PeriodUse.LIFTED for one in periods)


def _with_filters_as(use: PeriodUse, periods: Sequence[Period]) -> tuple[Period, ...]:
    return tuple(replace(one, use=use) if one.use in FILTERS else one for one in periods)


def _begin(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)


def _end(day: date) -> datetime:
    return datetime.combine(day, time.max, tzinfo=UTC)
