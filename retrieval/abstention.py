"""How sure we may be that the evidence answers the question, and when to say nothing.

A logistic model over readable signals, fitted by `eval.training` on questions whose paragraph was
taken out of the archive. No raw cosine is compared with anything: similarities come as deviations
above the archive's own passages, or as differences within one question.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from core.types import AnswerStatus
from retrieval.evidence.ranking import FEATURES, Evidence
from retrieval.logistic import probability, weighted_sum
from retrieval.query import SearchHit

COMPARED = (
    "own_match",
    "sentence_match",
    "window_match",
    "passage_match",
    "telling_match",
    "telling_window_match",
    "sentence_weakest",
    "window_weakest",
    "passage_weakest",
    "claimed",
    "on_subject",
    "mean_similarity",
    "terms",
    "window_terms",
    "trigrams",
)
"""Signals of the best sentence that are compared with those of the others."""

LEGS = ("dense", "lexical", "tokens")
"""Parts of a passage's score."""

SIGNALS = (
    "evidence_score",
    "evidence_above_median",
    "evidence_above_second",
    "evidence_above_other_articles",
    "evidence_spread",
    *(f"best_{name}" for name in FEATURES),
    *(f"{name}_above_median" for name in COMPARED),
    *(f"{name}_above_other_articles" for name in COMPARED),
    "top_score",
    "top_above_second",
    "top_above_median",
    *(f"top_{leg}" for leg in LEGS),
    *(f"top_{leg}_above_second" for leg in LEGS),
    "question_chars",
    "same_language",
)
"""Names of the values of `signals`, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AbstentionModel:
    """Weights by signal with a bias; thresholds are probabilities."""

    weights: dict[str, float]
    bias: float
    answer_above: float
    partial_above: float

    def confidence(self, values: Sequence[float]) -> float:
        """Probability in (0, 1) that the quotes answer the question."""
        return probability(self.bias + weighted_sum(self.weights, SIGNALS, values))

    def status(self, confidence: float) -> AnswerStatus:
        """What may be said at this confidence."""
        if confidence >= self.answer_above:
            return AnswerStatus.ANSWERED
        if confidence >= self.partial_above:
            return AnswerStatus.PARTIAL
        return AnswerStatus.ABSTAINED


def signals(evidence: Sequence[Evidence], *, question: str, language: str) -> list[float]:
    """The values of SIGNALS for ranked, non-empty evidence of a question in `language`."""
    best = evidence[0].candidate.hit
    values = {
        **_evidence_signals(evidence),
        **_ranking_signals([piece.candidate.hit for piece in evidence]),
        "question_chars": math.log(len(question)),
        "same_language": float(best.passage.language == language),
    }
    return [values[name] for name in SIGNALS]


def _evidence_signals(evidence: Sequence[Evidence]) -> dict[str, float]:
    """What the best sentence has, and has more than the others."""
    rows = np.stack([piece.signals for piece in evidence])
    scores = np.array([piece.score for piece in evidence])
    key = evidence[0].candidate.hit.header.id
    others = np.array([piece.candidate.hit.header.id != key for piece in evidence])
    shares = np.exp(scores - scores[0])
    shares /= shares.sum()
    compared = [FEATURES.index(name) for name in COMPARED]
    columns = {name: rows[:, i] for name, i in zip(COMPARED, compared, strict=True)}
    return {
        "evidence_score": float(scores[0]),
        "evidence_above_median": _above(scores, np.median(scores)),
        "evidence_above_second": _above(scores, scores[min(1, len(scores) - 1)]),
        "evidence_above_other_articles": _above(scores, _highest(scores, others)),
        # Entropy of what the scores say where the answer is: high where nothing stands out.
        "evidence_spread": float(-(shares * np.log(shares + 1e-12)).sum()),
        **{f"best_{name}": float(rows[0, i]) for i, name in enumerate(FEATURES)},
        **{f"{name}_above_median": _above(one, np.median(one)) for name, one in columns.items()},
        **{
            f"{name}_above_other_articles": _above(one, _highest(one, others))
            for name, one in columns.items()
        },
    }


def _ranking_signals(hits: Sequence[SearchHit]) -> dict[str, float]:
    """What the best passage has, and has more than the others."""
    by_rank = sorted({hit.rank: hit for hit in hits}.values(), key=lambda hit: hit.rank)
    scores = np.array([hit.score for hit in by_rank])
    found = {
        "top_score": float(scores[0]),
        "top_above_second": _above(scores, scores[min(1, len(scores) - 1)]),
        "top_above_median": _above(scores, np.median(scores)),
    }
    explained = [_by_leg(hit) for hit in by_rank]
    for leg in LEGS:
        parts = np.array([one.get(leg, 0.0) for one in explained])
        rest = parts[1:] if len(parts) > 1 else parts
        found[f"top_{leg}"] = float(parts[0])
        found[f"top_{leg}_above_second"] = _above(parts, rest.max())
    return found


def _by_leg(hit: SearchHit) -> Mapping[str, float]:
    return {part.name: part.adds for part in hit.explain().contributions}


def _above(values: NDArray[np.floating], other: "np.floating | float") -> float:
    return float(values[0] - other)


def _highest(values: NDArray[np.floating], among: NDArray[np.bool_]) -> float:
    """Of `values` where `among`; the median of all where none is."""
    return float(values[among].max() if among.any() else np.median(values))


@cache
def abstention_model() -> AbstentionModel:
    """The model shipped with Sanad."""
    text = (files("retrieval") / "abstention_weights.json").read_text(encoding="utf-8")
    kept = json.loads(text)
    return AbstentionModel(
        weights=kept["weights"],
        bias=kept["bias"],
        answer_above=kept["answer_above"],
        partial_above=kept["partial_above"],
    )
