"""What a `PassageFilter` asks of a store, in terms that every engine can translate."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import MINYEAR, UTC, datetime

from core.backends import payload as keys
from core.types import PassageFilter


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """The field has, or its list holds, one of `values`; a missing field does not match."""

    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoneOf:
    """The field has none of `values`; a missing field matches."""

    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """The time lies in the range, ends included; a missing field does not match."""

    key: str
    earliest: datetime | None
    latest: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotLater:
    """The time is not later than `at`; a missing field matches."""

    key: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAmong:
    """The point's id is none of `ids`."""

    ids: tuple[str, ...]


Condition = AnyOf | NoneOf | Within | NotLater | NotAmong
"""One demand on a point; several together must all hold."""

PASSAGES = AnyOf(key=keys.KIND, values=(keys.PASSAGE,))
ARTICLES = AnyOf(key=keys.KIND, values=(keys.ARTICLE,))


def passages_within(where: PassageFilter) -> tuple[Condition, ...]:
    """Passages, as far as `where` lets them be found."""
    return (PASSAGES, *_within(where))


def articles_within(where: PassageFilter) -> tuple[Condition, ...]:
    """The articles themselves, whatever their status, as far as `where` lets them be found."""
    return (ARTICLES, *_within(where))


def _within(where: PassageFilter) -> tuple[Condition, ...]:
    conditions: list[Condition] = []
    choices = (
        (keys.LANGUAGE, where.languages),
        (keys.SOURCE, where.sources),
        (keys.SECTION, where.sections),
        (keys.TAGS, where.tags),
        (keys.ARTICLE_ID, where.article_ids),
    )
    conditions.extend(AnyOf(key=key, values=values) for key, values in choices if values)
    if where.except_languages:
        conditions.append(NoneOf(key=keys.LANGUAGE, values=where.except_languages))
    if where.except_articles:
        conditions.append(NoneOf(key=keys.ARTICLE_ID, values=where.except_articles))
    earliest, latest = where.published_from, where.published_to
    if earliest is not None or latest is not None:
        conditions.append(
            Within(
                key=keys.PUBLISHED_AT,
                earliest=None if earliest is None else _utc(earliest),
                latest=None if latest is None else _utc(latest),
            )
        )
    if where.visible_at is not None:
        conditions.append(NotLater(key=keys.EMBARGOED_UNTIL, at=_utc(where.visible_at)))
    return tuple(conditions)


def all_of_articles(article_ids: Iterable[str]) -> tuple[Condition, ...]:
    """Everything kept of these articles: the articles themselves and their passages."""
    return (AnyOf(key=keys.ARTICLE_ID, values=tuple(article_ids)),)


def passages_of(article_id: str) -> tuple[Condition, ...]:
    """The passages of one article."""
    return (PASSAGES, AnyOf(key=keys.ARTICLE_ID, values=(article_id,)))


def marks_of(article_ids: Iterable[str]) -> tuple[Condition, ...]:
    """The points that stand for these articles themselves."""
    return (ARTICLES, AnyOf(key=keys.ARTICLE_ID, values=tuple(article_ids)))


def stale_passages(article_ids: Iterable[str], *, fresh: Iterable[str]) -> tuple[Condition, ...]:
    """Passages of these articles whose ids are not `fresh`."""
    ids = tuple(fresh)
    known = (PASSAGES, AnyOf(key=keys.ARTICLE_ID, values=tuple(article_ids)))
    return (*known, NotAmong(ids=ids)) if ids else known


def _utc(value: datetime) -> datetime:
    """`value` in UTC; the first or last moment there is if UTC puts it beyond them."""
    try:
        return value.astimezone(UTC)
    except OverflowError:
        if value.year == MINYEAR:
            return datetime.min.replace(tzinfo=UTC)
        return datetime.max.replace(tzinfo=UTC)
