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
from statistics import median

from core.types import AnswerStatus
from retrieval.evidence.ranking import FEATURES, Evidence

SIGNALS = (
    "evidence_above_median",
    "lead_over_second",
    "match_above_median",
    "passage_match",
    "passage_weakest",
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
    best = dict(zip(FEATURES, map(float, evidence[0].signals), strict=True))
    same = float(evidence[0].candidate.hit.passage.language == language)
    scores = [piece.score for piece in evidence]
    column = FEATURES.index("sentence_match")
    matches = [float(piece.signals[column]) for piece in evidence]
    own = {
        "evidence_above_median": scores[0] - median(scores),
        "lead_over_second": scores[0] - scores[1] if len(scores) > 1 else 0.0,
        "match_above_median": best["sentence_match"] - median(matches),
        "same_language": same,
        "same_language_terms": same * best["terms"],
    }
    return [own[name] if name in own else best[name] for name in SIGNALS]


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
