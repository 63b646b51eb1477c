"""Signals from token vectors: how a sentence, and what stands around it, meets the question.

All are built on the best cosine of each token of the question in a text (MaxSim; Khattab and
Zaharia 2020, "ColBERT", eq. 3).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.types import Vectors
from retrieval.evidence.candidates import Candidate, Found
from retrieval.token_match import best_matches, mean_match, weakest_match

WEAKEST = 3
"""Question tokens that count as the least met: about one word that is nowhere in the text."""

_UNMET = 0.05
"""Weight of a question token that every passage meets equally: never quite nothing."""

Matches = NDArray[np.float32]
"""(n, question tokens): the best cosine of each token of the question."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Tables:
    """Matches of each candidate (n, question tokens) with ever more of what stands around it."""

    own: Matches
    titled: Matches
    before: Matches
    after: Matches
    window: Matches
    passage: Matches


def match_columns(question: Vectors, found: Found) -> dict[str, NDArray[np.float32]]:
    """Columns (n,) by name; `question` is (tokens, dim), centred, unit norm."""
    candidates = found.candidates
    tables = _tables(question, found)
    telling = _telling(tables.passage, candidates)
    claimed = tables.own >= tables.passage - 1e-4
    return {
        "sentence_match": mean_match(tables.titled),
        "own_match": mean_match(tables.own),
        "match_with_before": mean_match(tables.before),
        "match_with_after": mean_match(tables.after),
        "window_match": mean_match(tables.window),
        "passage_match": mean_match(tables.passage),
        "telling_match": tables.titled @ telling,
        "telling_window_match": tables.window @ telling,
        "telling_passage_match": tables.passage @ telling,
        "sentence_weakest": weakest_match(tables.titled, count=WEAKEST),
        "window_weakest": weakest_match(tables.window, count=WEAKEST),
        "passage_weakest": weakest_match(tables.passage, count=WEAKEST),
        "claimed": mean_match(claimed.astype(np.float32)),
        "on_subject": _on_subject(question, candidates),
        "mean_similarity": _mean_similarity(question, candidates),
        "first_words_match": mean_match(tables.own[:, : WEAKEST + 1]),
    }


def _tables(question: Vectors, found: Found) -> _Tables:
    candidates = found.candidates
    own = best_matches(question, [candidate.tokens for candidate in candidates])
    ids = [candidate.hit.passage.id for candidate in candidates]
    titles = dict(
        zip(found.titles, best_matches(question, list(found.titles.values())), strict=True)
    )
    # Read with its title, a sentence need not name the subject again; else the lead, which
    # names it, would always seem to answer best.
    titled = np.maximum(own, np.stack([titles[key] for key in ids]))
    same = np.array([one == other for one, other in zip(ids, ids[1:], strict=False)])[:, None]
    before, after = titled.copy(), titled.copy()
    before[1:] = np.where(same, np.maximum(titled[1:], titled[:-1]), titled[1:])
    after[:-1] = np.where(same, np.maximum(titled[:-1], titled[1:]), titled[:-1])
    rows: dict[str, list[int]] = {}
    for i, key in enumerate(ids):
        rows.setdefault(key, []).append(i)
    passages = {key: titled[some].max(axis=0) for key, some in rows.items()}
    return _Tables(
        own=own,
        titled=titled,
        before=before,
        after=after,
        window=np.maximum(before, after),
        passage=np.stack([passages[key] for key in ids]),
    )


def _telling(passages: Matches, candidates: Sequence[Candidate]) -> NDArray[np.float32]:
    """(question tokens,): weights, sum 1, large where the passages differ in meeting the token."""
    firsts = list({candidate.hit.passage.id: i for i, candidate in enumerate(candidates)}.values())
    each = passages[firsts]
    spread = each.max(axis=0) - each.mean(axis=0) + _UNMET if each.size else np.ones(each.shape[1:])
    return np.asarray(spread / max(float(spread.sum()), 1e-9), dtype=np.float32)


def _on_subject(question: Vectors, candidates: Sequence[Candidate]) -> NDArray[np.float32]:
    """Mean over a sentence's tokens of their best cosine with any of the question's."""
    found = np.zeros(len(candidates), dtype=np.float32)
    for i, candidate in enumerate(candidates):
        if len(candidate.tokens) and len(question):
            found[i] = (candidate.tokens @ question.T).max(axis=1).mean()
    return found


def _mean_similarity(question: Vectors, candidates: Sequence[Candidate]) -> NDArray[np.float32]:
    """Cosine of the mean token of the question and that of each sentence."""
    wanted = mean_token(question)
    return np.array(
        [float(wanted @ mean_token(candidate.tokens)) for candidate in candidates],
        dtype=np.float32,
    )


def mean_token(tokens: Vectors) -> Vectors:
    """(dim,) unit norm: the mean of `tokens` (n, dim); zeros without tokens."""
    if not len(tokens):
        return np.zeros(tokens.shape[1], dtype=np.float32)
    mean = tokens.mean(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), dtype=np.float32)


def agreement(candidates: Sequence[Candidate]) -> NDArray[np.float32]:
    """(n,): the highest cosine of a sentence's mean token with one of another article."""
    means = np.stack([mean_token(candidate.tokens) for candidate in candidates])
    articles = np.array([candidate.hit.header.id for candidate in candidates])
    cosines = means @ means.T
    cosines[articles[:, None] == articles[None, :]] = 0.0
    return np.asarray(cosines.max(axis=1), dtype=np.float32)
