"""Hebrew words are found behind their prefixes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.lexical.hebrew import hebrew_terms

PREFIXES = st.sampled_from(["", "ה", "ו", "ב", "ל", "מ", "ש", "כ", "וה", "שה", "ומה", "ול", "כשה"])


@pytest.mark.parametrize(("prefixed", "word"), [("בספר", "ספר"), ("והבית", "בית"), ("לעיר", "עיר")])
def test_a_prefix_does_not_hide_a_short_word(prefixed: str, word: str) -> None:
    assert set(hebrew_terms(word)) & set(hebrew_terms(prefixed))


@given(PREFIXES, PREFIXES, st.text(st.sampled_from("אגדזחטיכלמנסעפצקרשת"), min_size=4, max_size=8))
def test_two_prefixes_of_one_word_share_a_term(one: str, other: str, word: str) -> None:
    assert set(hebrew_terms(one + word)) & set(hebrew_terms(other + word))


@given(st.text(st.characters(min_codepoint=0x05D0, max_codepoint=0x05EA), min_size=1, max_size=10))
def test_terms_are_ends_of_the_word_and_never_empty(word: str) -> None:
    found = hebrew_terms(word)
    assert found
    assert all(term and word.endswith(term) for term in found)
