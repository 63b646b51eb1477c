"""Candidates described by their signals, scored by learnt weights, best first."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from retrieval.evidence.candidates import Candidate, Found
from retrieval.evidence.matches import agreement, match_columns
from retrieval.evidence.words import word_columns
from retrieval.reading import Reading

FEATURES = (
    "passage_score",
    "sentence_match",
    "own_match",
    "match_with_before",
    "match_with_after",
    "window_match",
    "passage_match",
    "telling_match",
    "telling_window_match",
    "telling_passage_match",
    "sentence_weakest",
    "window_weakest",
    "passage_weakest",
    "claimed",
    "on_subject",
    "mean_similarity",
    "first_words_match",
    "agreement",
    "terms",
    "window_terms",
    "trigrams",
    "figures_missing",
    "figure_wanted_not_given",
    "figure_wanted_given",
    "figure_unasked",
    "short",
    "long",
    "is_question",
    "has_quotation",
    "first",
    "place",
    "passage_rank",
)
"""Names of the columns of `describe`, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A candidate with its signals (len(FEATURES),) and score, higher is better."""

    candidate: Candidate
    score: float
    signals: NDArray[np.float32]


def rank_evidence(reading: Reading, found: Found) -> list[Evidence]:
    """The candidates best first, ties by place."""
    candidates = found.candidates
    if not candidates:
        return []
    rows = describe(reading, found)
    scores = rows @ evidence_weights()
    order = sorted(
        range(len(candidates)),
        key=lambda i: (-scores[i], candidates[i].hit.header.id, candidates[i].start),
    )
    return [
        Evidence(candidate=candidates[i], score=float(scores[i]), signals=rows[i]) for i in order
    ]


def describe(reading: Reading, found: Found) -> NDArray[np.float32]:
    """(n, len(FEATURES)) float32: the signals of each candidate, in the order of FEATURES."""
    candidates = found.candidates
    hits = {candidate.hit.passage.id: candidate.hit for candidate in candidates}
    # Token matches are signals of their own here.
    scores = {key: hit.explain().score_without("tokens", "meeting") for key, hit in hits.items()}
    columns = {
        "passage_score": [scores[candidate.hit.passage.id] for candidate in candidates],
        **match_columns(reading.question_tokens(), found),
        "agreement": agreement(candidates),
        **word_columns(reading, candidates),
    }
    return np.stack([np.asarray(columns[name], dtype=np.float32) for name in FEATURES], axis=1)


@cache
def evidence_weights() -> NDArray[np.float32]:
    """(len(FEATURES),) float32, learnt by `eval.training`."""
    text = (files("retrieval") / "evidence_weights.json").read_text(encoding="utf-8")
    weights = json.loads(text)["weights"]
    return np.array([weights[name] for name in FEATURES], dtype=np.float32)
