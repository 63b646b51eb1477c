"""Fits both models on the topics that fit, and measures them on those that check."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from eval.training.examples import Example
from eval.training.logistic import fit_logistic
from retrieval.abstention import SIGNALS, signals
from retrieval.answering.quotes import Quote, choose_quotes
from retrieval.evidence.ranking import FEATURES, Evidence

EVIDENCE_RIDGE = 30.0
ABSTENTION_RIDGE = 20.0
"""Quadratic penalties on the weights of standardised columns, summed over all examples."""

QUOTES = 3
"""As many as an answer gives where nobody asks for another number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """Fitted weights, and how they did on the topics of the check, by language pair and "all"."""

    evidence: dict[str, float]
    abstention: dict[str, float]
    bias: float
    check: dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Judged:
    """An example under fitted evidence weights: its signals, and what its quotes hold."""

    example: Example
    signals: NDArray[np.float64]
    first: bool
    any: bool


def fit(examples: Sequence[Example]) -> Fit:
    """Fit both models on the fit topics and measure them on the check topics."""
    fitting = [example for example in examples if not example.in_check]
    evidence = fit_evidence([example for example in fitting if example.answerable])
    judged = [_judge(example, evidence) for example in fitting]
    rows = np.stack([one.signals for one in judged])
    right = np.array([float(one.any) for one in judged])
    abstention, bias = fit_abstention(rows, right)
    checked = [_judge(example, evidence) for example in examples if example.in_check]
    told = _chances(np.stack([one.signals for one in checked]), abstention, bias)
    pairs = sorted({one.example.pair for one in checked})
    return Fit(
        evidence=_named(FEATURES, evidence),
        abstention=_named(SIGNALS, abstention),
        bias=round(bias, 5),
        check={
            pair: _measures([
                (one, float(chance))
                for one, chance in zip(checked, told, strict=True)
                if pair in {"all", one.example.pair}
            ])
            for pair in ["all", *pairs]
        },
    )


def _chances(
    rows: NDArray[np.float64], weights: NDArray[np.float64], bias: float
) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-(rows @ weights + bias))))


def fit_evidence(examples: Sequence[Example]) -> NDArray[np.float64]:
    """(len(FEATURES),): the listwise softmax fit (ListNet's top-one loss, Cao et al. 2007)."""
    lists = [(example.rows(), example.holds) for example in examples if example.holds.any()]
    scale = np.concatenate([rows - rows.mean(axis=0) for rows, _ in lists]).std(axis=0) + 1e-9
    columns = np.concatenate([rows for rows, _ in lists]) / scale
    holds = np.concatenate([held for _, held in lists])
    lengths = np.array([len(rows) for rows, _ in lists])
    starts = np.cumsum(lengths) - lengths
    owner = np.repeat(np.arange(len(lists)), lengths)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = columns @ weights
        exponents = np.exp(scores - np.maximum.reduceat(scores, starts)[owner])
        share = exponents / np.add.reduceat(exponents, starts)[owner]
        right = share * holds
        mass = np.add.reduceat(right, starts) + 1e-12
        total = EVIDENCE_RIDGE * float(weights @ weights) - float(np.log(mass).sum())
        gradient = 2 * EVIDENCE_RIDGE * weights + columns.T @ (share - right / mass[owner])
        return total / len(lists), gradient / len(lists)

    found = minimize(loss, np.zeros(len(FEATURES)), jac=True, method="L-BFGS-B").x
    return np.asarray(found / scale)


def fit_abstention(
    rows: NDArray[np.float64], labels: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """Weights (len(SIGNALS),) and bias of the logistic model of "the quotes answer this"."""
    return fit_logistic(rows, labels, ridge=ABSTENTION_RIDGE)


def _judge(example: Example, weights: NDArray[np.float64]) -> _Judged:
    scores = example.rows() @ weights
    order = np.argsort(-scores, kind="stable")
    ranked = [
        Evidence(
            candidate=example.evidence[i].candidate,
            score=float(scores[i]),
            signals=example.evidence[i].signals,
        )
        for i in order
    ]
    right = [
        example.evidence[i].candidate for i in order if example.answerable and example.holds[i]
    ]
    held = [
        any(_is_in(quote, candidate.hit.header.id, candidate.start) for candidate in right)
        for quote in choose_quotes(ranked, count=QUOTES).quotes
    ]
    return _Judged(
        example=example,
        signals=np.array(
            signals(ranked, question=example.question, language=example.language),
            dtype=np.float64,
        ),
        first=bool(held) and held[0],
        any=any(held),
    )


def _is_in(quote: Quote, article_id: str, start: int) -> bool:
    return quote.run.article_id == article_id and quote.run.start <= start < quote.run.end


def _measures(judged: Sequence[tuple[_Judged, float]]) -> dict[str, float]:
    answerable = [one for one, _ in judged if one.example.answerable]
    chances = np.array([chance for _, chance in judged])
    labels = np.array([float(one.example.answerable) for one, _ in judged])
    return {
        "examples": len(judged),
        "first_quote": round(float(np.mean([one.first for one in answerable])), 3),
        "any_quote": round(float(np.mean([one.any for one in answerable])), 3),
        "auroc": round(_auroc(chances, labels), 3),
        "brier": round(float(np.mean([(chance - one.any) ** 2 for one, chance in judged])), 3),
    }


def _auroc(scores: NDArray[np.float64], labels: NDArray[np.float64]) -> float:
    """Area under the ROC curve by ranks (Mann-Whitney); ties are rare enough to ignore."""
    ranks = scores.argsort().argsort() + 1
    positives = int(labels.sum())
    negatives = len(labels) - positives
    above = float(ranks[labels == 1].sum()) - positives * (positives + 1) / 2
    return above / (positives * negatives)


def _named(names: Sequence[str], values: NDArray[np.float64]) -> dict[str, float]:
    return {name: round(float(value), 5) for name, value in zip(names, values, strict=True)}
