"""Runs of a quote: which there are, and signals that agree with their plain definitions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.types import Vectors
from retrieval.answering.spans.asked import Asked
from retrieval.answering.spans.runs import LONGEST, Runs, find_runs
from retrieval.answering.spans.table import Table, read_table
from retrieval.answering.spans.units import split_units
from retrieval.answering.spans.wanted import Wanted

QUOTE = (
    'أعلن الوزير سامي الخطيب (وزير النقل) في Ras Manar أن "الميناء الكبير" '
    "استقبل ٢٫٠٧ مليون حاوية، "
    "وذلك عام 2024. وقال المدير شيئاً آخر: لا تعليق 🙂."
)


def unit_rows(seed: int, count: int, dimension: int = 16) -> Vectors:
    rows = np.random.default_rng(seed).standard_normal((count, dimension)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def read(text: str, *, seed: int = 1, measure: str | None = None) -> tuple[Wanted, Table, Runs]:
    units = split_units(text)
    question = unit_rows(seed + 1, 6)
    wanted = Wanted(
        kind=Asked.NUMBER,
        language="ar",
        whole=question,
        telling=question[2:],
        asking=question[:2],
        head=question[2:3],
        terms=frozenset(),
        figures=frozenset({"2024"}),
        measure=measure,
    )
    slices = [slice(2 * i, 2 * i + 2) for i in range(len(units))]
    table = read_table(
        wanted,
        text,
        units,
        unit_rows(seed, 2 * len(units)),
        slices,
        language="ar",
        beginnings=[0],
    )
    return wanted, table, find_runs(wanted, table)


def runs_of(text: str) -> set[str]:
    _, table, runs = read(text)
    return {
        text[table.units[start].start : table.units[end - 1].end]
        for start, end in zip(runs.starts, runs.ends, strict=True)
    }


def test_no_run_goes_across_what_is_closed() -> None:
    found = runs_of(QUOTE)
    assert {"سامي الخطيب", "وزير النقل", "Ras Manar", "الميناء الكبير", "٢٫٠٧ مليون"} <= found
    assert not any(sign in run for run in found for sign in '(")":')
    assert not any("2024. وقال" in run for run in found)


@given(st.text(alphabet=st.sampled_from(QUOTE), min_size=1, max_size=80), st.integers(0, 9))
def test_every_run_stands_in_the_quote_and_every_signal_is_finite(text: str, seed: int) -> None:
    if not split_units(text):
        return
    _, table, runs = read(text, seed=seed)
    assert (runs.starts >= 0).all()
    assert (runs.ends <= len(table.units)).all()
    lengths = runs.ends - runs.starts
    assert lengths.min() == 1
    assert lengths.max() <= LONGEST
    for name, column in runs.signals.items():
        assert column.shape == runs.starts.shape, name
        assert np.isfinite(column).all(), name


def test_signals_are_what_they_are_called() -> None:
    wanted, table, runs = read(QUOTE)
    met, vectors = table.columns["met"], table.vectors
    asking = wanted.asking.mean(axis=0) / np.linalg.norm(wanted.asking.mean(axis=0))
    for i, (start, end) in enumerate(zip(runs.starts, runs.ends, strict=True)):
        own = vectors[start:end].sum(axis=0)
        rest = vectors.sum(axis=0) - own
        norms = np.linalg.norm(own) * np.linalg.norm(rest)
        left = sum(met[k] * 0.6 ** (start - 1 - k) for k in range(start))
        right = sum(met[k] * 0.9 ** (k - end) for k in range(end, len(met)))
        expected = {
            "met_mean": met[start:end].mean(),
            "met_most": met[start:end].max(),
            "peak_sum": table.columns["peak"][start:end].sum(),
            "met_left_near": left,
            "met_right_far": right,
            "like_asking": own @ asking / np.linalg.norm(own),
            "like_rest": own @ rest / norms,
        }
        found = {name: runs.signals[name][i] for name in expected}
        assert found == pytest.approx(expected, abs=1e-4)
        assert runs.along(np.eye(16, dtype=np.float32))[i] == pytest.approx(
            own / np.linalg.norm(own), abs=1e-4
        )


def test_figures_of_the_question_are_known_in_the_quote() -> None:
    _, table, _ = read(QUOTE)
    said = dict(zip([unit.folded for unit in table.units], table.columns["said"], strict=True))
    assert said["2024"] == 1
    assert sum(said.values()) == 1


def test_the_name_of_a_kind_is_no_answer_by_itself() -> None:
    found = runs_of("افتُتح المقر في المدينة قرب الرباط")
    assert "المدينة" not in found
    assert {"الرباط", "المدينة قرب", "المدينة قرب الرباط"} <= found
    assert runs_of("city") == {"city"}


@pytest.mark.parametrize(
    ("measure", "fitting"),
    [("money", {"23 مليار دولار", "$5"}), ("percent", {"12 في المئة", "45%"}), (None, set())],
)
def test_figures_fit_the_measure_that_is_asked_for(measure: str | None, fitting: set[str]) -> None:
    text = "23 مليار دولار ثم 12 في المئة و 79 طائرة و 45% مقابل $5"
    _, table, _ = read(text, measure=measure)
    fits = table.columns["fits"] > 0
    found = {text[one.start : one.end] for one, fit in zip(table.units, fits, strict=True) if fit}
    assert found == fitting
    assert table.columns["misfits"].sum() == (5 - len(fitting) if measure else 0)
