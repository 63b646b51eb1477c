"""How many answers are under way for whom, in this process."""

from collections import Counter
from collections.abc import Mapping


class Seats:
    """Counts answers by holder; a holder that has none takes no memory."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()

    def take(self, limits: Mapping[str, int]) -> str | None:
        """Take a seat of every holder; the first one without a free seat if there is one.

        Then none is taken.
        """
        for holder, limit in limits.items():
            if self.taken[holder] >= limit:
                return holder
        self.taken.update(limits.keys())
        return None

    def leave(self, limits: Mapping[str, int]) -> None:
        """Give back what `take` took."""
        self.taken.subtract(limits.keys())
        for holder in limits:
            if self.taken[holder] <= 0:
                del self.taken[holder]
