"""Result rows become Markdown that GitHub shows as a table."""

from benchmarks.tables import markdown_table


def lines(*rows: dict[str, object]) -> list[str]:
    return markdown_table(rows).splitlines()


def test_no_rows_give_no_table() -> None:
    assert markdown_table([]) == ""


def test_columns_come_in_the_order_of_first_sight_and_a_gap_is_a_dash() -> None:
    assert lines({"b": "x"}, {"a": "y", "b": None}) == [
        "| b | a |",
        "| --- | --- |",
        "| x | – |",
        "| – | y |",
    ]


def test_numbers_stand_to_the_right_where_the_whole_column_is_numbers() -> None:
    found = lines({"n": 1, "mixed": 1, "flag": True, "none": None}, {"n": 2.5, "mixed": "x"})

    assert found[1] == "| ---: | --- | --- | --- |"


def test_floats_have_four_digits_and_never_an_exponent() -> None:
    values = [0.00012, 0.98765, 1.0, 12.345, 999.99, 12_345.6, -3.14159]

    shown = [lines({"x": value})[2].strip("| ") for value in values]

    assert shown == ["0.0001", "0.9877", "1.000", "12.35", "1,000", "12,346", "-3.142"]


def test_a_cell_cannot_break_its_row() -> None:
    assert lines({"x": "a|b\nc"})[2] == "| a\\|b c |"


def test_the_last_line_is_ended() -> None:
    assert markdown_table([{"a": 1}]).endswith("| 1 |\n")
