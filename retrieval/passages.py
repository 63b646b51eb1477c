"""Passages read from the store, kept for the next question."""

from collections import OrderedDict
from collections.abc import Sequence

from core.ports import PassageStore
from core.types import FoundPassage

CAPACITY = 4_000
"""Passages kept; some 4 kB each."""


class PassageReader:
    """A bounded least-recently-used cache over the store; used from one event loop.

    The id of a passage changes with any field of its article, so what is kept is never stale; a
    passage that was withdrawn is not found by a search any more.
    """

    def __init__(self, store: PassageStore, *, capacity: int = CAPACITY) -> None:
        self._store = store
        self._capacity = capacity
        self._kept: OrderedDict[str, FoundPassage] = OrderedDict()

    async def read(self, passage_ids: Sequence[str]) -> dict[str, FoundPassage]:
        """By id; those that the store does not hold any more are left out."""
        found = {key: self._kept[key] for key in passage_ids if key in self._kept}
        missing = [key for key in passage_ids if key not in found]
        if missing:
            found |= await self._store.read_passages(missing)
        for key, passage in found.items():
            self._kept[key] = passage
            self._kept.move_to_end(key)
        while len(self._kept) > self._capacity:
            self._kept.popitem(last=False)
        return found
