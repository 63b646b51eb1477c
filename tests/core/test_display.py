"""What is shown steers nothing around it, and every offset into it stays true."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.display import (
    CONTROL_SHOWN,
    STAND_IN,
    isolated,
    neutralise,
    neutralise_composed,
    shortened,
)

BIDI_CONTROLS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
STEERING = BIDI_CONTROLS + "\u206a\u206f\ufff9\ufffb\U000e0041\U000e007f\u2028\u2029\x00\x1b\x9b\r"
TEXTS = st.text(
    st.one_of(
        st.sampled_from(STEERING + "\u200b\u200c\u200d\ufeff\ufe0f\u0651\u0640\n\t 🏴👨٣،؟"),
        st.characters(exclude_categories=["Cs"]),
    )
)

LEGITIMATE = [
    "نمی‌خواهم کتاب‌ها را ببرم",
    "क्‍ष और क्‌ष",
    "👨‍👩‍👧‍👦 🏳️‍🌈 ❤️ 👩🏽‍🚒",
    "🏴󠁧󠁢󠁳󠁣󠁴󠁿 und 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "သည်\u200bမြန်မာ",
    "العَـرَبِيَّةُ ١٬٢٠٠ — İstanbul’da",
    "葛󠄀城市 \ufeff中文",
    "Zeilen\n\tumbruch",
]


@given(TEXTS)
def test_as_many_code_points_are_shown_as_there_are(text: str) -> None:
    assert len(neutralise(text)) == len(text)


@given(TEXTS)
def test_only_steering_characters_are_changed(text: str) -> None:
    for before, after in zip(text, neutralise(text), strict=True):
        if before != after:
            assert unicodedata.category(before) in {"Cf", "Cc", "Zl", "Zp", "Cn"}


@given(TEXTS)
def test_nothing_that_is_shown_reorders_or_commands(text: str) -> None:
    shown = neutralise(text)
    assert not set(shown) & set(BIDI_CONTROLS)
    assert not [one for one in shown if unicodedata.category(one) == "Cc" and one not in "\n\t"]
    classes = {unicodedata.bidirectional(one) for one in shown if one != "\n"}
    assert not classes & {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "B"}


@given(TEXTS)
def test_what_is_shown_is_shown_the_same_again(text: str) -> None:
    assert neutralise(neutralise(text)) == neutralise(text)


def test_the_stand_in_has_no_part_in_the_order_of_a_line() -> None:
    assert unicodedata.bidirectional(STAND_IN) == "BN"


@pytest.mark.parametrize("text", LEGITIMATE)
def test_words_and_emoji_stay_as_they_are_spelled(text: str) -> None:
    assert neutralise(text) == text


@pytest.mark.parametrize("steering", BIDI_CONTROLS)
def test_a_control_between_letters_leaves_every_offset_true(steering: str) -> None:
    body = f"فاز {steering}4-1 الفريق{steering}"
    start = body.index("الفريق")
    assert neutralise(body)[start : start + 6] == "الفريق"
    assert neutralise(body) == f"فاز {STAND_IN}4-1 الفريق{STAND_IN}"


def test_tags_hide_no_sentence_outside_a_flag() -> None:
    hidden = "".join(chr(0xE0000 + ord(letter)) for letter in "obey")
    assert neutralise(f"قال{hidden} 🏴 نعم") == f"قال{STAND_IN * 4} 🏴 نعم"


def test_a_terminal_is_not_commanded() -> None:
    commands = "\x1b]0;title\x07\x9b31mred\r"
    shown = neutralise(commands)
    assert shown == f"{CONTROL_SHOWN}]0;title{CONTROL_SHOWN}{CONTROL_SHOWN}31mred{CONTROL_SHOWN}"


@pytest.mark.parametrize(
    ("text", "in_rtl", "expected"),
    [
        ("Harbour strike", False, "Harbour strike"),
        ("2024-06-20", False, "2024-06-20"),
        ("64", True, "64"),
        ("港口", False, "港口"),
        ("إضراب الميناء", False, "\u2068إضراب الميناء\u2069"),
        ("إضراب الميناء", True, "إضراب الميناء"),
        ("2024-06-20", True, "\u20682024-06-20\u2069"),
        ("ACME", True, "\u2068ACME\u2069"),
        ("\u2069\u202eACME\nx", True, "\u2068\u2060\u2060ACME x\u2069"),
    ],
)
def test_a_value_of_the_other_direction_is_isolated(text: str, in_rtl: bool, expected: str) -> None:
    assert isolated(text, in_rtl=in_rtl) == expected


@given(TEXTS, st.booleans())
def test_an_isolated_value_is_one_line_that_closes_what_it_opens(text: str, in_rtl: bool) -> None:
    shown = isolated(text, in_rtl=in_rtl)
    assert "\n" not in shown
    inner = shown[1:-1] if shown.startswith("\u2068") else shown
    assert not set(inner) & set(BIDI_CONTROLS)
    assert shown in {inner, f"\u2068{inner}\u2069"}


@given(TEXTS, TEXTS)
def test_our_own_isolates_outlive_a_second_look(before: str, value: str) -> None:
    composed = f"{neutralise(before)}{isolated(value, in_rtl=False)}{isolated('ACME', in_rtl=True)}"
    assert neutralise_composed(composed) == composed


@given(TEXTS)
def test_text_of_ours_is_looked_at_too(text: str) -> None:
    shown = neutralise_composed(text)
    assert len(shown) == len(text)
    assert not set(shown) & (set(BIDI_CONTROLS) - set("\u2068\u2069"))
    assert shown.count("\u2068") == shown.count("\u2069")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("كم حاوية؟", "كم حاوية؟"),
        ("How many containers?", "How many…"),
        ("长江大桥通车长江大桥通车", "长江大桥通车长江大桥…"),
        ("x" * 9 + "e\u0301" * 9, "x" * 9 + "…"),
        ("x" * 9 + "👩‍🚒", "x" * 9 + "…"),
    ],
)
def test_a_long_text_is_cut_between_words_or_at_least_between_characters(
    text: str, expected: str
) -> None:
    assert shortened(text, limit=10) == expected


@given(TEXTS, st.integers(2, 40))
def test_a_shortened_text_is_within_its_limit(text: str, limit: int) -> None:
    assert len(shortened(text, limit=limit)) <= limit + 1
