"""The words and figures of a quote, each with what is known of it before runs are formed."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.lexical import terms
from core.lexical.stop_words import is_stop_word
from core.text import normalise
from core.types import Vectors
from retrieval.answering.spans.units import Unit, known_words, measure_of
from retrieval.answering.spans.wanted import Wanted

Column = NDArray[np.float32]

_CLOSED = re.compile(r"[\n;؛:：!?؟。；！？()（）\[\]«»“”„\"「」《》]|\.(?:\s|$)|\s[–—-]\s")
"""What no short answer goes across."""

_GAPS = {
    "closed": _CLOSED,
    "comma": re.compile(r"[,،、，–—]"),
    "quote_opened": re.compile('[«“„"「《]'),
    "quote_closed": re.compile('[»”"」》]'),
    "bracket_opened": re.compile(r"[(（\[]"),
    "bracket_closed": re.compile(r"[)）\]]"),
}
_SHARPNESS = 0.06
"""Of the share that each unit takes of a question token, in cosine."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table:
    """A quote of n units.

    Attributes:
        units: In order.
        vectors: (n, dim) unit norm: the mean of each unit's tokens.
        columns: (n,) each, by name.
        gaps: (n + 1,) each, by name: what stands before, between and after the units.
        cover: How well the telling tokens of the question are met: mean of all, and of the three
            least met.
    """

    units: Sequence[Unit]
    vectors: Vectors
    columns: dict[str, Column]
    gaps: dict[str, Column]
    cover: tuple[float, float]


def read_table(
    wanted: Wanted,
    text: str,
    units: Sequence[Unit],
    tokens: Vectors,
    slices: Sequence[slice],
    *,
    language: str,
    beginnings: Sequence[int],
) -> Table:
    """The table of a quote.

    Args:
        wanted: The question.
        text: Of the quote.
        units: Of `text`, at least one.
        tokens: (tokens, dim) centred, unit norm: of the quote.
        slices: Which of them belong to each unit.
        language: Of the quote.
        beginnings: Where in `text` a sentence begins.
    """
    vectors = _unit_norm(np.stack([tokens[one].mean(axis=0) for one in slices]))
    met_by = _best(tokens @ wanted.telling.T, slices)
    each = met_by.max(axis=0)
    words = [text[unit.start : unit.end] for unit in units]
    stops = np.array([_is_stop(word, language) for word in words], dtype=np.float32)
    initial = _initial(units, beginnings)
    gaps = _gaps(text, units)
    gaps["closed"] = np.maximum(gaps["closed"], np.append(initial, 1.0))
    columns = {
        **_meetings(met_by),
        "asking": _above_mean(_best(tokens @ wanted.asking.T, slices).max(axis=1)),
        "head": _above_mean(_best(tokens @ wanted.head.T, slices).max(axis=1)),
        "said": _said(wanted, units, words, language=language),
        **_fit(wanted, units),
        "initial": initial,
        "stop": stops,
        **_forms(units, words, plain=initial * stops),
    }
    return Table(
        units=units,
        vectors=vectors,
        columns=columns,
        gaps=gaps,
        cover=(float(each.mean()), float(np.sort(each)[:3].mean())),
    )


def _meetings(met_by: Column) -> dict[str, Column]:
    """How each unit meets the question; `met_by` is (n, telling tokens).

    "claims" shares each question token among the units that meet it best; "peak" shares it softly
    and counts it the more, the fewer units meet it.
    """
    best = met_by.max(axis=0)
    count = met_by.shape[1]
    claimed = (met_by >= best - 1e-6) * met_by
    shares = np.exp((met_by - best) / _SHARPNESS)
    told = shares / shares.sum(axis=0) * (best - met_by.mean(axis=0))
    return {
        "met": _above_mean(met_by.max(axis=1)),
        "claims": np.asarray(claimed.sum(axis=1) / count, dtype=np.float32),
        "peak": np.asarray(told.sum(axis=1) / np.sqrt(count), dtype=np.float32),
    }


def _said(wanted: Wanted, units: Sequence[Unit], words: Sequence[str], *, language: str) -> Column:
    """1 where the question says the unit itself: figures in any language, words in its own."""
    same = wanted.language == language
    return np.array(
        [
            unit.folded in wanted.figures
            if unit.is_figure
            else same and not wanted.terms.isdisjoint(_terms(word, language))
            for unit, word in zip(units, words, strict=True)
        ],
        dtype=np.float32,
    )


def _fit(wanted: Wanted, units: Sequence[Unit]) -> dict[str, Column]:
    """Figures with the measure that is asked for, and those without it; none if none is."""
    asked = wanted.measure
    fits = _flags([unit.folded for unit in units], lambda one: measure_of(one) == asked)
    figures = np.array([unit.is_figure and asked is not None for unit in units], dtype=np.float32)
    return {"fits": figures * fits, "misfits": figures * (1 - fits)}


def _forms(units: Sequence[Unit], words: Sequence[str], *, plain: Column) -> dict[str, Column]:
    """What a unit is by its letters; `plain` are those whose capital tells nothing."""
    latin = _flags(words, lambda word: word[0].isascii() and word[0].isalpha())
    foreign = latin if latin.mean() <= 1 / 2 else np.zeros_like(latin)
    capital = _flags(words, lambda word: word[0].isupper())
    kinds = [unit.kind for unit in units]
    return {
        "foreign": foreign,
        "name": np.where(plain > 0, 0, np.maximum(capital, foreign)).astype(np.float32),
        "number": _flags(kinds, lambda kind: kind in {"number", "year"}),
        "year": _flags(kinds, lambda kind: kind == "year"),
        "date": _flags(kinds, lambda kind: kind == "date"),
        "spelled": _flags(kinds, lambda kind: kind == "spelled"),
        "figure": _flags(kinds, lambda kind: kind != "word"),
        "place_word": _flags(
            [unit.folded for unit in units], known_words("before_place").__contains__
        ),
        "agent_word": _flags(
            [unit.folded for unit in units], known_words("before_agent").__contains__
        ),
    }


def _gaps(text: str, units: Sequence[Unit]) -> dict[str, Column]:
    starts = [0, *(unit.end for unit in units)]
    ends = [*(unit.start for unit in units), len(text)]
    between = [text[start:end] for start, end in zip(starts, ends, strict=True)]
    return {
        name: np.array([pattern.search(gap) is not None for gap in between], dtype=np.float32)
        for name, pattern in _GAPS.items()
    }


def _initial(units: Sequence[Unit], beginnings: Sequence[int]) -> Column:
    """1 for the first unit of each sentence."""
    starts = np.array([unit.start for unit in units])
    found = np.zeros(len(units), dtype=np.float32)
    places = np.searchsorted(starts, beginnings)
    found[places[places < len(units)]] = 1.0
    found[0] = 1.0
    return found


def _flags(values: Sequence[str], test: Callable[[str], bool]) -> Column:
    return np.array([test(value) for value in values], dtype=np.float32)


def _best(cosines: Column, slices: Sequence[slice]) -> Column:
    """(n, m): the best of each unit's tokens; `cosines` is (tokens, m)."""
    return np.stack([cosines[one].max(axis=0) for one in slices])


def _above_mean(column: Column) -> Column:
    return np.asarray(column - column.mean(), dtype=np.float32)


def _unit_norm(rows: Vectors) -> Vectors:
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(norms, 1e-9), dtype=np.float32)


@lru_cache(maxsize=20_000)
def _is_stop(word: str, language: str) -> bool:
    return is_stop_word(normalise(word), language=language)


@lru_cache(maxsize=20_000)
def _terms(word: str, language: str) -> frozenset[str]:
    return frozenset(terms(word, language=language))
