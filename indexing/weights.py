"""Token counts of the pieces of one article, each counted once."""

from collections.abc import Iterable

from core.ports import TokenCounter
from indexing.packing import CHARS_PER_WEIGHT


class Weights:
    """Counts, and weighs, the texts of one article."""

    def __init__(self, counter: TokenCounter) -> None:
        self._counter = counter
        self._tokens: dict[str, int] = {"": 0}

    def add(self, texts: Iterable[str]) -> None:
        """Count many at once, which is several times as fast as one by one."""
        unknown = list(dict.fromkeys(text for text in texts if text not in self._tokens))
        self._tokens.update(zip(unknown, self._counter.count_tokens(unknown), strict=True))

    def tokens(self, text: str) -> int:
        """The tokens of `text`, as the embedder counts them."""
        if text not in self._tokens:
            self.add([text])
        return self._tokens[text]

    def __call__(self, text: str) -> int:
        """The tokens of `text`, or its characters over CHARS_PER_WEIGHT if that is more."""
        return max(self.tokens(text), -(-len(text) // CHARS_PER_WEIGHT))
