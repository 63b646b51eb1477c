"""A cursor says what it was given, and nothing if it was touched or is sent elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.cursors import content_of, cursor_of
from core.errors import InvalidCursor


@given(st.binary(max_size=200), st.text(max_size=20))
def test_a_cursor_gives_back_its_content_and_is_plain_text(content: bytes, request: str) -> None:
    cursor = cursor_of(content, given_for=request)
    assert content_of(cursor, given_for=request) == content
    assert cursor.replace("-", "").replace("_", "").isalnum()


@given(st.binary(max_size=50), st.integers(min_value=0), st.sampled_from("AZaz09-_"))
def test_a_cursor_that_was_changed_is_refused(content: bytes, place: int, letter: str) -> None:
    cursor = cursor_of(content, given_for="x")
    place %= len(cursor)
    changed = cursor[:place] + letter + cursor[place + 1 :]
    # The last letter may hold bits that stand for nothing.
    if changed != cursor and place < len(cursor) - 1:
        with pytest.raises(InvalidCursor, match="given for another request"):
            content_of(changed, given_for="x")


@given(st.text(max_size=100))
def test_text_that_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(InvalidCursor, match="given for another request"):
        content_of(text, given_for="x")


def test_a_cursor_of_another_request_is_refused() -> None:
    with pytest.raises(InvalidCursor, match="given for another request"):
        content_of(cursor_of(b"1:0", given_for="x"), given_for="y")
