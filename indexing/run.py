"""One run over many articles: its state, and which articles are written together."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import anyio

from core.ports import Verdict
from indexing.batches import Batch
from indexing.preparation import PreparedArticle
from indexing.report import Progress, Tally
from indexing.sources.items import Position, Rejection, SkippedFile

GROUP_PASSAGES = 64
"""An article more is taken until a group has so many; a group becomes durable as a whole. A rest
of less than half as many goes with the group before."""

BATCHES_AT_A_TIME = 2
"""One is read, cut and written while the other is embedded, so that the model never waits."""


@dataclass(frozen=True, slots=True)
class Place:
    """How far a run has read: in which batch, and to which position."""

    batch: int
    position: Position | None


@dataclass(slots=True)
class Run:
    """The state of one run; its locks are taken by the batches in the order of reading."""

    tally: Tally
    started: float
    on_progress: Callable[[Progress], None]
    place: Place = Place(-1, None)
    passages_embedded: int = 0
    slots: anyio.Semaphore = field(default_factory=lambda: anyio.Semaphore(BATCHES_AT_A_TIME))
    preparing: anyio.Lock = field(default_factory=anyio.Lock)
    embedding: anyio.Lock = field(default_factory=anyio.Lock)

    def reached(self, place: Place | None) -> None:
        """Move on to `place`; never back to an earlier batch."""
        if place is not None and place.position is not None and place.batch >= self.place.batch:
            self.place = place


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """An article that has passages to be embedded, what it replaces and where it was read."""

    prepared: PreparedArticle
    verdict: Verdict
    version: int
    place: Place | None = None


def count_others(batch: Batch, tally: Tally) -> None:
    """Count what is no article, and what of the articles is ignored."""
    for item in batch.items:
        if isinstance(item, Rejection):
            tally.reject(item)
        elif isinstance(item, SkippedFile):
            tally.skip(item)
        else:
            tally.ignore(item.ignored_keys, source=item.source)


def groups(ready: Sequence[Ready]) -> Iterator[list[Ready]]:
    """Articles to be written together; a short rest goes with the last group."""
    group: list[Ready] = []
    passages = 0
    left = sum(len(each.prepared.texts) for each in ready)
    for each in ready:
        group.append(each)
        passages += len(each.prepared.texts)
        left -= len(each.prepared.texts)
        if passages >= GROUP_PASSAGES and left >= GROUP_PASSAGES // 2:
            yield group
            group, passages = [], 0
    if group:
        yield group
