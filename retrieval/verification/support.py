"""How probable it is that quotes hold a sentence, and what may be said at which probability.

A logistic model over the signals, fitted and measured by benchmarks/verification.py on the
statements of eval/verification: on those of its fit, about the sample archive among others, and on
articles of which no weight and no word list knew.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from core.types import Support
from retrieval.logistic import probability, weighted_sum
from retrieval.verification.signals import SIGNALS


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportModel:
    """Weights by signal with a bias; thresholds are probabilities.

    Below `partial_above` a sentence is withheld; from there on it is shown, as partly supported
    up to `supported_above`.
    """

    weights: dict[str, float]
    bias: float
    partial_above: float
    supported_above: float

    def probability(self, values: Sequence[float]) -> float:
        """In (0, 1), that the quotes hold a sentence with these signals."""
        return probability(self.bias + weighted_sum(self.weights, SIGNALS, values))

    def support(self, probability: float) -> Support:
        """What the probability comes to."""
        if probability >= self.supported_above:
            return Support.SUPPORTED
        if probability >= self.partial_above:
            return Support.PARTIAL
        return Support.UNSUPPORTED


@cache
def support_model() -> SupportModel:
    """The model shipped with Sanad."""
    text = (files("retrieval.verification") / "support_weights.json").read_text(encoding="utf-8")
    kept = json.loads(text)
    return SupportModel(
        weights=kept["weights"],
        bias=kept["bias"],
        partial_above=kept["partial_above"],
        supported_above=kept["supported_above"],
    )
