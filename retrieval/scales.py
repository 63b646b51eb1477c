"""What a cosine means for one question and one language: deviations above unrelated passages.

The statistics are those of the archive itself, from a sample of its passages, so that they follow
its subjects. Means and covariances suffice: the cosines of a question q over passages of mean m
and covariance C have mean q'm and variance q'Cq, whatever the question.

A language of which the archive has little is told by what it has and by the shipped texts of the
language, moved by what moves the archive's other languages away from theirs: so no passage gains
because its language is rare (empirical Bayes; Efron and Morris 1975).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.types import Vectors
from retrieval.cohort import Cohort
from retrieval.parameters import DEFAULT_PARAMETERS

PRIOR_PASSAGES = 32
"""Sampled passages that weigh as much as what is known beforehand: the shipped texts are 32."""

MIN_DEVIATION = 1e-3
"""Floor of the deviation of cosines, so that no score becomes infinite."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """Of `count` vectors: `mean` (dim,) and `covariance` (dim, dim)."""

    count: int
    mean: Vectors
    covariance: Vectors

    @classmethod
    def of(cls, vectors: Vectors) -> "Moments":
        """Of vectors (n, dim), n > 0."""
        mean = vectors.mean(axis=0)
        centred = vectors - mean
        return cls(
            count=len(vectors), mean=mean, covariance=centred.T @ centred / np.float32(len(vectors))
        )


class Scales:
    """The scales of an archive, for every question."""

    def __init__(self, cohort: Cohort, archive: Mapping[str, Moments]) -> None:
        """`archive` holds the moments of sampled passages by language."""
        self._cohort = cohort
        shipped = {key: Moments.of(one.vectors) for key, one in cohort.by_language.items()}
        members = list(shipped.values())
        average = Moments(
            count=PRIOR_PASSAGES,
            mean=np.mean([one.mean for one in members], axis=0),
            covariance=np.mean([one.covariance for one in members], axis=0),
        )
        shift, within, total = _of_the_archive(archive, shipped, average)
        self._by_language = {
            language: _blended(
                archive.get(language), shipped.get(language, average), shift, within, total
            )
            for language in {*shipped, *archive}
        }
        self._default = _blended(None, average, shift, within, total)

    def of_question(
        self,
        vector: Vectors,
        *,
        language: str,
        centring: float = DEFAULT_PARAMETERS.centring,
        by_language: bool = True,
    ) -> "QuestionScales":
        """The scales of one question, given its vector (dim,) and language.

        `centring` and `by_language` are as in RankingParameters.
        """
        centred = vector - np.float32(centring) * self._cohort.question_mean(language)
        centred /= max(float(np.linalg.norm(centred)), 1e-9)
        return QuestionScales(
            self._by_language if by_language else {},
            self._default,
            own=vector,
            other=centred,
            language=language,
        )


class QuestionScales:
    """The scale of one question's cosines for each language of passages."""

    def __init__(
        self,
        by_language: Mapping[str, Moments],
        default: Moments,
        *,
        own: Vectors,
        other: Vectors,
        language: str,
    ) -> None:
        self._moments = by_language
        self._default = default
        self._own = own
        self._other = other
        self._language = language
        self._known: dict[str, tuple[float, float]] = {}

    def vector(self, language: str) -> Vectors:
        """(dim,) unit norm: what passages in `language` are compared with."""
        return self._own if language == self._language else self._other

    def normalise(self, cosine: float, *, language: str) -> float:
        """Deviations of a cosine with `vector(language)` above an unrelated passage's."""
        mean, deviation = self._scale(language)
        return (cosine - mean) / deviation

    def score(self, passage: Vectors, *, language: str) -> float:
        """The same for a text's vector (dim,)."""
        return self.normalise(float(self.vector(language) @ passage), language=language)

    def _scale(self, language: str) -> tuple[float, float]:
        if language not in self._known:
            moments = self._moments.get(language, self._default)
            vector = self.vector(language)
            variance = float(vector @ moments.covariance @ vector)
            self._known[language] = (
                float(vector @ moments.mean),
                max(variance, MIN_DEVIATION**2) ** 0.5,
            )
        return self._known[language]


def _of_the_archive(
    archive: Mapping[str, Moments], shipped: Mapping[str, Moments], average: Moments
) -> tuple[Vectors, Vectors, int]:
    """How far its languages lie from their shipped texts, their mean covariance, their count."""
    total = sum(one.count for one in archive.values())
    shift, within = np.zeros_like(average.mean), np.zeros_like(average.covariance)
    for language, own in archive.items():
        shift += np.float32(own.count) * (own.mean - shipped.get(language, average).mean)
        within += np.float32(own.count) * own.covariance
    return shift / np.float32(total + PRIOR_PASSAGES), within / np.float32(max(total, 1)), total


def _blended(
    own: Moments | None, shipped: Moments, shift: Vectors, within: Vectors, total: int
) -> Moments:
    """What is known of a language from its own passages and beforehand, each by its count."""
    mean = shipped.mean + shift
    covariance = (total * within + PRIOR_PASSAGES * shipped.covariance) / (total + PRIOR_PASSAGES)
    count = 0 if own is None else own.count
    if own is not None:
        weight = count / (count + PRIOR_PASSAGES)
        mean = weight * own.mean + (1 - weight) * mean
        covariance = weight * own.covariance + (1 - weight) * covariance
    return Moments(
        count=count, mean=mean.astype(np.float32), covariance=covariance.astype(np.float32)
    )
