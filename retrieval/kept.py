"""Values that are costly to get, kept for the next question."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Generic, TypeVar

V = TypeVar("V")


class Kept(Generic[V]):
    """A bounded least-recently-used cache in front of `fetch`; used from one event loop.

    For values that never change under their key: nothing kept is ever fetched again.
    """

    def __init__(
        self, fetch: Callable[[Sequence[str]], Awaitable[Mapping[str, V]]], *, capacity: int
    ) -> None:
        """`fetch` gives the values by key and leaves out keys that have none."""
        self._fetch = fetch
        self._capacity = capacity
        self._values: OrderedDict[str, V] = OrderedDict()

    async def get(self, keys: Sequence[str]) -> dict[str, V]:
        """By key; those that have no value are left out. Raises what `fetch` raises."""
        found = {key: self._values[key] for key in keys if key in self._values}
        missing = [key for key in dict.fromkeys(keys) if key not in found]
        if missing:
            found |= await self._fetch(missing)
        for key, value in found.items():
            self._values[key] = value
            self._values.move_to_end(key)
        while len(self._values) > self._capacity:
            self._values.popitem(last=False)
        return found
