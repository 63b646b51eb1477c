"""The few sentences that Sanad says itself, in the reader's language."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files

from core.display import isolated
from core.types import AnswerStatus, Citation

FALLBACK = "en"

RIGHT_TO_LEFT = frozenset({"ar", "fa"})
"""Of the languages that we write in."""

OLD_AFTER = timedelta(days=365)
"""Age from which a reader is told how old the newest evidence is."""


class Wording:
    """Sentences in one language, English where a language is not written yet."""

    def __init__(self, language: str) -> None:
        primary = language.split("-", 1)[0].lower()
        self.language = primary if primary in _sentences()["nothing_found"] else FALLBACK

    def say(self, key: str, **values: str) -> str:
        """The sentence `key` with its blanks filled; no value moves what stands around it."""
        shown = {name: self.isolated(value) for name, value in values.items()}
        return _sentences()[key][self.language].format(**shown)

    def isolated(self, value: str) -> str:
        """`value` to be put beside words of ours: see `core.display.isolated`."""
        return isolated(value, in_rtl=self.language in RIGHT_TO_LEFT)


def notices_for(
    status: AnswerStatus, citations: Sequence[Citation], *, wording: Wording, now: datetime
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
    if dates and now - max(dates) > OLD_AFTER:
        notices.append(wording.say("old", date=f"{max(dates):%Y-%m-%d}"))
    return tuple(notices)


@cache
def _sentences() -> dict[str, dict[str, str]]:
    text = (files("retrieval") / "wording.json").read_text(encoding="utf-8")
    sentences: dict[str, dict[str, str]] = json.loads(text)
    return sentences
