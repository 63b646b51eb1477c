"""The learnt model of short answers: how likely each run of a quote is the one."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from core.types import Vectors
from retrieval.answering.spans.asked import Asked
from retrieval.answering.spans.described import DescribedQuote
from retrieval.answering.spans.runs import Runs
from retrieval.answering.spans.table import Column
from retrieval.logistic import probability, weighted_sum

KINDS = tuple(kind for kind in Asked if kind is not Asked.OPEN)
"""In order of the columns of the weights, after the one that all kinds share."""

_COMPARED = 40
"""Of the likeliest runs: the others add nothing to what one of them is worth."""

_LEAST = 1e-4
"""Chance below which, and above 1 less which, none is told from another."""

_SAME = 0.5
"""Overlap (F1 of characters) from which two runs tell the same answer."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SpanModel:
    """A log-linear model over the runs of a quote and "none of them".

    Attributes:
        embedder: Name of the model whose token vectors it was learnt on.
        runs: Signals of a run by name; for each the weights (1 + len(KINDS),): what all kinds of
            question share, and what is added for each.
        absence: The same for "none".
        axes: (dim, k) unit norm: the directions in which words differ most; a run's cosines with
            them are signals of it, "axis_0" and so on.
        sureness: Weights by signal of the logistic model that the likeliest run is right.
        sure_above: Probability by that model from which a run is marked.
    """

    embedder: str
    runs: Mapping[str, Column]
    absence: Mapping[str, Column]
    axes: Vectors
    sureness: Mapping[str, float]
    sure_above: float

    def chances(self, kind: Asked, described: DescribedQuote) -> Column:
        """(m,): the probability of each run to be the answer; what they lack to 1 is none's."""
        place = 1 + KINDS.index(kind)
        weights = np.stack(list(self.runs.values()))
        rows = signal_rows(described.runs, tuple(self.runs), self.axes)
        scores = rows @ (weights[:, 0] + weights[:, place])
        none = sum(
            value * float(self.absence[name][0] + self.absence[name][place])
            for name, value in described.absence.items()
        )
        most = max(float(scores.max()), none)
        parts = np.exp(scores - most)
        return np.asarray(parts / (parts.sum() + np.exp(none - most)), dtype=np.float32)

    def likeliest(self, kind: Asked, described: DescribedQuote) -> tuple[int, dict[str, float]]:
        """The run to be marked, if any, and what speaks for it being right, by name."""
        chances = self.chances(kind, described)
        run, right = choose_run(described, chances)
        return run, {
            "always": 1.0,
            "chance": _logit(right),
            "none": _logit(1 - float(chances.sum())),
            "first_quote": described.absence["first_quote"],
            **{one.value: float(one is kind) for one in KINDS},
        }

    def sure(self, signals: Mapping[str, float]) -> float:
        """Probability in (0, 1) that the likeliest run is right."""
        return probability(weighted_sum(self.sureness, tuple(signals), signals.values()))


def signal_rows(runs: Runs, names: tuple[str, ...], axes: Vectors) -> Column:
    """(m, len(names)): the signals of `runs` in the order of `names`."""
    along = runs.along(axes)
    columns = runs.signals | {axis_name(i): along[:, i] for i in range(axes.shape[1])}
    return np.stack([np.asarray(columns[name], dtype=np.float32) for name in names], axis=1)


def axis_name(number: int) -> str:
    """The name of the signal of an axis."""
    return f"axis_{number}"


def choose_run(described: DescribedQuote, chances: Column) -> tuple[int, float]:
    """The run whose expected overlap with the answer is highest, and the chance that it is right.

    Right is a run that overlaps the answer by half (F1 of characters). So several runs that tell
    nearly the same are not beaten by a single other one that is a little likelier than each
    (minimum Bayes risk; Kumar and Byrne 2004, section 2). Ties by order of runs.
    """
    likely = np.argsort(-chances, kind="stable")[:_COMPARED]
    firsts = np.array([unit.start for unit in described.units])[described.runs.starts[likely]]
    lasts = np.array([unit.end for unit in described.units])[described.runs.ends[likely] - 1]
    overlaps = overlap(firsts, lasts, firsts, lasts)
    best = int(np.argmax(overlaps @ chances[likely]))
    right = float(((overlaps[best] >= _SAME) * chances[likely]).sum())
    return int(likely[best]), right


def _logit(chance: float) -> float:
    bounded = min(max(chance, _LEAST), 1 - _LEAST)
    return math.log(bounded / (1 - bounded))


def overlap(
    starts: np.ndarray, ends: np.ndarray, other_starts: np.ndarray, other_ends: np.ndarray
) -> Column:
    """(n, m): F1 of the characters of each of n runs with each of m others."""
    common = np.minimum(ends[:, None], other_ends) - np.maximum(starts[:, None], other_starts)
    lengths = (ends - starts)[:, None] + (other_ends - other_starts)
    return np.asarray(2 * np.maximum(common, 0) / lengths, dtype=np.float32)


@cache
def span_model() -> SpanModel:
    """The model shipped with Sanad."""
    text = (files(__package__) / "span_weights.json").read_text(encoding="utf-8")
    kept = json.loads(text)
    return SpanModel(
        embedder=kept["embedder"],
        runs={name: np.array(row, dtype=np.float32) for name, row in kept["runs"].items()},
        absence={name: np.array(row, dtype=np.float32) for name, row in kept["absence"].items()},
        axes=np.array(list(kept["axes"].values()), dtype=np.float32).T,
        sureness=kept["sureness"],
        sure_above=float(kept["sure_above"]),
    )
