"""Display text and what is said of values that cannot be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ArticleRejected
from indexing.display import display_line, display_text, has_visible_text, shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\ufeff\ufeffنص", "نص"),
        ("نص\ufeff", "نص\ufeff"),
        ("a\r\nb\rc\x0bd\x0ce\x85f\u2028g\u2029h\ni", "a\nb\nc\nd\ne\nf\ng\nh\ni"),
        ("a\tb\x01c\x1bd\x7fe\x9bf", "a\tb c d e f"),
        ("e\u0301 ﷺ می\u200cخواهم \u202bx\u202c", "e\u0301 ﷺ می\u200cخواهم \u202bx\u202c"),
        ("  نص \n\n", "  نص \n\n"),
    ],
    ids=["bom", "inner-bom", "line-ends", "controls", "marks", "white-space"],
)
def test_only_accidents_of_transport_are_taken_away(text: str, expected: str) -> None:
    assert display_text(text, field="body") == expected


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00")))
def test_display_text_of_display_text_is_itself(text: str) -> None:
    once = display_text(text, field="body")

    assert display_text(once, field="body") == once


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r")))
def test_display_text_keeps_the_length_without_crlf_and_bom(text: str) -> None:
    assert len(display_text(text, field="body")) == len(text.lstrip("\ufeff"))


def test_what_cannot_be_stored_is_refused_with_its_place() -> None:
    with pytest.raises(ArticleRejected, match="body holds NUL at character 2"):
        display_text("نص\x00", field="body")
    with pytest.raises(ArticleRejected, match=r"title holds the lone surrogate \\udfff at char"):
        display_text("a\udfff", field="title")


def test_a_line_has_single_spaces_only() -> None:
    assert display_line(" عنوان\r\n\tالخبر\u00a0 هنا ") == "عنوان الخبر هنا"


@pytest.mark.parametrize(
    "text", ["", " \n\t", "\u200f\u200e", "\u200b\ufeff\u00ad", "\u2066\ufe0f"]
)
def test_marks_and_spaces_are_not_visible(text: str) -> None:
    assert not has_visible_text(text)


@pytest.mark.parametrize("text", ["م", " .", "👍", "\u200f5"])
def test_letters_signs_and_emoji_are_visible(text: str) -> None:
    assert has_visible_text(text)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("نص", "'نص'"),
        ("x" * 99, "'" + "x" * 59 + "…'"),
        ("a\x1b\ud800", r"'a\x1b\ud800'"),
        (True, "true"),
        (1.5, "the number 1.5"),
        (10**400, "a huge number"),
        ({"a": 1}, "an object"),
        ((1,), "a tuple"),
    ],
)
def test_values_are_shown_short_and_harmless(value: object, expected: str) -> None:
    assert shown(value) == expected
