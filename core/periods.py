"""Times that a question names, and what the search for its answer makes of them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class PeriodUse(StrEnum):
    """What a search makes of a time that its question names.

    FILTER: only articles published within the period are found. SINCE: only those published from
    its first day on, those of the period first. PREFERENCE: articles published in it or soon after
    come first among comparable ones. LATEST: so do newer ones; it has no days. LIFTED: nothing was
    published in the period, so the search was made without its filter.
    """

    FILTER = "filter"
    SINCE = "since"
    PREFERENCE = "preference"
    LATEST = "latest"
    LIFTED = "lifted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A time that a question names: `text == question[start:end]`, and how the search uses it.

    `first` and `last` are whole days in UTC, both inclusive; None leaves that end open.
    """

    text: str
    start: int
    end: int
    first: date | None
    last: date | None
    use: PeriodUse
