"""What a reader finds who reads on: Success@k and R@k for every rank k."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.runs import RunTopic
from eval.trec import Ranking, best_first

DEPTH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class RankCurves:
    """Means over topics; `success[i]` and `recall[i]` are at rank i + 1, up to DEPTH.

    Success@k is the share of topics with a relevant article in the first k, R@k the mean share of
    relevant articles that the first k hold.
    """

    success: tuple[float, ...]
    recall: tuple[float, ...]
    topics: int

    @property
    def is_one_line(self) -> bool:
        """Whether both are the same: where one article is relevant to each topic."""
        return self.success == self.recall


def rank_curves(topics: Iterable[RunTopic], ranking: Ranking) -> RankCurves:
    """Over the measured ones of `topics`. Articles of equal score stand by id."""
    success: list[NDArray[np.bool_]] = []
    recall: list[NDArray[np.float64]] = []
    for topic in topics:
        relevant = {judged.article_id for judged in topic.judged}
        if not topic.measures or not relevant:
            continue
        order = best_first(ranking.get(topic.id, {}))[:DEPTH]
        found = np.cumsum([article in relevant for article in order] + [False] * DEPTH)[:DEPTH]
        success.append(found > 0)
        recall.append(found / len(relevant))
    if not success:
        return RankCurves(success=(), recall=(), topics=0)
    return RankCurves(
        success=tuple(np.mean(success, axis=0).tolist()),
        recall=tuple(np.mean(recall, axis=0).tolist()),
        topics=len(success),
    )
