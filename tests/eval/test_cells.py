"""Cells that a spreadsheet leaves alone, and that come back as they were."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.cells import check_letters, id_cell, read_id, read_text, text_cell

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "＝1", "  =1", "\t=1", "\r\n@x", "\x00-1")


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_is_a_formula(text: str) -> None:
    assert text_cell(text)[0] == "'"
    assert read_text(text_cell(text)) == text.strip(" \t\r\n\x00")


def test_a_text_that_looks_guarded_comes_back_as_it_was() -> None:
    assert text_cell("'=1") == "''=1"
    assert read_text("''=1") == "'=1"
    assert text_cell("'quoted'") == "'quoted'" == read_text("'quoted'")


def test_a_text_stays_on_one_line() -> None:
    assert text_cell("سطر\r\nثانٍ\tو\u2028ثالث 🌍") == "سطر ثانٍ و ثالث 🌍"


def test_what_is_read_cannot_steer_a_terminal() -> None:
    assert read_text("a\x1b[31m\x07b\u202ec") == "a [31m bc"


def test_ids_are_shown_as_they_are_where_a_cell_can_hold_them() -> None:
    assert id_cell("خبر 1/ب") == "خبر 1/ب"
    assert id_cell(" a%\t") == "%20a%25%09"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_id_comes_back_from_a_table(key: str) -> None:
    table = io.StringIO(newline="")
    csv.writer(table, delimiter="\t").writerow([id_cell(key), ""])
    table.seek(0)
    ((cell, _),) = csv.reader(table, delimiter="\t")

    assert read_id(cell) == key
    assert read_id(f" {cell} ") == key
    assert not cell.startswith(("=", "+", "-", "@"))


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_text_is_one_line_and_no_formula(text: str) -> None:
    cell = text_cell(text)

    assert len(cell.splitlines()) <= 1
    assert not cell.startswith(("=", "+", "-", "@"))


def test_check_letters_change_with_each_id_and_are_never_a_number_or_a_date() -> None:
    letters = {
        check_letters(*ids)
        for ids in [("007", "خ", "p"), ("7", "خ", "p"), ("007", "", "p"), ("007", "خ", "")]
    }
    assert len(letters) == 4
    assert all(len(one) == 8 and set(one) <= set("abcdefghijklmnop") for one in letters)
