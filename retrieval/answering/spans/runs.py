"""Runs of units that might be the short answer, each described by signals."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.types import Vectors
from retrieval.answering.spans.asked import is_class_noun
from retrieval.answering.spans.table import Column, Table
from retrieval.answering.spans.wanted import Wanted

LONGEST = 8
"""Units in a run: 19 of 20 short answers are no longer."""

_MEAN = ("met", "asking", "head", "said", "name", "stop", "foreign")
_SUM = ("claims", "peak")
_ANY = ("said", "fits", "misfits", "number", "year", "date", "spelled")
_FIRST = ("name", "stop", "figure", "initial")
_LAST = ("name", "stop", "figure")
_BEFORE = ("met", "head", "stop", "figure", "place_word", "agent_word")
_AFTER = ("met", "head", "stop", "figure")
_NEAR, _FAR = 0.6, 0.9
"""What a unit counts less by each unit that it is farther from the run."""
_AROUND = (("met", _NEAR), ("met", _FAR), ("said", _NEAR), ("peak", _NEAR), ("peak", _FAR))
_GAPS_BESIDE = ("comma", "closed", "bracket_opened")

Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Runs:
    """m runs `units[start:end]` of n units: `starts`, `ends` (m,), `signals` (m,) each, by name.

    `units` (n, dim) are the vectors of the units, and `norms` (m,) those of the sums of each run.
    """

    starts: Indices
    ends: Indices
    signals: dict[str, Column]
    units: Vectors
    norms: Column

    def along(self, directions: Vectors) -> Column:
        """(m, k): cosines of the sum of each run with `directions` (dim, k) of unit norm."""
        sums = _sums(self.units @ directions, self.starts, self.ends)
        return np.asarray(sums / self.norms[:, None], dtype=np.float32)


def find_runs(wanted: Wanted, table: Table) -> Runs:
    """All runs of at most LONGEST units that go across nothing closed, shorter ones first."""
    starts, ends = _places(table)
    lengths = (ends - starts).astype(np.float32)
    squares, with_all = _products(table.vectors, starts, ends)
    runs = Runs(
        starts=starts,
        ends=ends,
        signals={},
        units=table.vectors,
        norms=np.sqrt(np.maximum(squares, 1e-9)).astype(np.float32),
    )
    # The norm of what is left of the quote without the run.
    rest = np.sqrt(np.maximum(_total(table.vectors) - 2 * with_all + squares, 1e-9))
    runs.signals.update(
        _inside(table, starts, ends, lengths)
        | _edges(table, starts, ends)
        | _around(table, starts, ends)
        | _form(table, starts, ends, lengths)
        | _alike(table, starts, ends)
        | _likeness(wanted, runs)
        | {"like_rest": ((with_all - squares) / (runs.norms * rest)).astype(np.float32)}
    )
    return runs


def _places(table: Table) -> tuple[Indices, Indices]:
    count = len(table.units)
    closed = np.append(0, np.cumsum(table.gaps["closed"][1:count]))
    starts, ends = [], []
    for length in range(1, min(LONGEST, count) + 1):
        first = np.arange(count - length + 1)
        open_ = first[closed[first + length - 1] == closed[first]]
        starts.append(open_)
        ends.append(open_ + length)
    # "The city" is no city; but there is a run, whatever the quote says.
    named = np.flatnonzero([not is_class_noun(unit.folded) for unit in table.units])
    starts[0] = named if len(named) else starts[0]
    ends[0] = starts[0] + 1
    return np.concatenate(starts), np.concatenate(ends)


def _inside(table: Table, starts: Indices, ends: Indices, lengths: Column) -> dict[str, Column]:
    sums = {name: _sums(table.columns[name], starts, ends) for name in {*_MEAN, *_SUM, *_ANY}}
    return (
        {f"{name}_mean": sums[name] / lengths for name in _MEAN}
        | {f"{name}_sum": sums[name] for name in _SUM}
        | {f"{name}_any": (sums[name] > 0).astype(np.float32) for name in _ANY}
        | {
            "met_most": _most(table.columns["met"], starts, ends),
            "asking_most": _most(table.columns["asking"], starts, ends),
            "name_all": (sums["name"] == lengths).astype(np.float32),
            "said_all": (sums["said"] == lengths).astype(np.float32),
            "said_figure": _sums(table.columns["said"] * table.columns["figure"], starts, ends),
        }
    )


def _edges(table: Table, starts: Indices, ends: Indices) -> dict[str, Column]:
    """What stands at both edges of a run, inside and outside."""
    columns, gaps = table.columns, table.gaps
    outer = {name: np.pad(column, 1) for name, column in columns.items()}
    open_left, open_right = 1 - gaps["closed"][starts], 1 - gaps["closed"][ends]
    name = columns["name"]
    return (
        {f"first_{key}": columns[key][starts] for key in _FIRST}
        | {f"last_{key}": columns[key][ends - 1] for key in _LAST}
        | {f"before_{key}": outer[key][starts] for key in _BEFORE}
        | {f"after_{key}": outer[key][ends + 1] for key in _AFTER}
        | {f"{key}_left": gaps[key][starts] for key in _GAPS_BESIDE}
        | {f"{key}_right": gaps[key][ends] for key in _GAPS_BESIDE}
        | {
            "name_cut_left": outer["name"][starts] * name[starts] * open_left,
            "name_cut_right": outer["name"][ends + 1] * name[ends - 1] * open_right,
            "quoted": gaps["quote_opened"][starts] * gaps["quote_closed"][ends],
            "bracketed": gaps["bracket_opened"][starts] * gaps["bracket_closed"][ends],
        }
    )


def _around(table: Table, starts: Indices, ends: Indices) -> dict[str, Column]:
    """What stands near a run: the sum of units to its left and right, the nearest most."""
    found: dict[str, Column] = {}
    for name, decay in _AROUND:
        column = table.columns[name]
        side = "near" if decay == _NEAR else "far"
        found[f"{name}_left_{side}"] = _decayed(column, decay)[starts]
        found[f"{name}_right_{side}"] = _decayed(column[::-1], decay)[::-1][ends]
    breaks = np.maximum(table.gaps["closed"], table.gaps["comma"])[1:-1]
    clauses = np.append(0, np.cumsum(breaks)).astype(np.int64)
    peaks = np.bincount(clauses, weights=table.columns["peak"])[clauses[starts]]
    within = clauses[starts] == clauses[ends - 1]
    own = _sums(table.columns["peak"], starts, ends)
    found["clause_peak"] = (peaks - np.where(within, own, 0)).astype(np.float32)
    return found


def _form(table: Table, starts: Indices, ends: Indices, lengths: Column) -> dict[str, Column]:
    figure = table.columns["figure"]
    commas = np.append(0, np.cumsum(table.gaps["comma"][1:-1]))
    firsts = np.array([unit.start for unit in table.units])
    lasts = np.array([unit.end for unit in table.units])
    alone = (lengths == 1) * figure[starts]
    return {
        "one_unit": (lengths == 1).astype(np.float32),
        "two_units": (lengths == 2).astype(np.float32),
        "three_units": (lengths == 3).astype(np.float32),
        "many_units": (lengths > 5).astype(np.float32),
        "length": np.log(lengths),
        "characters": np.log(lasts[ends - 1] - firsts[starts]).astype(np.float32),
        "commas": np.minimum(commas[ends - 1] - commas[starts], 2).astype(np.float32),
        "only_figure": alone,
        "only_year": alone * table.columns["year"][starts],
        "place": (starts / len(table.units)).astype(np.float32),
    }


def _alike(table: Table, starts: Indices, ends: Indices) -> dict[str, Column]:
    """Cosines of neighbouring units, less their mean in the quote: words of one name are alike."""
    each = (table.vectors[1:] * table.vectors[:-1]).sum(axis=1)
    alike = np.pad(each - (each.mean() if len(each) else 0), 1)
    alike *= 1 - table.gaps["closed"]
    inner = np.append(0, np.cumsum(alike[1:-1]))
    pairs = np.maximum(ends - starts - 1, 1)
    return {
        "alike_left": alike[starts],
        "alike_right": alike[ends],
        "alike_inside": ((inner[ends - 1] - inner[starts]) / pairs).astype(np.float32),
    }


def _likeness(wanted: Wanted, runs: Runs) -> dict[str, Column]:
    parts = {"question": wanted.whole, "asking": wanted.asking, "head": wanted.head}
    along = runs.along(np.stack([_mean(tokens) for tokens in parts.values()], axis=1))
    return {f"like_{name}": along[:, i] for i, name in enumerate(parts)}


def _products(vectors: Vectors, starts: Indices, ends: Indices) -> tuple[Column, Column]:
    """(m,) each: products of the sum of each run with itself, and with the sum of all."""
    products = vectors @ vectors.T
    before = np.pad(products.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    squares = before[ends, ends] - 2 * before[starts, ends] + before[starts, starts]
    return squares, _sums(products.sum(axis=1), starts, ends)


def _total(vectors: Vectors) -> float:
    """The product of the sum of all with itself."""
    whole = vectors.sum(axis=0)
    return float(whole @ whole)


def _sums(rows: Column, starts: Indices, ends: Indices) -> Column:
    """(m, ...): the sum of `rows` (n, ...) over each run."""
    totals = np.concatenate([np.zeros_like(rows[:1]), np.cumsum(rows, axis=0)])
    return np.asarray(totals[ends] - totals[starts], dtype=np.float32)


def _most(column: Column, starts: Indices, ends: Indices) -> Column:
    """(m,): the largest value of each run; runs are in order of length."""
    found = np.empty(len(starts), dtype=np.float32)
    longest = column.copy()
    for length in range(1, int((ends - starts).max()) + 1):
        if length > 1:
            longest = np.maximum(longest[:-1], column[length - 1 :])
        chosen = ends - starts == length
        found[chosen] = longest[starts[chosen]]
    return found


def _decayed(column: Column, decay: float) -> Column:
    """(n + 1,): at i the sum of what stands before i, the farther the less."""
    found = np.zeros(len(column) + 1, dtype=np.float32)
    for i, value in enumerate(column):
        found[i + 1] = found[i] * decay + value
    return found


def _mean(tokens: Vectors) -> Vectors:
    mean = tokens.mean(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), dtype=np.float32)
