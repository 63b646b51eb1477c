"""Figures are read from digits of any script and from words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.verification.literals import readable
from retrieval.verification.quantities import find_quantities
from retrieval.verification.quantity import Quantity
from tests.retrieval.verification.spellers import arabic, english


def read(text: str, language: str) -> list[Quantity]:
    return find_quantities(readable(text), language=language)


def only(text: str, language: str) -> Quantity:
    found = read(text, language)
    assert len(found) == 1, found
    return found[0]


@settings(deadline=None)
@given(st.integers(min_value=2, max_value=999_999_999))
def test_a_number_spelled_in_english_is_read_back(number: int) -> None:
    assert only(f"there were {english(number)} visitors", "en").may_mean(number)


@settings(deadline=None)
@given(st.integers(min_value=2, max_value=999_999_999))
def test_a_number_spelled_in_arabic_is_read_back(number: int) -> None:
    assert only(f"زار المكان {arabic(number)} زائر", "ar").may_mean(number)


@settings(deadline=None)
@given(st.integers(min_value=2, max_value=10**12))
def test_digits_of_every_script_are_the_same_figure(number: int) -> None:
    arabic_indic = str(number).translate({48 + i: 0x0660 + i for i in range(10)})
    persian = str(number).translate({48 + i: 0x06F0 + i for i in range(10)})
    assert only(arabic_indic, "ar").may_mean(number)
    assert only(persian, "fa").may_mean(number)
    assert only(f"{number:,}", "en").may_mean(number)
    assert only(f"{number:,}".replace(",", "٬"), "ar").may_mean(number)
    assert only(f"{number:,}".replace(",", "\u202f"), "fr").may_mean(number)
    assert only(f"{number:,}".replace(",", "."), "tr").may_mean(number)


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("نصف مليون", "ar", 500_000),
        ("ثلاثة أرباع مليون", "ar", 750_000),
        ("مليونين وثلاثمئة ألف", "ar", 2_300_000),
        ("١٫٥ مليار", "ar", 1_500_000_000),
        ("ثمانٍ وخمسين", "ar", 58),
        ("سبع عشرة", "ar", 17),
        ("بألفي", "ar", 2_000),
        ("half a million", "en", 500_000),
        ("two dozen", "en", 24),
        ("$1.5bn", "en", 1_500_000_000),
        ("quatre-vingt-dix-sept", "fr", 97),
        ("soixante et onze", "fr", 71),
        ("1,3 million", "fr", 1_300_000),
        ("2.400 millones", "es", 2_400_000_000),
        ("mil millones", "es", 1_000_000_000),
        ("medio millón", "es", 500_000),
        ("yirmi üç", "tr", 23),
        ("1,35 milyar", "tr", 1_350_000_000),
        ("шесть тысяч триста", "ru", 6_300),
        ("1,96 млн", "ru", 1_960_000),
        ("۱٫۸۴ میلیون", "fa", 1_840_000),
        ("3.6亿", "zh", 360_000_000),
        ("三千万", "zh", 30_000_000),
        ("XIXe", "fr", 19),
    ],
)
def test_scales_and_words_multiply(text: str, language: str, value: float) -> None:
    assert only(text, language).may_mean(value)


@pytest.mark.parametrize(
    ("text", "language", "share"),
    [
        ("22%", "en", 0.22),
        ("٢٢٪", "ar", 0.22),
        ("12 في المئة", "ar", 0.12),
        ("ثلثي", "ar", 0.6667),
        ("68 %", "fr", 0.68),
        ("trois quarts", "fr", 0.75),
        ("un 40 por ciento".removeprefix("un "), "es", 0.4),
        ("yüzde 45'i", "tr", 0.45),
        ("dörtte üç", "tr", 0.75),
        ("百分之二", "zh", 0.02),
        ("四成", "zh", 0.4),
        ("two-thirds", "en", 0.6667),
    ],
)
def test_a_share_is_no_number(text: str, language: str, share: float) -> None:
    found = only(text, language)
    assert found.readings == {("share", share)}


@pytest.mark.parametrize(
    ("text", "language"), [("9:40 p.m.", "en"), ("21:40", "ar"), ("9:40 مساءً", "ar")]
)
def test_times_of_day_are_one_in_every_clock(text: str, language: str) -> None:
    assert ("time", 21.0 * 60 + 40) in only(text, language).readings


@pytest.mark.parametrize(
    ("text", "language", "unit"),
    [
        ("$14.5m", "en", "dollar"),
        ("14.2 million Omani rials", "en", "riyal"),
        ("١٤٫٢ مليون ريال عُماني", "ar", "riyal"),
        ("تسعة أيام", "ar", "day"),
        ("42 heures", "fr", "hour"),
        ("2.150 metre", "tr", "metre"),
        ("27万元", "zh", "yuan"),
        ("40 visitors", "en", None),
    ],
)
def test_the_unit_is_the_word_beside_the_figure(text: str, language: str, unit: str | None) -> None:
    assert only(text, language).unit == unit


def test_an_arabic_dual_is_two_of_its_unit() -> None:
    years, months = read("سنتين وخمسة أشهر", "ar")
    assert (years.may_mean(2), years.unit) == (True, "year")
    assert (months.may_mean(5), months.unit) == (True, "month")


def test_a_year_and_a_half_is_eighteen_months() -> None:
    half, months = only("un an et demi", "fr"), only("eighteen months", "en")
    assert ("months", 18.0) in half.readings & months.readings


@settings(deadline=None)
@given(st.text(max_size=200), st.sampled_from(["ar", "en", "fr", "es", "tr", "ru", "zh", "fa"]))
def test_any_text_can_be_read(text: str, language: str) -> None:
    for quantity in read(text, language):
        assert quantity.readings
        assert 0 <= quantity.start < quantity.end


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("مليوناً و673 ألفاً و230 حاجاً", "ar", 1_673_230),
        ("مليوناً و833 ألف حاج", "ar", 1_833_000),
        ("مليونان ونصف المليون", "ar", 2_500_000),
        ("ثلاثة عشر مليوناً ونصف مليون", "ar", 13_500_000),
        ("مليون ونصف", "ar", 1_500_000),
        ("dos millones y medio", "es", 2_500_000),
        ("2 million and a half", "en", 2_500_000),
    ],
)
def test_figures_that_are_joined_are_one(text: str, language: str, value: float) -> None:
    assert only(text, language).may_mean(value)


def test_years_and_months_may_be_told_in_months() -> None:
    for figure in read("سنتين وأربعة أشهر", "ar"):
        assert ("months", 28.0) in figure.readings
