"""How sure we may be that the evidence answers the question, and when to say nothing.

A logistic model over a few signals, fitted by `eval.training` on questions whose paragraph
was taken out of the index. No raw cosine is compared with anything: similarities come as
deviations above the cohort.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from core.types import AnswerStatus
from retrieval.evidence import FEATURES, Evidence

SIGNALS = (
    "best_evidence",
    "second_evidence",
    "best_sentence_similarity",
    "best_passage_score",
    "best_sentence_terms",
    "best_terms_anywhere",
    "figures_missing",
    "figure_wanted_not_given",
    "same_language",
    "same_language_terms",
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
        """Probability in (0, 1) that the evidence answers the question."""
        total = self.bias + sum(
            self.weights[name] * value for name, value in zip(SIGNALS, values, strict=True)
        )
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, total))))

    def status(self, confidence: float) -> AnswerStatus:
        """What may be said at this confidence."""
        if confidence >= self.answer_above:
            return AnswerStatus.ANSWERED
        if confidence >= self.partial_above:
            return AnswerStatus.PARTIAL
        return AnswerStatus.ABSTAINED


def signals(evidence: Sequence[Evidence], *, language: str) -> list[float]:
    """The values of SIGNALS for ranked, non-empty evidence of a question in `language`."""
    best = dict(zip(FEATURES, map(float, evidence[0].features), strict=True))
    same = float(evidence[0].candidate.hit.passage.language == language)
    second = evidence[1].score if len(evidence) > 1 else evidence[0].score - 1.0
    terms_column = FEATURES.index("sentence_terms")
    return [
        evidence[0].score,
        second,
        best["sentence_similarity"],
        best["passage_score"],
        best["sentence_terms"],
        max(float(piece.features[terms_column]) for piece in evidence),
        best["figures_missing"],
        best["figure_wanted_not_given"],
        same,
        same * best["sentence_terms"],
    ]


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
