"""Takes items from their source in batches that bound memory and never hold an id twice."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from indexing.sources.items import Position, SourceArticle, SourceItem

MAX_ARTICLES = 64
MAX_CHARS = 4_000_000
"""Of article bodies in one batch; one article may be longer alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Items in reading order, and the place up to which was read."""

    items: tuple[SourceItem, ...]
    position: Position | None


class BatchReader:
    """Cuts a stream of items into batches; reads one item ahead at most."""

    def __init__(self, items: Iterable[SourceItem]) -> None:
        self._items: Iterator[SourceItem] = iter(items)
        self._held: SourceItem | None = None

    def next(self) -> Batch | None:
        """The next batch; None at the end. Blocks while the source does."""
        items: list[SourceItem] = []
        ids: set[str] = set()
        chars = 0
        position: Position | None = None
        while len(items) < MAX_ARTICLES and (item := self._next_item()) is not None:
            if isinstance(item, SourceArticle):
                size = len(item.article.body)
                if item.article.id in ids or (items and chars + size > MAX_CHARS):
                    self._held = item
                    break
                ids.add(item.article.id)
                chars += size
                position = item.position
            items.append(item)
        return Batch(items=tuple(items), position=position) if items else None

    def _next_item(self) -> SourceItem | None:
        held, self._held = self._held, None
        return held if held is not None else next(self._items, None)
