"""What a reader says of an answer, and what is kept of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class FeedbackVerdict(StrEnum):
    """How the answer was."""

    HELPFUL = "helpful"
    WRONG = "wrong"
    MISSING_SOURCE = "missing_source"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What one reader said of one answer, with nothing about the reader.

    `citation` is the number that it is about, None for the answer as a whole. `question` is kept
    only where the reader sent it along for that. `site` is the public site that it came from.
    """

    id: str
    at: datetime
    answer_id: str
    verdict: FeedbackVerdict
    citation: int | None = None
    comment: str | None = None
    question: str | None = None
    site: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackPage:
    """Feedback in the order in which it came; `place` is the one behind its last entry.

    `has_more` tells whether something stands behind that place.
    """

    entries: tuple[Feedback, ...]
    place: str
    has_more: bool
