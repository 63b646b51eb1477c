"""Two ranked lists become one: normalised dense scores plus lexical scores where they count.

The lexical leg can only judge passages in the query's language; elsewhere it matches numbers
and Latin names by accident and would bury the right answers (blind fusion costs a third of
nDCG@10 from English to Arabic). So its weight is 0 across languages.
"""

from collections.abc import Sequence

from core.types import Passage, ScoredPassage
from retrieval.cohort import CohortScales
from retrieval.query import Explanation, SearchHit, SearchMode

LEXICAL_WEIGHT = 3.0
"""Worth of the best lexical match in deviations of the dense score.

XQuAD, open half, 240 paragraphs: nDCG@10 ar->ar .926 (0), .964 (2), .969 (3), .967 (4);
en->en .968, .978, .979, .978.
"""

LEXICAL_NEUTRAL = 0.75
"""Lexical score, as a share of the best, that is worth nothing.

The best lexical match of a question may be a poor one, so passages in the question's language
must not all gain on those in others. Five languages in one index, nDCG@10 with 0 / .5 / .7 / 1:
answer only in Arabic, en->ar .433 / .579 / .633 / .660; answer only in English, en->en
.970 / .963 / .955 / .912.
"""


def fuse(
    dense: Sequence[ScoredPassage],
    lexical: Sequence[ScoredPassage],
    *,
    scales: CohortScales,
    language: str,
    mode: SearchMode,
) -> list[SearchHit]:
    """Every passage of both legs once, best first, ties by passage id; ranks count from 1.

    The dense score is the cosine in deviations above the cohort of the passage's language;
    the lexical score is divided by the best one. A passage that the dense leg did not return
    is given the lowest dense score returned for its language: it cannot have more.
    """
    legs = _Legs(dense, lexical, scales=scales)
    scored = []
    for hit in {hit.passage.id: hit for hit in (*lexical, *dense)}.values():
        weight = LEXICAL_WEIGHT if hit.passage.language == language else 0.0
        if mode is not SearchMode.HYBRID:
            weight = 1.0
        explanation = legs.explain(hit.passage, lexical_weight=weight)
        scored.append((_fused(explanation), hit, explanation))
    scored.sort(key=lambda row: (-row[0], row[1].passage.id))
    return [
        SearchHit(
            rank=rank, score=score, passage=hit.passage, header=hit.header, explanation=explanation
        )
        for rank, (score, hit, explanation) in enumerate(scored, start=1)
    ]


class _Legs:
    """Scores and ranks of both legs by passage id."""

    def __init__(
        self,
        dense: Sequence[ScoredPassage],
        lexical: Sequence[ScoredPassage],
        *,
        scales: CohortScales,
    ) -> None:
        self._dense = {hit.passage.id: (hit.score, rank) for rank, hit in enumerate(dense, 1)}
        self._lexical = {hit.passage.id: (hit.score, rank) for rank, hit in enumerate(lexical, 1)}
        self._normalised = {
            hit.passage.id: scales.normalise(hit.score, language=hit.passage.language)
            for hit in dense
        }
        self._floors = _floors(dense, self._normalised)
        self._best_lexical = max((hit.score for hit in lexical), default=1.0)

    def explain(self, passage: Passage, *, lexical_weight: float) -> Explanation:
        """What each leg says of `passage`."""
        dense_score, dense_rank = self._dense.get(passage.id, (None, None))
        lexical_score, lexical_rank = self._lexical.get(passage.id, (None, None))
        floor = self._floors.get(passage.language, 0.0)
        return Explanation(
            dense_score=dense_score,
            dense_rank=dense_rank,
            lexical_score=lexical_score,
            lexical_rank=lexical_rank,
            dense_normalised=self._normalised.get(passage.id, floor),
            lexical_normalised=(lexical_score or 0.0) / self._best_lexical,
            lexical_weight=lexical_weight,
        )


def best_of_each_article(hits: Sequence[SearchHit]) -> list[SearchHit]:
    """The first hit of each article, in order, ranks counted anew."""
    first: dict[str, SearchHit] = {}
    for hit in hits:
        first.setdefault(hit.header.id, hit)
    return renumbered(list(first.values()), first_rank=1)


def renumbered(hits: Sequence[SearchHit], *, first_rank: int) -> list[SearchHit]:
    """The same hits with consecutive ranks."""
    return [
        SearchHit(
            rank=rank,
            score=hit.score,
            passage=hit.passage,
            header=hit.header,
            explanation=hit.explanation,
        )
        for rank, hit in enumerate(hits, start=first_rank)
    ]


def _fused(explanation: Explanation) -> float:
    return explanation.dense_normalised + explanation.lexical_weight * (
        explanation.lexical_normalised - LEXICAL_NEUTRAL
    )


def _floors(dense: Sequence[ScoredPassage], normalised: dict[str, float]) -> dict[str, float]:
    floors: dict[str, float] = {}
    for hit in dense:
        score = normalised[hit.passage.id]
        floors[hit.passage.language] = min(score, floors.get(hit.passage.language, score))
    return floors
