"""BM25 over any terms, in memory: a sparse matrix of counts, weighed as the product weighs."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

DEPTH = 100
TOPICS_AT_ONCE = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighting:
    """Of a term in a passage: Robertson and Zaragoza 2009, eq. 3.11; `average` None is the true."""

    k1: float
    b: float
    average: float | None


class Counts:
    """How often each term stands in each passage."""

    def __init__(self, passages: Sequence[Sequence[str]]) -> None:
        self._ids: dict[str, int] = {}
        rows, columns, values = [], [], []
        for row, found in enumerate(passages):
            for term, count in Counter(found).items():
                rows.append(row)
                columns.append(self._ids.setdefault(term, len(self._ids)))
                values.append(count)
        shape = (len(passages), max(1, len(self._ids)))
        self._matrix = sparse.csr_matrix((values, (rows, columns)), shape=shape, dtype=np.float32)
        self.lengths = np.array([len(found) for found in passages], dtype=np.float32)

    @property
    def average(self) -> float:
        """Mean number of terms in a passage."""
        return float(self.lengths.mean())

    def weighted(self, weighting: Weighting) -> sparse.csr_matrix:
        """Saturated term frequency times the IDF of Qdrant's `Modifier.IDF`."""
        average = weighting.average or self.average
        norms = weighting.k1 * (1 - weighting.b + weighting.b * self.lengths / average)
        matrix = self._matrix.copy()
        repeated = np.repeat(norms, np.diff(matrix.indptr)).astype(np.float32)
        matrix.data = matrix.data * (weighting.k1 + 1) / (matrix.data + repeated)
        found = np.asarray((self._matrix > 0).sum(axis=0)).ravel()
        total = matrix.shape[0]
        idf = np.log((total - found + 0.5) / (found + 0.5) + 1).astype(np.float32)
        matrix.data *= idf[matrix.indices]
        return matrix

    def queries(self, weights: Sequence[Mapping[str, float]]) -> sparse.csr_matrix:
        """A row for each query; a term that no passage holds has no column."""
        rows, columns, values = [], [], []
        for row, query in enumerate(weights):
            for term, weight in query.items():
                if term in self._ids:
                    rows.append(row)
                    columns.append(self._ids[term])
                    values.append(weight)
        shape = (len(weights), self._matrix.shape[1])
        return sparse.csr_matrix((values, (rows, columns)), shape=shape, dtype=np.float32)


def rank(
    queries: sparse.csr_matrix, passages: sparse.csr_matrix, *, owners: Sequence[int]
) -> list[list[tuple[int, float]]]:
    """For each query up to 100 (document, score) above 0, a document by its best passage."""
    firsts = np.flatnonzero(np.diff(np.asarray(owners), prepend=-1))
    numbers = np.asarray(owners)[firsts]
    turned = passages.T.tocsr()
    found = []
    for start in range(0, queries.shape[0], TOPICS_AT_ONCE):
        scores = (queries[start : start + TOPICS_AT_ONCE] @ turned).toarray()
        best = np.maximum.reduceat(scores, firsts, axis=1)
        found.extend(_top(row, numbers) for row in best)
    return found


def by_document(
    passages: Iterable[tuple[int, float]], *, owners: Sequence[int]
) -> list[tuple[int, float]]:
    """The same of passages that are ranked already, best first."""
    best: dict[int, float] = {}
    for number, score in passages:
        if score > 0:
            best.setdefault(owners[number], score)
    return list(best.items())[:DEPTH]


def _top(scores: NDArray[np.float32], numbers: NDArray[np.int64]) -> list[tuple[int, float]]:
    count = min(DEPTH, len(scores))
    chosen = np.argpartition(-scores, count - 1)[:count]
    ordered = chosen[np.argsort(-scores[chosen], kind="stable")]
    return [(int(numbers[each]), float(scores[each])) for each in ordered if scores[each] > 0]
