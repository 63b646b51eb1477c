"""Vectors of candidate sentences, computed on demand and kept for the next question."""

from collections.abc import Sequence

from core.ports import TokenEmbedder
from core.types import TokenVectors
from retrieval.evidence import Candidate
from retrieval.kept import Kept

CAPACITY = 1_500
"""Sentences kept; about 60 kB each at 40 tokens of 384 dimensions."""


class SentenceVectors:
    """Kept by text: an article that is written anew brings most of its sentences again."""

    def __init__(self, embedder: TokenEmbedder, *, capacity: int = CAPACITY) -> None:
        self._embedder = embedder
        self._vectors = Kept(self._embed, capacity=capacity)

    async def of(self, candidates: Sequence[Candidate]) -> list[TokenVectors]:
        """One entry a candidate, in order."""
        found = await self._vectors.get([candidate.text for candidate in candidates])
        return [found[candidate.text] for candidate in candidates]

    async def of_titles(self, candidates: Sequence[Candidate]) -> dict[str, TokenVectors]:
        """The vectors of the candidates' titles by article id."""
        titles = {candidate.hit.header.id: candidate.hit.header.title for candidate in candidates}
        found = await self._vectors.get(list(titles.values()))
        return {key: found[title] for key, title in titles.items()}

    async def _embed(self, texts: Sequence[str]) -> dict[str, TokenVectors]:
        return dict(zip(texts, await self._embedder.embed_passage_tokens(texts), strict=True))
