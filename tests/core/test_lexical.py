"""The lexical leg sees one word behind its spellings, in every script."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.lexical import LexicalEncoder, term_id, terms
from core.text import fold

ENCODER = LexicalEncoder()


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("الشَّراكةُ الإستراتيجيّة", "الشراكه الاستراتيجية", "ar"),
        ("العــــراق", "العراق", "ar"),
        ("والاتفاقية", "اتفاقية", "ar"),
        ("عام ٢٠٢٤", "عام 2024", "ar"),
        ("کتاب‌ها", "كتابها", "fa"),
        ("Élysée", "elysee", "en"),
        ("F-16", "f16", "en"),
        ("elections", "election", "en"),
        ("İSTANBUL", "istanbul", "tr"),
        ("выборами", "выборы", "ru"),
        ("ＮＡＴＯ", "nato", "zh"),
    ],
)
def test_spellings_of_one_word_share_their_terms(one: str, other: str, language: str) -> None:
    assert terms(one, language=language) == terms(other, language=language)


def test_unspaced_scripts_give_bigrams_and_whole_numbers() -> None:
    assert terms("朝鲜士兵2024年", language="zh") == ["朝鲜", "鲜士", "士兵", "2024", "年"]
    assert terms("부산에서", language="ko") == ["부산", "산에", "에서"]


def test_numbers_with_separators_stay_whole() -> None:
    assert terms("1,200 و3.5٪", language="ar") == ["1,200", "و", "3.5"]


def test_a_passage_weighs_repeated_terms_more_and_saturates() -> None:
    once = ENCODER.encode_passage("علم " + "كلمة أخرى هنا", language="ar")
    often = ENCODER.encode_passage("علم " * 50, language="ar")
    weight = dict(zip(often.indices, often.values, strict=True))[
        term_id(terms("علم", language="ar")[0])
    ]
    assert max(once.values) < weight < 2.2


@given(st.text(max_size=200), st.sampled_from(["ar", "en", "zh", "th", "tr", "und", "fa", "ru"]))
def test_every_vector_is_sorted_unique_positive_and_finite(text: str, language: str) -> None:
    for vector in (
        ENCODER.encode_passage(text, language=language),
        ENCODER.encode_query(text, language=language),
    ):
        assert list(vector.indices) == sorted(set(vector.indices))
        assert all(0 <= index < 2**32 for index in vector.indices)
        assert all(value > 0 and math.isfinite(value) for value in vector.values)


@given(st.text(max_size=200))
def test_a_query_finds_its_own_text(text: str) -> None:
    query = ENCODER.encode_query(text, language="ar")
    passage = ENCODER.encode_passage(text, language="ar")
    assert set(query.indices) == set(passage.indices)


@given(st.text(max_size=100))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
