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
        self._kept: OrderedDict[tuple[str, int], TokenVectors] = OrderedDict()

    async def of(self, candidates: Sequence[Candidate]) -> list[TokenVectors]:
        """One entry a candidate; passage ids change with their text, so none is stale."""
        keys = [(candidate.hit.passage.id, candidate.order) for candidate in candidates]
        return await self._of(keys, [candidate.text for candidate in candidates])

    async def of_titles(self, candidates: Sequence[Candidate]) -> dict[str, TokenVectors]:
        """The vectors of the candidates' titles by article id."""
        titles = {candidate.hit.header.id: candidate.hit.header.title for candidate in candidates}
        keys = [(f"title {title}", 0) for title in titles.values()]
        return dict(zip(titles, await self._of(keys, list(titles.values())), strict=True))

    async def _of(
        self, keys: Sequence[tuple[str, int]], texts: Sequence[str]
    ) -> list[TokenVectors]:
        found = {key: self._kept[key] for key in keys if key in self._kept}
        missing = [i for i, key in enumerate(keys) if key not in found]
        if missing:
            fresh = await self._embedder.embed_passage_tokens([texts[i] for i in missing])
            found |= {keys[i]: vectors for i, vectors in zip(missing, fresh, strict=True)}
        self._keep(found)
        return [found[key] for key in keys]

    def _keep(self, found: dict[tuple[str, int], TokenVectors]) -> None:
        for key, vectors in found.items():
            self._kept[key] = vectors
            self._kept.move_to_end(key)
        while len(self._kept) > self._capacity:
            self._kept.popitem(last=False)
