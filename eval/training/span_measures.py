"""How sure one must be to mark a short answer, and how well the marks are placed."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

import numpy as np

from core.lexical.segments import is_unspaced
from core.text import fold, words
from eval.training.fitting import fit_abstention
from eval.training.span_examples import SpanExample
from eval.training.span_fitting import fit_model, main_axes
from retrieval.answering.spans.model import SpanModel

RIGHT_MARKS = 0.75
"""Share of the marks in quotes that hold the answer that must be right."""

RIGHT = 0.5
"""F1 of words from which a mark is right."""

FOLDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanFit:
    """The fitted model, and how it does on the topics of the check, by group and measure."""

    model: SpanModel
    check: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The likeliest run of one quote.

    Attributes:
        groups: Those that it is measured in.
        holds: Whether the quote holds the answer.
        signals: What speaks for the run, by name.
        f1: That of its words with the nearest answer (Rajpurkar et al. 2016, section 6.1), of
            characters where words are not parted; 1 if they are the same, 0 without an answer.
    """

    groups: tuple[str, ...]
    holds: bool
    signals: Mapping[str, float]
    f1: float


def fit_spans(examples: Sequence[SpanExample], *, embedder: str) -> SpanFit:
    """Fit the model on the fit topics, and measure it on the check topics.

    How sure one must be is learnt from source articles that each time were left out of the fit.
    """
    fitting = [example for example in examples if not example.in_check]
    axes = main_axes(fitting)
    left_out: list[Outcome] = []
    for fold_ in range(FOLDS):
        rest = fit_model(
            [one for one in fitting if _fold_of(one) != fold_], axes, embedder=embedder
        )
        left_out += [outcome(rest, one) for one in fitting if _fold_of(one) == fold_]
    model = with_sureness(fit_model(fitting, axes, embedder=embedder), left_out)
    checked = [outcome(model, example) for example in examples if example.in_check]
    return SpanFit(model=model, check=measured(model, checked))


def outcome(model: SpanModel, example: SpanExample) -> Outcome:
    """What `model` would mark in the quote of `example`, were it sure."""
    described = example.described
    run, signals = model.likeliest(example.kind, described)
    span = described.span(run)
    marked = example.text[
        span.start - described.quote.run.start : span.end - described.quote.run.start
    ]
    return Outcome(
        groups=("all", example.pair, example.kind.value),
        holds=bool(example.answers),
        signals=signals,
        f1=max((word_f1(marked, answer) for answer in example.answers), default=0.0),
    )


def with_sureness(model: SpanModel, left_out: Sequence[Outcome]) -> SpanModel:
    """`model` that knows how sure to be, from outcomes of models that did not see their topics."""
    names = [name for name in left_out[0].signals if name != "always"]
    rows = np.array([[one.signals[name] for name in names] for one in left_out])
    weights, bias = fit_abstention(rows, np.array([float(one.f1 >= RIGHT) for one in left_out]))
    sureness = {"always": bias} | dict(zip(names, weights, strict=True))
    knowing = replace(
        model, sureness={name: round(float(weight), 4) for name, weight in sureness.items()}
    )
    held = [one for one in left_out if one.holds]
    chances = [knowing.sure(one.signals) for one in held]
    return replace(knowing, sure_above=lowest_threshold(chances, [one.f1 for one in held]))


def lowest_threshold(chances: Sequence[float], f1s: Sequence[float]) -> float:
    """The lowest of `chances` from which RIGHT_MARKS of the marks are right.

    1, at which nothing is marked, if there is none.
    """
    order = np.argsort(-np.asarray(chances), kind="stable")
    right = np.cumsum(np.asarray(f1s)[order] >= RIGHT) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(right >= RIGHT_MARKS)
    return round(float(chances[order[enough[-1]]]), 4) if len(enough) else 1.0


def measured(model: SpanModel, outcomes: Sequence[Outcome]) -> dict[str, dict[str, float]]:
    """Measures by group.

    Of the quotes that hold the answer: "coverage" is the share that is marked; "right", "exact"
    and "f1" are of these marks; "f1_if_all" is of all, were each marked. "wrong_quotes" is the
    share marked of the quotes without the answer, "right_of_all" that of all marks that are right.
    """
    return {
        group: _measures(model, [one for one in outcomes if group in one.groups])
        for group in sorted({group for one in outcomes for group in one.groups})
    }


def word_f1(marked: str, answer: str) -> float:
    """F1 in [0, 1] of the words that both texts have, folded."""
    one, other = Counter(_compared(marked)), Counter(_compared(answer))
    common = (one & other).total()
    return 2 * common / (one.total() + other.total()) if common else 0.0


def _measures(model: SpanModel, outcomes: Sequence[Outcome]) -> dict[str, float]:
    held = [one for one in outcomes if one.holds]
    shown = [one for one in outcomes if model.sure(one.signals) >= model.sure_above]
    marks = [one for one in shown if one.holds]
    right = sum(one.f1 >= RIGHT for one in marks)
    values = {
        "quotes": float(len(held)),
        "coverage": _share(len(marks), len(held)),
        "right": _share(right, len(marks)),
        "exact": _share(sum(one.f1 == 1.0 for one in marks), len(marks)),
        "f1": _share(sum(one.f1 for one in marks), len(marks)),
        "f1_if_all": _share(sum(one.f1 for one in held), len(held)),
        "wrong_quotes": _share(len(shown) - len(marks), len(outcomes) - len(held)),
        "right_of_all": _share(right, len(shown)),
    }
    return {name: round(value, 3) for name, value in values.items()}


def _share(part: float, whole: int) -> float:
    return part / whole if whole else 0.0


def _compared(text: str) -> Iterator[str]:
    for word in words(fold(text)):
        yield from word if is_unspaced(word) else [word]


def _fold_of(example: SpanExample) -> int:
    digest = sha256(f"fold {example.source}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % FOLDS
