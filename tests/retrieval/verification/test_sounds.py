"""Names sound alike in Arabic, Latin and Cyrillic letters."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.verification.names import ALIKE
from retrieval.verification.sounds import likeness, may_be_alike, sounds

NAMES = [
    ("Putin", "بوتين"),
    ("Путин", "بوتين"),
    ("Mohammed", "محمد"),
    ("Muhammad", "محمد"),
    ("Jong", "جونغ"),
    ("Shamkhani", "شمخاني"),
    ("Шамхани", "شمخاني"),
    ("Erdoğan", "أردوغان"),
    ("Kristersson", "كريسترسون"),
    ("Blinken", "بلينكن"),
    ("Washington", "واشنطن"),
    ("Zelensky", "زيلينسكي"),
    ("Netanyahu", "نتنياهو"),
    ("Guterres", "غوتيريش"),
    ("Khamenei", "خامنئي"),
    ("Kairouan", "قيروان"),
    ("Cemal", "جمال"),
    ("Xi", "شي"),
    ("Jinping", "جينبينغ"),
    ("Trump", "ترامب"),
    ("Biden", "بايدن"),
    ("Rahma", "رحمة"),
    ("Lampedusa", "لامبيدوزا"),
]


@pytest.mark.parametrize(("latin", "arabic"), NAMES)
def test_two_spellings_of_a_name_are_alike(latin: str, arabic: str) -> None:
    assert likeness(sounds(latin), sounds(arabic)) >= ALIKE


def test_other_names_are_not() -> None:
    alike = {
        (latin, arabic)
        for (latin, own), (_, arabic) in product(NAMES, NAMES)
        if arabic != own and likeness(sounds(latin), sounds(arabic)) >= ALIKE
    }
    # Arabic has one letter for b and p, and t and d are near.
    assert alike <= {("Biden", "بوتين")}


@settings(deadline=None)
@given(st.text(max_size=20))
def test_a_word_is_like_itself_whatever_it_is(word: str) -> None:
    told = sounds(word)
    assert likeness(told, told) == (1.0 if told else 0.0)


@settings(deadline=None)
@given(st.sampled_from(NAMES), st.sampled_from(NAMES))
def test_likeness_is_the_same_both_ways(one: tuple[str, str], other: tuple[str, str]) -> None:
    left, right = sounds(one[0]), sounds(other[1])
    assert likeness(left, right) == pytest.approx(likeness(right, left))


@settings(deadline=None)
@given(st.sampled_from(NAMES), st.sampled_from(NAMES))
def test_what_is_alike_is_never_left_out_before(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    left, right = sounds(one[0]), sounds(other[1])
    if likeness(left, right) >= ALIKE:
        assert may_be_alike(left, right, alike=ALIKE)


def test_a_script_without_sounds_is_like_nothing() -> None:
    assert sounds("普京") == ""
    assert likeness(sounds("普京"), sounds("بوتين")) == 0.0
