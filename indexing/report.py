"""What became of the articles of a run, and how far it has come."""

from collections import Counter
from dataclasses import dataclass
from difflib import get_close_matches

from core.ports import Verdict
from indexing.display import shown
from indexing.schema import OTHER_NAMES, ArticleRecord
from indexing.sources.files import KNOWN_TYPES
from indexing.sources.items import Position, Rejection, SkippedFile

MAX_KEYS_NAMED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexReport:
    """Counts of what is durable; `passages` were written, `seconds` is wall time."""

    indexed: int
    updated: int
    unchanged: int
    rejected: tuple[Rejection, ...]
    passages: int
    seconds: float
    notices: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values, as `sanad index --json` prints them."""
        return {
            "indexed": self.indexed,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "rejected": [{"source": each.source, "reason": each.reason} for each in self.rejected],
            "passages": self.passages,
            "seconds": round(self.seconds, 3),
            "notices": list(self.notices),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run has come; `report` counts what is durable by then.

    `articles` are all that were dealt with, whatever became of them; `passages_embedded`
    grows within a long article too. `bytes_total` is None where it cannot be known.
    """

    articles: int
    passages_embedded: int
    file: str
    bytes_read: int
    bytes_total: int | None
    report: IndexReport


class Tally:
    """Counts during a run."""

    def __init__(self) -> None:
        self._verdicts: Counter[Verdict] = Counter()
        self._rejected: list[Rejection] = []
        self._passages = 0
        self._skipped: Counter[str] = Counter()
        self._ignored: Counter[str] = Counter()
        self._first_ignored: dict[str, str] = {}

    @property
    def articles(self) -> int:
        """All that were dealt with."""
        return self._verdicts.total() + len(self._rejected)

    def add(self, verdict: Verdict, *, passages: int = 0) -> None:
        """One article, durable, with as many passages written."""
        self._verdicts[verdict] += 1
        self._passages += passages

    def reject(self, rejection: Rejection) -> None:
        """Something that was refused."""
        self._rejected.append(rejection)

    def skip(self, file: SkippedFile) -> None:
        """A file of a type that is not read."""
        self._skipped[file.suffix] += 1

    def ignore(self, keys: tuple[str, ...], *, source: str) -> None:
        """Keys of a record that mean nothing to us; beyond MAX_KEYS_NAMED names they are pooled."""
        for key in keys:
            named = key if key in self._ignored or len(self._ignored) < MAX_KEYS_NAMED else ""
            self._ignored[named] += 1
            self._first_ignored.setdefault(named, source)

    def report(self, *, seconds: float) -> IndexReport:
        """The counts as they stand."""
        return IndexReport(
            indexed=self._verdicts[Verdict.INDEXED],
            updated=self._verdicts[Verdict.UPDATED],
            unchanged=self._verdicts[Verdict.UNCHANGED],
            rejected=tuple(self._rejected),
            passages=self._passages,
            seconds=seconds,
            notices=self._notices(),
        )

    def progress(
        self, *, seconds: float, position: Position | None, passages_embedded: int
    ) -> Progress:
        """The counts as they stand, and the place up to which was read."""
        return Progress(
            articles=self.articles,
            passages_embedded=passages_embedded,
            file="" if position is None else position.file,
            bytes_read=0 if position is None else position.bytes_read,
            bytes_total=None if position is None else position.bytes_total,
            report=self.report(seconds=seconds),
        )

    def _notices(self) -> tuple[str, ...]:
        notices = [self._key_notice(key, count) for key, count in self._ignored.items()]
        if self._skipped:
            kinds = ", ".join(f"{suffix} {n}" for suffix, n in sorted(self._skipped.items()))
            notices.append(
                f"files of other types left aside: {self._skipped.total()} ({kinds}); "
                f"Sanad reads {KNOWN_TYPES}"
            )
        return tuple(notices)

    def _key_notice(self, key: str, count: int) -> str:
        place = f"in {count} article{'s' if count > 1 else ''}, first at {self._first_ignored[key]}"
        if not key:
            return f"more unknown keys ignored, {count} times, first at {self._first_ignored[key]}"
        if key in OTHER_NAMES:
            return f"key {shown(key)} ignored {place}: {OTHER_NAMES[key]!r} is given as well"
        known = [*ArticleRecord.model_fields, *OTHER_NAMES]
        close = get_close_matches(key.casefold(), known, n=1, cutoff=0.75)
        hint = f": did you mean {close[0]!r}?" if close else ""
        return f"unknown key {shown(key)} ignored {place}{hint}"
