"""A figure of a text with all that it may mean."""

from dataclasses import dataclass

Reading = tuple[str, float]
"""What a figure may mean: ("number", 5.0), ("share", 0.05), ("time", minutes after midnight), or
a duration in "months", "days" or "minutes"."""

DURATIONS = frozenset({"months", "days", "minutes"})
"""Kinds of readings that are spans of time."""

HALF = 0.5
_SAME = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A figure of a folded text, `text[start:end]`.

    `readings` is all that it may mean; `scale` is the word such as a million in it; `unit` names
    what is counted where a known word says so; `is_approximate` tells that a word such as "about"
    stands before it.
    """

    readings: frozenset[Reading]
    unit: str | None
    start: int
    end: int
    scale: int = 1
    is_approximate: bool = False
    is_spelled: bool = False

    @property
    def value(self) -> float:
        """The largest number that it may mean, or else share or time."""
        return max(self.readings, key=lambda reading: (reading[0] == "number", reading[1]))[1]

    def may_mean(self, value: float) -> bool:
        """Whether the plain number `value` is one of the readings."""
        return any(
            kind == "number" and abs(own - value) <= _SAME * max(1.0, abs(value))
            for kind, own in self.readings
        )
