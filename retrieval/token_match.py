"""How well the words of a question are met by a text, compared token by token.

Late interaction (MaxSim; Khattab and Zaharia 2020, "ColBERT", eq. 3) over the bundled model's
own token vectors: no extra model. The mean token of each language is taken off first, since
it hides the differences, most of all between languages.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.types import Vectors


def best_matches(question: Vectors, texts: Sequence[Vectors]) -> NDArray[np.float32]:
    """(n texts, question tokens): the best cosine of each question token in each text.

    `question` is (tokens, dim) and each text (tokens, dim), unit norm; a text without tokens
    matches nothing: -1.
    """
    rows = np.full((len(texts), len(question)), -1.0, dtype=np.float32)
    filled = [i for i, tokens in enumerate(texts) if len(tokens)]
    if filled and len(question):
        # One product: many small ones cost more than what they compute.
        cosines = np.concatenate([texts[i] for i in filled]) @ question.T
        ends = np.cumsum([len(texts[i]) for i in filled])
        starts = np.concatenate([[0], ends[:-1]])
        rows[filled] = np.maximum.reduceat(cosines, starts, axis=0)
    return rows


def mean_match(matches: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n,): the mean over question tokens of `matches` (n, tokens); 0 without tokens."""
    if not matches.shape[1]:
        return np.zeros(len(matches), dtype=np.float32)
    return np.asarray(matches.mean(axis=1), dtype=np.float32)


def weakest_match(matches: NDArray[np.float32], *, count: int) -> NDArray[np.float32]:
    """(n,): mean of the `count` least met question tokens in `matches` (n, tokens); 0 without."""
    if not matches.shape[1]:
        return np.zeros(len(matches), dtype=np.float32)
    return np.asarray(np.sort(matches, axis=1)[:, :count].mean(axis=1), dtype=np.float32)
