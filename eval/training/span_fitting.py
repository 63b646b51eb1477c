"""Fits the model of short answers: which run of a quote is one, or that none is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from core.types import Vectors
from eval.training.span_examples import SpanExample
from retrieval.answering.spans.model import KINDS, SpanModel, axis_name, signal_rows

AXES = 12
"""Directions of token vectors that are signals."""

SHARED_RIDGE, OWN_RIDGE, ABSENCE_RIDGE = 10.0, 30.0, 0.1
"""Quadratic penalties on weights of standardised signals, summed over all examples: on what all
kinds of question share, on what a kind adds, and on both for "none"."""

ABSENT_WEIGHT = 0.5
"""Of a quote without the answer, beside one with it: they are twice as many."""

_SAME, _SHARPNESS = 0.5, 3
"""Overlap from which a run is the answer, and the power of it that it is right by."""

_ITERATIONS = 150

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Tables:
    """n examples in order of kind, their runs one after the other.

    Attributes:
        rows: (all runs, signals), standardised.
        absence: (n, signals of absence), standardised.
        right: (all runs,) how much each run is the answer.
        starts: (n,) where the runs of each example begin.
        owner: (all runs,) the example of each.
        kinds: (n,) indices in KINDS.
        holds: (n,) whether the quote holds the answer.
    """

    rows: Floats
    absence: Floats
    right: Floats
    starts: NDArray[np.int64]
    owner: NDArray[np.int64]
    kinds: NDArray[np.int64]
    holds: NDArray[np.bool_]


def main_axes(examples: Sequence[SpanExample]) -> Vectors:
    """(dim, AXES): the directions in which words differ most, as principal components."""
    vectors = np.concatenate([example.described.runs.units for example in examples])
    _, directions = np.linalg.eigh(vectors.T @ vectors)
    return np.ascontiguousarray(directions[:, : -AXES - 1 : -1], dtype=np.float32)


def fit_model(examples: Sequence[SpanExample], axes: Vectors, *, embedder: str) -> SpanModel:
    """The weights under which the answers of `examples` are likeliest; sure of nothing yet."""
    usable = [one for one in examples if not one.answers or one.overlaps.max() >= _SAME]
    names = (*usable[0].described.runs.signals, *map(axis_name, range(axes.shape[1])))
    absence_names = tuple(usable[0].described.absence)
    ordered = sorted(usable, key=lambda one: KINDS.index(one.kind))
    rows = [signal_rows(one.described.runs, names, axes) for one in ordered]
    scale = np.concatenate([some - some.mean(axis=0) for some in rows]).std(axis=0) + 1e-3
    absence = np.array([list(one.described.absence.values()) for one in ordered], dtype=np.float32)
    absence_scale = np.abs(absence).max(axis=0) + 1e-6
    tables = _tables(ordered, np.concatenate(rows) / scale, absence / absence_scale)
    shape = (1 + len(KINDS), len(names))
    start = np.zeros((1 + len(KINDS)) * (len(names) + len(absence_names)))
    found = minimize(
        lambda weights: _loss(tables, weights, shape),
        start,
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": _ITERATIONS},
    ).x
    of_runs, of_absence = _parted(found, shape)
    return SpanModel(
        embedder=embedder,
        runs=_named(names, of_runs / scale),
        absence=_named(absence_names, of_absence / absence_scale),
        axes=axes,
        sureness={},
        sure_above=1.0,
    )


def _tables(ordered: Sequence[SpanExample], rows: Floats, absence: Floats) -> _Tables:
    lengths = np.array([len(one.overlaps) for one in ordered])
    overlaps = np.concatenate([one.overlaps for one in ordered])
    return _Tables(
        rows=rows.astype(np.float32),
        absence=absence,
        right=np.where(overlaps >= _SAME, overlaps, 0) ** _SHARPNESS,
        starts=np.cumsum(lengths) - lengths,
        owner=np.repeat(np.arange(len(lengths)), lengths),
        kinds=np.array([KINDS.index(one.kind) for one in ordered]),
        holds=np.array([bool(one.answers) for one in ordered]),
    )


def _loss(
    tables: _Tables, weights: NDArray[np.float64], shape: tuple[int, int]
) -> tuple[float, NDArray[np.float64]]:
    """Minus the mean log likelihood of the right runs, or of none, with penalties; its gradient."""
    of_runs, of_absence = _parted(weights, shape)
    places, owner = 1 + tables.kinds, tables.owner
    scores = np.empty(len(tables.rows), dtype=np.float32)
    for kind, part in _kind_parts(tables):
        scores[part] = tables.rows[part] @ (of_runs[0] + of_runs[1 + kind]).astype(np.float32)
    none = (tables.absence * (of_absence[0] + of_absence[places])).sum(axis=1)
    most = np.maximum(np.maximum.reduceat(scores, tables.starts), none)
    parts, none_part = np.exp(scores - most[owner]), np.exp(none - most)
    total = np.add.reduceat(parts, tables.starts) + none_part
    chances, none_chance = parts / total[owner], none_part / total
    right = chances * tables.right
    likely = np.where(tables.holds, np.add.reduceat(right, tables.starts), none_chance) + 1e-9
    counts = np.where(tables.holds, 1.0, ABSENT_WEIGHT)
    slopes = counts[owner] * (chances - np.where(tables.holds[owner], right / likely[owner], 0))
    none_slopes = counts * (none_chance - ~tables.holds)
    gradient, absence_gradient = np.zeros_like(of_runs), np.zeros_like(of_absence)
    for kind, part in _kind_parts(tables):
        gradient[1 + kind] = tables.rows[part].T @ slopes[part].astype(np.float32)
    np.add.at(absence_gradient, places, tables.absence * none_slopes[:, None])
    gradient[0], absence_gradient[0] = gradient[1:].sum(axis=0), absence_gradient[1:].sum(axis=0)
    ridges = np.array([SHARED_RIDGE] + [OWN_RIDGE] * len(KINDS))[:, None]
    penalty = float((ridges * of_runs**2).sum()) + ABSENCE_RIDGE * float((of_absence**2).sum())
    gradient += 2 * ridges * of_runs
    absence_gradient += 2 * ABSENCE_RIDGE * of_absence
    count = len(tables.kinds)
    value = (penalty - float((counts * np.log(likely)).sum())) / count
    return value, np.concatenate([gradient.ravel(), absence_gradient.ravel()]) / count


def _kind_parts(tables: _Tables) -> list[tuple[int, slice]]:
    """The runs of each kind that there is."""
    kinds = tables.kinds[tables.owner]
    found = []
    for kind in range(len(KINDS)):
        first, end = np.searchsorted(kinds, [kind, kind + 1])
        if end > first:
            found.append((kind, slice(int(first), int(end))))
    return found


def _parted(
    weights: NDArray[np.float64], shape: tuple[int, int]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights of runs `shape`, and those of absence (shape[0], signals)."""
    count = shape[0] * shape[1]
    return weights[:count].reshape(shape), weights[count:].reshape(shape[0], -1)


def _named(names: Sequence[str], weights: NDArray[np.float64]) -> dict[str, Floats]:
    """(kinds + 1,) for each name; rounded, as they are written."""
    return {
        name: np.round(row, 4).astype(np.float32)
        for name, row in zip(names, weights.T, strict=True)
    }
