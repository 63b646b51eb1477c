"""Scripts without spaces are cut into words by ICU, and into pairs where words are not enough."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.lexical import query_terms, terms
from core.lexical.segments import is_unspaced, segmented, unspaced_terms


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("นายกรัฐมนตรีไทย", ["นายก", "รัฐมนตรี", "ไทย"]),
        ("ប្រទេសកម្ពុជា", ["ប្រទេស", "កម្ពុជា"]),
        ("安倍首相は東京で", ["安倍", "首相", "は", "東京", "で"]),
        ("朝鲜士兵", ["朝鲜", "士兵"]),
        ("Kyiv", ["Kyiv"]),
        ("", []),
    ],
)
def test_words_are_found_by_dictionary(text: str, words: list[str]) -> None:
    assert segmented(text) == words


def test_a_name_is_found_in_a_text_that_is_cut_otherwise() -> None:
    asked, name = "谁去了库尔斯", "库尔斯克"
    assert segmented(name) != segmented(asked)[-len(segmented(name)) :]
    assert set(name[:3]) <= set(query_terms(asked, language="zh")) & set(terms(name, language="zh"))


def test_korean_particles_do_not_hide_a_word() -> None:
    assert set(terms("부산", language="ko")) <= set(terms("부산에서", language="ko"))


def test_other_scripts_and_numbers_between_stay_whole() -> None:
    assert terms("EU首脳2024年", language="ja") == ["eu", "首脳", "首", "脳", "2024", "年"]


def test_kana_are_terms_as_words_only() -> None:
    assert terms("ニュースは東京", language="ja") == ["ニュース", "は", "東京", "東", "京"]


def test_words_left_out_take_their_characters_with_them() -> None:
    assert unspaced_terms("谁的中国", without={"谁", "的"}) == ["中国", "中", "国"]
    assert unspaced_terms("언제", without={"언제"}) == []
    assert unspaced_terms("ใครไทย", without={"ใคร"}) == ["ไทย"]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("中国", True),
        ("abc日", True),
        ("한국", True),
        ("ไทย", True),
        ("العربية", False),
        ("a", False),
    ],
)
def test_a_script_without_spaces_is_known(word: str, expected: bool) -> None:
    assert is_unspaced(word) is expected


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=20))
def test_any_character_of_a_han_text_finds_it(text: str) -> None:
    assert set(text) <= set(terms(text, language="zh"))
