"""Which passages may be found."""

from dataclasses import dataclass, fields, replace
from datetime import datetime

from core.errors import InvalidFilter


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageFilter:
    """Which passages may be found; an empty tuple or None does not restrict.

    Values within a field are alternatives, fields are combined; `except_languages` and
    `except_articles` leave their values out. Dates are inclusive; an article without a date is
    outside every date range. `visible_at` hides articles whose embargo ends later.

    Raises:
        InvalidFilter: the range is reversed or a time has no zone.
    """

    published_from: datetime | None = None
    published_to: datetime | None = None
    languages: tuple[str, ...] = ()
    except_languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    article_ids: tuple[str, ...] = ()
    except_articles: tuple[str, ...] = ()
    visible_at: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot mean anything."""
        for name in ("published_from", "published_to", "visible_at"):
            value: datetime | None = getattr(self, name)
            if value is not None and value.tzinfo is None:
                raise InvalidFilter(f"{name} {value.isoformat()} has no time zone: add Z or +03:00")
        if (
            self.published_from is not None
            and self.published_to is not None
            and self.published_from > self.published_to
        ):
            raise InvalidFilter(
                f"published_from {self.published_from.isoformat()} is later than "
                f"published_to {self.published_to.isoformat()}: swap them"
            )


def intersection(asked: PassageFilter, allowed: PassageFilter) -> PassageFilter:
    """What fits both filters; it is never wider than either.

    `visible_at` is the earlier of both.

    Raises:
        InvalidFilter: nothing can fit both; names the values of `asked` that are outside.
    """
    starts = [one.published_from for one in (asked, allowed) if one.published_from is not None]
    ends = [one.published_to for one in (asked, allowed) if one.published_to is not None]
    seen = [one.visible_at for one in (asked, allowed) if one.visible_at is not None]
    lists: dict[str, tuple[str, ...]] = {
        field.name: _common(field.name, getattr(asked, field.name), getattr(allowed, field.name))
        for field in fields(PassageFilter)
        if isinstance(field.default, tuple)
    }
    return replace(
        asked,
        published_from=max(starts, default=None),
        published_to=min(ends, default=None),
        visible_at=min(seen, default=None),
        **lists,
    )


def _common(name: str, asked: tuple[str, ...], allowed: tuple[str, ...]) -> tuple[str, ...]:
    if name.startswith("except_"):
        return tuple(dict.fromkeys((*asked, *allowed)))
    if not asked or not allowed:
        return asked or allowed
    common = tuple(value for value in asked if value in allowed)
    if not common:
        shown = ", ".join(repr(value[:100]) for value in asked[:5])
        raise InvalidFilter(f"{name}: {shown} is outside of what may be asked here: leave it out")
    return common
