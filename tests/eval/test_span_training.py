"""The model of short answers is fitted by what is right, and measured by plain arithmetic."""

from collections.abc import Sequence

import numpy as np
import pytest

from eval.training.span_examples import SpanExample, answer_overlaps
from eval.training.span_fitting import fit_model, main_axes
from eval.training.span_measures import (
    lowest_threshold,
    measured,
    outcome,
    with_sureness,
    word_f1,
)
from retrieval.answering.quotes import Quote, Run
from retrieval.answering.spans.asked import Asked
from retrieval.answering.spans.described import DescribedQuote
from retrieval.answering.spans.model import KINDS, span_model
from tests.retrieval.test_span_runs import read

TEXTS = [
    ("استقبل الميناء 40 سفينة أمس", "40"),
    ("وصلت 12 شاحنة إلى المدينة", "12"),
    ("باع المصنع نحو 300 سيارة هذا الشهر", "300"),
    ("The harbour took 75 vessels in all", "75"),
    ("Some 9 people were hurt there", "9"),
    ("大桥每天有500辆车", "500"),
]


def example(text: str, answers: Sequence[str], *, kind: Asked, seed: int = 0) -> SpanExample:
    _, table, runs = read(text, seed=seed)
    described = DescribedQuote(
        quote=Quote(run=Run(article_id="a", passage_id="p", start=50, end=50 + len(text))),
        units=table.units,
        runs=runs,
        absence={
            "always": 1.0,
            "figures": float(any(unit.is_figure for unit in table.units)),
            "first_quote": 1.0,
        },
    )
    return SpanExample(
        pair="ar->ar",
        kind=kind,
        source="s",
        in_check=False,
        described=described,
        text=text,
        answers=tuple(answers),
        overlaps=answer_overlaps(described, text, answers),
    )


def number_examples() -> list[SpanExample]:
    with_figures = [
        example(text, [answer], kind=Asked.NUMBER, seed=seed)
        for seed in range(4)
        for text, answer in TEXTS
    ]
    without = [
        example("قال المدير إن العمل مستمر", [], kind=Asked.NUMBER, seed=seed) for seed in range(8)
    ]
    return with_figures + without


def test_what_the_answers_have_in_common_is_learnt() -> None:
    examples = number_examples()
    model = fit_model(examples, main_axes(examples)[:, :2], embedder="double")
    new = example("بيعت 88 نسخة من الكتاب", ["88"], kind=Asked.NUMBER, seed=77)
    run, signals = model.likeliest(new.kind, new.described)
    span = new.described.span(run)
    assert new.text[span.start - 50 : span.end - 50] == "88"
    silent = example("لم يقل الوزير شيئا", [], kind=Asked.NUMBER, seed=78)
    assert model.likeliest(silent.kind, silent.described)[1]["none"] > signals["none"]


def test_chances_of_runs_and_of_none_sum_to_one() -> None:
    examples = number_examples()
    model = fit_model(examples, main_axes(examples)[:, :2], embedder="double")
    for one in examples:
        chances = model.chances(one.kind, one.described)
        assert chances.min() >= 0
        assert chances.sum() <= 1 + 1e-5


def test_marks_are_shown_from_the_sureness_at_which_enough_are_right() -> None:
    examples = number_examples()
    model = fit_model(examples, main_axes(examples)[:, :2], embedder="double")
    outcomes = [outcome(model, one) for one in examples]
    knowing = with_sureness(model, outcomes)
    found = measured(knowing, outcomes)["all"]
    assert found["quotes"] == 24
    assert found["right"] >= 0.75
    assert found["coverage"] > 0.5


def test_an_answer_is_found_at_each_of_its_places_and_not_inside_a_number() -> None:
    text = "في 1988 كان 8 ثم 8 وعام 1988"
    found = example(text, ["8"], kind=Asked.NUMBER)
    right = np.flatnonzero(found.overlaps == 1)
    places = [found.described.span(int(run)).start - 50 for run in right]
    assert places == [text.index(" 8 ") + 1, text.rindex(" 8 ") + 1]
    assert not example(text, ["9"], kind=Asked.NUMBER).overlaps.any()


@pytest.mark.parametrize(
    ("marked", "answer", "f1"),
    [
        ("٤٥", "45", 1.0),
        ("بيتر سوندلو", "بيتر سوندلو.", 1.0),
        ("الوزير سامي", "سامي", 2 / 3),  # 1 common of 2 and 1
        ("in June 2024", "June 2024", 4 / 5),  # 2 common of 3 and 2
        ("2024年", "2024", 2 / 3),
        ("北京市", "北京", 4 / 5),
        ("Moscow", "موسكو", 0.0),
    ],
)
def test_words_in_common_make_the_f1(marked: str, answer: str, f1: float) -> None:
    assert word_f1(marked, answer) == pytest.approx(f1)


def test_the_threshold_is_the_lowest_at_which_three_of_four_marks_are_right() -> None:
    # By falling chance right, right, right, wrong, wrong: shares 1, 1, 1, .75, .6.
    assert lowest_threshold([0.5, 0.9, 0.8, 0.3, 0.6], [0.0, 1.0, 0.5, 0.4, 1.0]) == 0.5
    # Right, wrong, right, right: shares 1, .5, .67, .75.
    assert lowest_threshold([0.5, 0.9, 0.8, 0.6], [0.5, 1.0, 0.0, 0.9]) == 0.5
    assert lowest_threshold([0.9, 0.5], [0.0, 0.0]) == 1.0


def test_the_shipped_model_has_a_weight_for_every_signal_and_kind() -> None:
    model = span_model()
    _, _, runs = read("استقبل الميناء 40 سفينة")
    axes = [name for name in model.runs if name.startswith("axis_")]
    assert set(model.runs) == {*runs.signals, *axes}
    assert model.axes.shape == (384, len(axes))
    assert all(row.shape == (1 + len(KINDS),) for row in model.runs.values())
    assert all(row.shape == (1 + len(KINDS),) for row in model.absence.values())
    assert 0 < model.sure_above < 1
