"""The few sentences that Sanad says itself, in the reader's language."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files

from core.conflicts import Conflict, FigureClaim
from core.display import isolated
from core.periods import Period, PeriodUse
from core.types import AnswerStatus, Citation

FALLBACK = "en"

RIGHT_TO_LEFT = frozenset({"ar", "fa"})
"""Of the languages that we write in."""

OLD_AFTER = timedelta(days=365)
"""Age from which a reader is told how old the newest evidence is."""

OLD_NEWS_AFTER = timedelta(days=30)
"""The same, where the question is about the present."""


class Wording:
    """Sentences in one language, English where a language is not written yet."""

    def __init__(self, language: str) -> None:
        primary = language.split("-", 1)[0].lower()
        self.language = primary if primary in _sentences()["nothing_found"] else FALLBACK

    def say(self, key: str, **values: str) -> str:
        """The sentence `key` with its blanks filled; no value moves what stands around it."""
        shown = {name: self.isolated(value) for name, value in values.items()}
        return _sentences()[key][self.language].format(**shown)

    def join(self, key: str, **parts: str) -> str:
        """The sentence `key` with parts that `say` made; what they hold is isolated already."""
        return _sentences()[key][self.language].format(**parts)

    def isolated(self, value: str) -> str:
        """`value` to be put beside words of ours: see `core.display.isolated`."""
        return isolated(value, in_rtl=self.language in RIGHT_TO_LEFT)


def notices_of(periods: Sequence[Period], *, language: str) -> tuple[str, ...]:
    """What a reader should know of the times of a question: which articles were left out."""
    return tuple(
        Wording(language).say(key, text=one.text, first=str(one.first), last=str(one.last))
        for one in periods
        if (key := _sentence_of(one)) is not None
    )


def load_wording() -> None:
    """Read the sentences, which are else read when the first one is said."""
    _sentences()


def notices_for(
    status: AnswerStatus,
    citations: Sequence[Citation],
    *,
    wording: Wording,
    now: datetime,
    periods: Sequence[Period] = (),
) -> tuple[str, ...]:
    """What a reader should know about an answer: doubt, other languages, corrections, age."""
    if not citations:
        return ()
    notices = []
    if status is AnswerStatus.PARTIAL:
        notices.append(wording.say("partial"))
    if all(citation.header.language != wording.language for citation in citations):
        notices.append(wording.say("other_language"))
    corrected = {c.header.id: c.header for c in citations if c.header.corrections}
    for header in corrected.values():
        latest = max(header.corrections, key=lambda correction: correction.at)
        notices.append(
            wording.say(
                "corrected", title=header.title, date=f"{latest.at:%Y-%m-%d}", text=latest.text
            )
        )
    dates = [c.header.published_at for c in citations if c.header.published_at is not None]
    if dates and now - max(dates) > _old_after(periods, now=now):
        notices.append(wording.say("old", date=f"{max(dates):%Y-%m-%d}"))
    return tuple(notices)


def _sentence_of(period: Period) -> str | None:
    if period.use is PeriodUse.LIFTED:
        return "period_lifted"
    if period.use is PeriodUse.SINCE or (period.use is PeriodUse.FILTER and period.last is None):
        return "only_since"
    if period.use is PeriodUse.FILTER:
        return "only_until" if period.first is None else "only_within"
    return None


def _old_after(periods: Sequence[Period], *, now: datetime) -> timedelta:
    """For a question about our time, and for one about the past, of which old evidence is right."""
    if any(one.use in {PeriodUse.LATEST, PeriodUse.SINCE} for one in periods):
        return OLD_NEWS_AFTER
    if any(one.last is not None and now.date() - one.last > OLD_AFTER for one in periods):
        return timedelta.max
    return OLD_AFTER


def conflict_notices(conflicts: Sequence[Conflict], *, wording: Wording) -> tuple[str, ...]:
    """One notice a conflict: each figure with its source and date, the newest first."""
    return tuple(
        wording.join(
            "conflict",
            claims="; ".join(_claim(claim, wording) for claim in conflict.claims),
        )
        for conflict in conflicts
    )


def _claim(claim: FigureClaim, wording: Wording) -> str:
    header = claim.header
    date = "" if header.published_at is None else f"{header.published_at:%Y-%m-%d}"
    key = "conflict_claim" if date else "conflict_claim_undated"
    return wording.say(key, figure=claim.figure, source=header.source or header.title, date=date)


@cache
def _sentences() -> dict[str, dict[str, str]]:
    text = (files("retrieval") / "wording.json").read_text(encoding="utf-8")
    sentences: dict[str, dict[str, str]] = json.loads(text)
    return sentences
