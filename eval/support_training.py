"""Fits the weights of verification on statements, and tells how well they keep true from false.

The signals come from the very code that serves (`retrieval.verification`). Statements are split
by article. A statement that a plain problem withholds is withheld whatever the model says, so
the model is fitted on the others.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.types import Article
from eval.intervals import Estimate, estimate
from eval.statements import Statement
from eval.training.logistic import fit_logistic
from retrieval.verification.signals import SIGNALS
from retrieval.verification.support import SupportModel
from retrieval.verification.verifier import Verifier

FOLDS = 5
PENALTY = 1.0
"""Of squared weights of standardised signals."""

KEPT = 0.96
"""Share of true statements that the bound of withholding shall keep, by cross-validation."""

SURE = 0.8
"""Share of true statements that shall count as fully supported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A statement with its signals (len(SIGNALS),) and whether a plain problem withholds it."""

    statement: Statement
    values: NDArray[np.float64]
    has_problem: bool


async def gather(
    verifier: Verifier,
    statements: Iterable[Statement],
    articles: Mapping[str, Article],
    *,
    on_example: Callable[[], None] = lambda: None,
) -> list[Example]:
    """The signals of each statement; one that cites nothing has a problem and no signals."""
    examples = []
    for statement in statements:
        quotes = statement.quotes(dict(articles))
        values, has_problem = np.zeros(len(SIGNALS)), True
        if quotes:
            found = await verifier.signals(statement.text, quotes, language=statement.language)
            values, has_problem = found.values.astype(np.float64), bool(found.problems)
        examples.append(Example(statement=statement, values=values, has_problem=has_problem))
        on_example()
    return examples


def fit(examples: Sequence[Example]) -> SupportModel:
    """Weights from all examples, bounds from cross-validation over their articles."""
    held_out = cross_validated(examples)
    true = held_out[[example.statement.is_true for example in examples]]
    weights, bias = _fit(examples)
    return SupportModel(
        weights={
            name: round(float(value), 5) for name, value in zip(SIGNALS, weights, strict=True)
        },
        bias=round(bias, 5),
        partial_above=round(float(np.quantile(true, 1 - KEPT)), 4),
        supported_above=round(float(np.quantile(true, 1 - SURE)), 4),
    )


def cross_validated(examples: Sequence[Example]) -> NDArray[np.float64]:
    """Probability of each example by a model fitted on other articles; 0 with a problem."""
    articles = sorted({example.statement.article_id for example in examples})
    fold = {article: i % FOLDS for i, article in enumerate(articles)}
    folds = np.array([fold[example.statement.article_id] for example in examples])
    found = np.zeros(len(examples))
    for i in range(FOLDS):
        weights, bias = _fit([e for e, own in zip(examples, folds, strict=True) if own != i])
        for j in np.flatnonzero(folds == i).tolist():
            if not examples[j].has_problem:
                found[j] = 1 / (1 + np.exp(-(examples[j].values @ weights + bias)))
    return found


def _fit(examples: Sequence[Example]) -> tuple[NDArray[np.float64], float]:
    """Logistic regression; true statements weigh as much as all lies together."""
    judged = [example for example in examples if not example.has_problem]
    rows = np.stack([example.values for example in judged])
    labels = np.array([float(example.statement.is_true) for example in judged])
    true = int(labels.sum())
    loads = np.where(labels > 0, (len(labels) - true) / max(true, 1), 1.0)
    return fit_logistic(rows, labels, ridge=PENALTY / 2, loads=loads)


def shown(example: Example, model: SupportModel) -> bool:
    """Whether the statement would be shown."""
    if example.has_problem:
        return False
    return model.probability(example.values.tolist()) >= model.partial_above


def rates(
    examples: Sequence[Example], model: SupportModel, *, by: Callable[[Statement], str]
) -> dict[str, Estimate]:
    """By group the share of statements judged rightly: true ones shown, lies withheld."""
    groups: dict[str, list[float]] = {}
    for example in examples:
        right = shown(example, model) == example.statement.is_true
        groups.setdefault(by(example.statement), []).append(float(right))
    return {name: estimate(values) for name, values in sorted(groups.items())}
