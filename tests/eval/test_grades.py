"""The scale of grades, and what judges may write for it."""

import pytest

from eval.grades import ALLOWED, GRADES, RELEVANT, parse_grade


def test_the_scale_counts_from_nothing_and_its_values_are_its_places() -> None:
    assert [grade.value for grade in GRADES] == list(range(4))
    assert [grade.value >= RELEVANT for grade in GRADES] == [False, True, True, True]
    assert ALLOWED == "0, 1, 2, 3"


@pytest.mark.parametrize(
    ("cell", "grade"), [("0", 0), (" 3\t", 3), ("٢", 2), ("۱", 1), ("", None), (" \u200a", None)]
)
def test_a_grade_is_read_in_digits_of_any_script(cell: str, grade: int | None) -> None:
    assert parse_grade(cell) == grade


@pytest.mark.parametrize("cell", ["4", "-1", "+1", "1.0", "01", "½", "²", "two", "١٢", "9" * 9_999])
def test_what_is_no_grade_is_refused_with_what_is_allowed(cell: str) -> None:
    with pytest.raises(ValueError, match="0, 1, 2, 3 or nothing is allowed"):
        parse_grade(cell)
