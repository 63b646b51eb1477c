"""Figures of a sentence: verbatim, with what they count; numbers that count nothing are left."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.agreement.figures import Figure, read_figures
from retrieval.agreement.values import Comparison, compare, holds_value

PUBLISHED = datetime(2025, 3, 1, tzinfo=UTC)


def figures_of(text: str, language: str) -> list[Figure]:
    return list(read_figures(text, language=language, published=PUBLISHED).figures)


def told(text: str, language: str) -> list[tuple[str, str | None]]:
    return [
        (text[figure.start : figure.end], figure.counted.kind)
        for figure in figures_of(text, language)
    ]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        (
            "لقي ١٧ شخصاً مَصْرَعَهُم وفُقد 26 آخرون، بيـــنهم ثلاثة آلاف عائلة مشرّدة",
            "ar",
            [("١٧", "dead"), ("26", "missing"), ("ثلاثة آلاف", "households")],
        ),
        ("Fifteen people are now known to have died.", "en", [("Fifteen", "dead")]),
        ("Le taux de chômage atteint 8,1 %.", "fr", [("8,1 %", "unemployment")]),
        ("Son 9.000 los evacuados 🚒 y 1,2 millones los turistas.", "es",
         [("9.000", "displaced"), ("1,2 millones", "tourists")]),
        ("Ölenlerin sayısı 11'e yükseldi.", "tr", [("11", "dead")]),
        ("Kazada on iki kişi öldü.", "tr", [("on iki", "dead")]),
        ("洪灾造成34人死亡。", "zh", [("34", "dead")]),
        ("رُمّمت 1840 مخطوطة عام 2023.", "ar", [("1840", "manuscripts")]),
    ],
)  # fmt: skip
def test_figures_stand_verbatim_with_what_they_count(
    text: str, language: str, expected: list[tuple[str, str]]
) -> None:
    assert told(text, language) == expected


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Two F-16 jets of Group G20 met under Article 4 at 21:00.", "en"),
        ("Faro beat Puerto 31-29 in the third round.", "en"),
        ("أصبحت السويد العضو الثاني والثلاثين في الحلف عام 2024.", "ar"),
        ("تلزم المادة الرابعة البلدين بالمساعدة قبل سنتين.", "ar"),
        ("Half of the members left in 2024.", "en"),
    ],
)
def test_ranks_scores_names_and_years_are_no_figures(text: str, language: str) -> None:
    found = told(text, language)
    assert [one for one, _ in found if one != "Two"] == []


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("41 people died", "57 people were killed", Comparison.DIFFERENT),
        ("41 people died", "41 were killed", Comparison.SAME),
        ("about 2.1 million containers", "2.07 million containers", Comparison.SAME),
        ("18,000 visitors", "18,240 visitors", Comparison.SAME),
        ("30 people died", "34 people died", Comparison.DIFFERENT),
        ("41 people died", "41 people were injured", Comparison.APART),
        ("41 people died", "9 children died", Comparison.APART),
        ("a cost of 5 million euros", "a cost of 6 million dollars", Comparison.APART),
        ("54% of the votes", "54 votes", Comparison.APART),
        ("1.84 million containers in 2023", "2.07 million containers in 2024", Comparison.APART),
        ("wages of 12 dollars a day", "wages of 310 dollars a month", Comparison.APART),
        (
            "a profit of 12 dollars in the second quarter",
            "a profit of 61 dollars",
            Comparison.APART,
        ),
        ("a margin of six goals", "11 goals", Comparison.APART),
        ("420 nurses work here", "the clinic plans to have 600 nurses", Comparison.APART),
        ("on 14 October 2024", "on 2 December 2024", Comparison.DIFFERENT),
        ("on 14 October 2024", "on 14 October 2024", Comparison.SAME),
        ("on 14 October 2024", "on 3 May 2019", Comparison.APART),
    ],
)
def test_only_figures_of_one_thing_are_held_against_each_other(
    one: str, other: str, expected: Comparison
) -> None:
    [mine], [yours] = figures_of(one, "en"), figures_of(other, "en")
    assert compare(mine, yours) is expected
    assert compare(yours, mine) is expected


def test_last_year_is_another_year_in_another_year() -> None:
    text = "The museum drew 90,000 visitors last year."
    [then] = read_figures(text, language="en", published=PUBLISHED.replace(year=2022)).figures
    [now] = figures_of(text.replace("90,000", "140,000"), "en")
    assert (then.year, now.year) == (2021, 2024)
    assert compare(then, now) is Comparison.APART


def test_a_range_holds_what_is_in_it() -> None:
    [figure] = figures_of("18,000 demonstrators", "en")
    between = read_figures("between 15,000 and 20,000 demonstrators", language="en", published=None)
    below = read_figures("between 12,000 and 15,000 demonstrators", language="en", published=None)
    assert holds_value(between, figure)
    assert not holds_value(below, figure)


@given(st.text(alphabet="0123456789٠١٢٣ قتيلاً dead ـً.,-%é\u0301\u200f\nXVI🚢八", max_size=40))
def test_every_figure_is_a_run_of_its_text(text: str) -> None:
    for language in ("ar", "en", "zh"):
        for figure in figures_of(text, language):
            assert 0 <= figure.start < figure.end <= len(text)
            assert text[figure.start : figure.end].strip()
