"""A cohort of noise: what is unrelated to everything, in every language alike."""

from collections.abc import Iterable

import numpy as np

from retrieval.cohort import Cohort, LanguageCohort


def plain_cohort(languages: Iterable[str], *, dimension: int, seed: int = 7) -> Cohort:
    """Nothing is taken off questions or tokens: results rank as their cosines do."""
    noise = np.random.default_rng(seed).standard_normal((40, dimension)).astype(np.float32)
    unrelated = noise / np.linalg.norm(noise, axis=1, keepdims=True)
    zero = np.zeros(dimension, dtype=np.float32)
    one = LanguageCohort(
        vectors=unrelated,
        question_mean=zero,
        question_token_mean=zero,
        passage_token_mean=zero,
        question_tokens=unrelated[:12],
        question_lengths=np.array([5, 4, 3], dtype=np.float32),
    )
    return Cohort(dict.fromkeys(languages, one))
