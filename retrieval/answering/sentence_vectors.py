"""Vectors of candidate sentences, computed on demand and kept for the next question."""

from collections import OrderedDict
from collections.abc import Sequence

from core.ports import TokenEmbedder
from core.types import TokenVectors
from retrieval.evidence import Candidate

CAPACITY = 1_500
"""Sentences kept; about 60 kB each at 40 tokens of 384 dimensions."""


class SentenceVectors:
    """A bounded least-recently-used cache over the embedder; used from one event loop."""

    def __init__(self, embedder: TokenEmbedder, *, capacity: int = CAPACITY) -> None:
        self._embedder = embedder
        self._capacity = capacity
        self._kept: OrderedDict[str, TokenVectors] = OrderedDict()

    async def of(self, candidates: Sequence[Candidate]) -> list[TokenVectors]:
        """One entry a candidate, in order."""
        found = await self._of([candidate.text for candidate in candidates])
        return [found[candidate.text] for candidate in candidates]

    async def of_titles(self, candidates: Sequence[Candidate]) -> dict[str, TokenVectors]:
        """The vectors of the candidates' titles by article id."""
        titles = {candidate.hit.header.id: candidate.hit.header.title for candidate in candidates}
        found = await self._of(list(titles.values()))
        return {key: found[title] for key, title in titles.items()}

    async def _of(self, texts: Sequence[str]) -> dict[str, TokenVectors]:
        """By text: an article that is written anew brings most of its sentences again."""
        found = {text: self._kept[text] for text in texts if text in self._kept}
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        if missing:
            fresh = await self._embedder.embed_passage_tokens(missing)
            found |= dict(zip(missing, fresh, strict=True))
        for text, vectors in found.items():
            self._kept[text] = vectors
            self._kept.move_to_end(text)
        while len(self._kept) > self._capacity:
            self._kept.popitem(last=False)
        return found
