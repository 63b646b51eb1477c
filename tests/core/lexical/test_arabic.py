"""Arabic words are found whatever is written together with them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.lexical.arabic import arabic_stem

ROOT = st.text(st.sampled_from("جحخدذرزسشصضطظعغقم"), min_size=3, max_size=6)


@pytest.mark.parametrize(
    "clitics", ["ال", "وال", "فال", "بال", "كال", "وبال", "فبال", "وكال", "لل", "ولل", "فلل"]
)
@given(root=ROOT)
def test_the_article_and_what_joins_it_are_taken_off(clitics: str, root: str) -> None:
    assert arabic_stem(clitics + root) == arabic_stem(root)


@pytest.mark.parametrize("clitics", ["و", "ب", "ل", "وب", "ول"])
@given(root=ROOT)
def test_a_lone_conjunction_or_preposition_is_taken_off(clitics: str, root: str) -> None:
    assert arabic_stem(clitics + root) == arabic_stem(root)


@pytest.mark.parametrize("word", ["برلين", "واشنطن", "بغداد", "بروكسل", "ليبيا"])
def test_a_name_that_begins_like_a_prefix_is_found_behind_one(word: str) -> None:
    found = {arabic_stem(prefix + word) for prefix in ("", "و", "ب", "ل", "ول", "وب")}
    assert len(found) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ولبنان", "لبنان"),
        ("بلبنان", "لبنان"),
        ("كتابهم", "كتاب"),
        ("كتابنا", "الكتاب"),
        ("مسلمون", "المسلمين"),
        ("سياسيه", "سياسي"),
        ("لاعبات", "لاعب"),
        ("قراراتها", "قرار"),
    ],
)
def test_forms_of_a_word_share_their_stem(one: str, other: str) -> None:
    assert arabic_stem(one) == arabic_stem(other)


@given(st.text(st.sampled_from("والبكفلتيهنسر"), min_size=1, max_size=12))
def test_a_stem_is_never_empty_nor_longer_than_its_word(word: str) -> None:
    stem = arabic_stem(word)
    assert stem
    assert len(stem) <= len(word)
