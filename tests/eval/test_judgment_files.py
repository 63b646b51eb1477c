"""Tables come back from judges as they were filled in, and every bad line is named."""

import csv
from pathlib import Path

import pytest

from core.errors import SourceUnreadable
from eval.grades import ItemKey
from eval.judgment_files import COLUMNS, read_table, write_table
from tests.eval.judged_pool import ITEMS, POOL, judge_table

KEYS = [ItemKey(item.topic_id, item.article_id, item.passage_id) for item in ITEMS]
HEAD = "topic\tarticle\tgrade\n"


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_is_a_line_an_item_with_nothing_that_a_spreadsheet_would_run(
    tmp_path: Path,
) -> None:
    write_table(POOL, tmp_path / "pool.tsv")
    raw = (tmp_path / "pool.tsv").read_bytes()
    rows = list(csv.reader(raw.decode("utf-8-sig").splitlines(), delimiter="\t"))

    assert raw.startswith(b"\xef\xbb\xbf")  # without it Excel takes the file for its own code page
    assert rows[0] == list(COLUMNS)
    assert [len(row) for row in rows] == [len(COLUMNS)] * 4
    assert rows[1][6] == "“نص” سطر ثانٍ ثالث"
    assert not any(cell[:1] in {"=", "+", "-", "@"} for row in rows for cell in row)
    assert not any(ord(sign) < ord(" ") for row in rows for cell in row for sign in cell)


def test_grades_come_back_with_ids_texts_and_places(tmp_path: Path) -> None:
    path = judge_table(POOL, tmp_path / "منى.tsv", ["2", "", "0"], judge="=منى")
    found = read_table(path)

    assert found.judge == "=منى"
    assert [line.key for line in found.lines] == KEYS
    assert [line.grade for line in found.lines] == [2, None, 0]
    assert found.lines[1].title == '=HYPERLINK("http://evil.example")'
    assert found.lines[2].place == f"{path}:4"
    assert found.ignored == ()


def test_a_pool_that_may_hold_judgments_is_never_overwritten(tmp_path: Path) -> None:
    path = judge_table(POOL, tmp_path / "pool.tsv", ["2", "1", "0"])
    with pytest.raises(SourceUnreadable, match=r"pool\.tsv exists and may hold judgments"):
        write_table(POOL, path)
    assert [line.grade for line in read_table(path).lines] == [2, 1, 0]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match=r"none/pool\.tsv cannot be written"):
        write_table(POOL, tmp_path / "none" / "pool.tsv")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", ["\t", ",", ";"])
def test_what_spreadsheets_save_is_read(encoding: str, delimiter: str, tmp_path: Path) -> None:
    rows = [
        ["Grade", "article", "topic", "Note", "source", ""],
        ["٣", "'=cmd", '7 "a"', "ملاحظة\nعلى سطرين; 1,2\t3", "الضفاف", ""],
        ["", "", "", "", "", ""],
        ["0", "خبر%201", "8", ""],
    ]
    path = tmp_path / "saved.csv"
    with path.open("w", encoding=encoding, newline="") as lines:
        csv.writer(lines, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    found = read_table(path)

    assert [line.key for line in found.lines] == [
        ItemKey('7 "a"', "=cmd", ""),
        ItemKey("8", "خبر 1", ""),
    ]
    assert [line.grade for line in found.lines] == [3, 0]
    assert found.lines[0].note == "ملاحظة على سطرين; 1,2 3"
    # The note takes two lines of the file.
    assert [line.place for line in found.lines] == [f"{path}:2", f"{path}:5"]
    assert (found.judge, found.ignored) == ("", ("source",))


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("q\ta\t4", "grade '4': 0, 1, 2, 3 or nothing is allowed"),
        ("q\ta\t2.0", "grade '2.0': 0, 1, 2, 3 or nothing is allowed"),
        ("q\ta\t-1", "grade '-1': 0, 1, 2, 3 or nothing is allowed"),
        ("q\ta\t²", "grade '²': 0, 1, 2, 3 or nothing is allowed"),
        ("q\ta\tنعم", "grade 'نعم': 0, 1, 2, 3 or nothing is allowed"),
        ("\ta\t1", "no topic: copy its id from the pool"),
        ("q\t \t1", "no article: copy its id from the pool"),
        ("q\ta\t1\tx", "4 cells: 3 are named in the first line"),
        ("first\ta\t1", "grade 1 for what .*table.tsv:2 grades 2: one grade a passage is allowed"),
    ],
)
def test_a_bad_line_is_named_with_what_is_allowed(line: str, wrong: str, tmp_path: Path) -> None:
    path = write(tmp_path / "table.tsv", f"{HEAD}first\ta\t2\n\n{line}\n")
    with pytest.raises(SourceUnreadable, match=rf"table\.tsv:4: {wrong}"):
        read_table(path)


def test_every_bad_line_is_named_before_the_rest_are_counted(tmp_path: Path) -> None:
    path = write(tmp_path / "table.tsv", HEAD + "q\ta\t7\n" * 14)
    with pytest.raises(SourceUnreadable) as raised:
        read_table(path)
    named = str(raised.value).splitlines()
    assert named[0] == "nothing is written before these lines are mended:"
    assert [line.split(":")[1] for line in named[1:11]] == [str(n) for n in range(2, 12)]
    assert named[11:] == ["and 4 more bad lines"]


def test_ids_that_a_spreadsheet_has_changed_are_told(tmp_path: Path) -> None:
    path = judge_table(POOL, tmp_path / "table.tsv", ["1", "1", "1"])
    write(path, path.read_text("utf-8-sig").replace("007", "7"))
    with pytest.raises(SourceUnreadable, match=r"table\.tsv:4: topic '7'.* is not as it was"):
        read_table(path)


def test_one_file_is_one_judges(tmp_path: Path) -> None:
    path = write(
        tmp_path / "table.tsv", "topic\tarticle\tgrade\tjudge\nq\ta\t1\tمنى\nq\tb\t1\tعمر\n"
    )
    with pytest.raises(SourceUnreadable, match=r"table\.tsv:3: judge 'عمر' after 'منى': one judge"):
        read_table(path)


@pytest.mark.parametrize("order", ["q\ta\t2\nq\ta\t\n", "q\ta\t\nq\ta\t2\n", "q\ta\t2\nq\ta\t2\n"])
def test_a_passage_may_be_there_twice_if_its_grades_do_not_differ(
    order: str, tmp_path: Path
) -> None:
    found = read_table(write(tmp_path / "table.tsv", HEAD + order))
    assert [line.grade for line in found.lines] == [2]


@pytest.mark.parametrize(
    "text", ["", "\n", "topic\tgrade\n", "topic\tarticle\tgrade\tGrade\n", "q\ta\t1\n"]
)
def test_a_file_without_the_columns_is_no_table(text: str, tmp_path: Path) -> None:
    path = write(tmp_path / "table.tsv", text)
    with pytest.raises(
        SourceUnreadable, match=r"table\.tsv:1 is no table for judging.*judge export"
    ):
        read_table(path)


def test_a_quotation_mark_left_open_is_named_by_its_line(tmp_path: Path) -> None:
    path = write(tmp_path / "table.tsv", HEAD + 'q\ta\t1\nq\t"b\t1\n')
    with pytest.raises(SourceUnreadable, match=r"table\.tsv:3: .* must close it"):
        read_table(path)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match=r"none\.tsv cannot be read"):
        read_table(tmp_path / "none.tsv")
    (tmp_path / "ansi.txt").write_bytes((HEAD + "سؤال\ta\t1\n").encode("cp1256"))
    with pytest.raises(SourceUnreadable, match=r"ansi\.txt is not in UTF-8: save it as Unicode"):
        read_table(tmp_path / "ansi.txt")
