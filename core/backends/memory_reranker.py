"""An in-memory double of the reranker that obeys the port and can rank."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from core.backends.reranker_pairs import refuse_invalid_unicode
from core.identity import RerankerIdentity

_WORD = re.compile(r"\w+")
_LETTERS = 3


class OverlapReranker:
    """Scores by the share of the question's words, and of their parts, that the text holds.

    Deterministic on every machine.
    """

    def __init__(self, *, max_tokens: int = 1_000_000) -> None:
        """A reranker that reads `max_tokens` words of a text."""
        self._identity = RerankerIdentity(
            model="double:overlap", revision="1", precision="exact", max_tokens=max_tokens
        )

    @property
    def identity(self) -> RerankerIdentity:
        """What changes the scores."""
        return self._identity

    async def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """One score a text in [0, 1]; 0 for a question without words."""
        given = list(texts)
        refuse_invalid_unicode(question, given)
        wanted = set(self._features(question))
        return [
            len(wanted & set(self._features(text))) / len(wanted) if wanted else 0.0
            for text in given
        ]

    def _features(self, text: str) -> Iterator[str]:
        normalised = unicodedata.normalize("NFKC", text).casefold()
        for word in _WORD.findall(normalised)[: self._identity.max_tokens]:
            yield f"word {word}"
            for start in range(len(word) - _LETTERS + 1):
                yield word[start : start + _LETTERS]
