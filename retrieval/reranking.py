"""The first passages read again, each together with the question, and put in a better order."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from core.ports import Reranker
from core.types import FoundPassage
from retrieval.fusion import Ranked
from retrieval.query import Contribution, Explanation

ReadPassages = Callable[[Sequence[str]], Awaitable[Mapping[str, FoundPassage]]]
"""Passages by id; those withdrawn meanwhile are left out."""


class RankedPassages(Protocol):
    """Passages best first, unread, and why each stands where it stands."""

    @property
    def ranked(self) -> Sequence[Ranked]:
        """Best first; scores never rise."""
        ...

    def explain(self, passage_id: str) -> Explanation:
        """Of a ranked passage."""
        ...


class Reranking:
    """Puts the first `depth` passages of a ranking in the order of a reranker."""

    def __init__(self, reranker: Reranker, *, depth: int) -> None:
        """Reads at most `depth` >= 1 passages a question."""
        self._reranker = reranker
        self._depth = depth

    async def reorder(
        self, question: str, ranking: RankedPassages, *, read: ReadPassages
    ) -> "Reranked":
        """`ranking` with its first passages reordered. Raises what the reranker and `read` raise.

        A text is read with the title of its article: a passage from the middle of an article
        often does not name what it is about.
        """
        first = [one.passage_id for one in ranking.ranked[: self._depth]]
        found = await read(first)
        texts = {key: as_read(found[key]) for key in first if key in found}
        scores = await self._reranker.score(question, list(texts.values()))
        return Reranked(ranking, dict(zip(texts, scores, strict=True)), depth=self._depth)


class Reranked:
    """A ranking whose first `depth` passages stand in the order of the reranker's scores.

    Ties keep the order they had; those of the first `depth` without a score were withdrawn
    meanwhile and are left out. The passages take over the scores that stood at their places:
    so scores still fall, in the unit of the others, and mean to what follows (evidence,
    abstention) what they meant. What a passage gained or lost is the reranker's contribution.
    """

    def __init__(self, ranking: RankedPassages, scores: Mapping[str, float], *, depth: int) -> None:
        self._ranking = ranking
        self._scores = scores
        before = [one for one in ranking.ranked[:depth] if one.passage_id in scores]
        after = sorted(before, key=lambda one: -scores[one.passage_id])  # stable
        self._before = {one.passage_id: place for place, one in enumerate(before, 1)}
        self._after = {one.passage_id: place for place, one in enumerate(after, 1)}
        self._gains = {
            one.passage_id: there.score - one.score
            for one, there in zip(after, before, strict=True)
        }
        self.ranked: Sequence[Ranked] = [
            *(
                Ranked(one.passage_id, there.score)
                for one, there in zip(after, before, strict=True)
            ),
            *ranking.ranked[depth:],
        ]

    def explain(self, passage_id: str) -> Explanation:
        """What the legs and the reranker say of a ranked passage."""
        why = self._ranking.explain(passage_id)
        if passage_id not in self._scores:
            return why
        score = self._scores[passage_id]
        before, after = self._before[passage_id], self._after[passage_id]
        moved = f"stays at {after}" if before == after else f"from place {before} to {after}"
        part = Contribution(
            name="reranker",
            value=self._gains[passage_id],
            weight=1.0,
            note=f"reads as {score:.3f}, {moved}",
        )
        return replace(
            why,
            reranker_score=score,
            reranker_rank=after,
            contributions=(*why.contributions, part),
        )


def as_read(found: FoundPassage) -> str:
    """A passage as the reranker reads it: its article's title, then its text."""
    return f"{found.header.title}\n{found.passage.text}".strip()
