"""Where folded text stands in the text that it was folded from."""

import unicodedata
from functools import lru_cache

from retrieval.verification.literals import readable


class FoldedText:
    """`folded` is `readable(text)`, each place of which is known in `text`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.folded = readable(text)
        pieces = [_readable_character(character) for character in text]
        self._ends: list[int] | None = None
        if "".join(pieces) == self.folded:
            ends, length = [], 0
            for piece in pieces:
                length += len(piece)
                ends.append(length)
            self._ends = ends

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """The run of `text` that reads as `folded[start:end]`, not empty; None if none is sure."""
        found = self._searched(start, end) if self._ends is None else self._known(start, end)
        return None if found is None else (found[0], self._behind_marks(found[1]))

    def _known(self, start: int, end: int) -> tuple[int, int] | None:
        ends = self._ends or []
        first = next((i for i, length in enumerate(ends) if length > start), None)
        last = next((i for i, length in enumerate(ends) if length >= end), None)
        return None if first is None or last is None else (first, last + 1)

    def _searched(self, start: int, end: int) -> tuple[int, int] | None:
        """Roman numerals and composed letters fold together: found by what the run reads as."""
        wanted = self.folded[start:end]
        guess = start
        for first in sorted(range(len(self.text)), key=lambda place: abs(place - guess)):
            # The longest, so that a word keeps an ending that folding takes off.
            for last in range(min(len(self.text), first + 2 * len(wanted) + 2), first, -1):
                run = self.text[first:last]
                if run.strip() == run and readable(run) == wanted:
                    return first, last
            if abs(first - guess) > _NEAR:
                break
        return None

    def _behind_marks(self, end: int) -> int:
        """The end of a run with the marks on its last letter."""
        while end < len(self.text) and unicodedata.category(self.text[end]) == "Mn":
            end += 1
        return end


_NEAR = 30
"""Characters by which folding may have moved a place."""


@lru_cache(maxsize=10_000)
def _readable_character(character: str) -> str:
    return readable(character)
