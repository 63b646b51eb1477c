"""How far two judges agree beyond chance: Cohen's kappa, over two grades and over the whole scale.

With o the share of items in each cell of the table of both judges' grades, e the product of its row
and column shares and v the weight of a disagreement,

    kappa = 1 - sum(v o) / sum(v e)

(Cohen 1968, "Weighted kappa", Psychological Bulletin 70). Weights of 0 for the same grade and 1 for
another give the kappa of Cohen 1960 ("A coefficient of agreement for nominal scales"). 1 is full
agreement, 0 what chance gives. Where both judges give one and the same grade throughout, chance
leaves nothing to disagree on, and kappa is undefined.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.grades import GRADES, RELEVANT, ItemKey
from eval.intervals import LEVEL, RESAMPLES, SEED

Floats = NDArray[np.float64]

_LEAST_TOPICS = 2
"""For an interval: with one topic, every resample is the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kappa:
    """A kappa with its 95 % interval.

    `value` is None where it is undefined; the bounds are None then, and where all items are of
    one topic.
    """

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Two judges on the `n` items that both have judged, in `topics` topics.

    `agreed` is the share of items with the same grade, `agreed_binary` of those that both or
    neither call relevant; both are NaN without items. `binary` is the kappa of relevant or not
    (from RELEVANT on), `weighted` that of the scale, a disagreement weighted by the distance of
    the grades.
    """

    first: str
    second: str
    n: int
    topics: int
    agreed: float
    agreed_binary: float
    binary: Kappa
    weighted: Kappa


def measure_agreement(
    first: Mapping[ItemKey, int],
    second: Mapping[ItemKey, int],
    *,
    names: tuple[str, str],
) -> Agreement:
    """Agreement on the items in both: grade by item.

    The intervals are percentile bootstrap over topics (Efron and Tibshirani 1993), as items of
    one topic are not independent; resamples in which kappa is undefined are left out.
    """
    both = [key for key in first if key in second]
    topics = dict.fromkeys(key.topic_id for key in both)
    places = {topic: place for place, topic in enumerate(topics)}
    tables = np.zeros((len(places), len(GRADES), len(GRADES)))
    for key in both:
        tables[places[key.topic_id], first[key], second[key]] += 1
    relevant = np.arange(len(GRADES)) >= RELEVANT
    same = np.equal.outer(relevant, relevant)
    table = tables.sum(axis=0)
    count = len(both) or float("nan")
    return Agreement(
        first=names[0],
        second=names[1],
        n=len(both),
        topics=len(places),
        agreed=float(np.trace(table) / count),
        agreed_binary=float(table[same].sum() / count),
        # The weight of a cell, not a smaller table: chance and agreement are sums over cells.
        binary=_estimate(tables, np.where(same, 0.0, 1.0)),
        weighted=_estimate(tables, _distances()),
    )


def _distances() -> Floats:
    grades = np.arange(len(GRADES), dtype=np.float64)
    distances: Floats = np.abs(np.subtract.outer(grades, grades))
    return distances


def _estimate(tables: Floats, weights: Floats) -> Kappa:
    """Kappa of the sum of `tables`, (topics, grades, grades), resampled by topics."""
    value = float(_kappas(tables.sum(axis=0, keepdims=True), weights)[0])
    if np.isnan(value):
        return Kappa(value=None, low=None, high=None)
    count = len(tables)
    if count < _LEAST_TOPICS:
        return Kappa(value=value, low=None, high=None)
    drawn = np.random.default_rng(SEED).multinomial(
        count, np.full(count, 1 / count), size=RESAMPLES
    )
    kappas = _kappas(np.tensordot(drawn, tables, axes=1), weights)
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(kappas[~np.isnan(kappas)], [tail, 1 - tail])
    return Kappa(value=value, low=float(low), high=float(high))


def _kappas(tables: Floats, weights: Floats) -> Floats:
    """(n,) of n tables of counts; NaN where undefined, or where a table is empty."""
    totals = tables.sum(axis=(1, 2))
    rows, columns = tables.sum(axis=2), tables.sum(axis=1)
    by_chance = np.einsum("ni,nj,ij->n", rows, columns, weights)
    found = np.einsum("nij,ij->n", tables, weights) * totals
    kappas = np.full(len(tables), np.nan)
    # Counts and weights are whole numbers, so that 0 is exact.
    np.divide(found, by_chance, out=kappas, where=by_chance > 0)
    result: Floats = 1 - kappas
    return result
