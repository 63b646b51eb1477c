"""Judgments come back from either format."""

from pathlib import Path

import pytest

from core.errors import SourceUnreadable
from eval.qrels import read_qrels, write_qrels

QRELS = {"سؤال 1": {"خبر/1": 2, '"a"': 0}, "q%2": {"tab\tand\nline": 3}}


@pytest.mark.parametrize("name", ["qrels.tsv", "QRELS.TSV", "qrels.txt", "qrels"])
def test_qrels_come_back_as_they_were(name: str, tmp_path: Path) -> None:
    write_qrels(QRELS, tmp_path / name)
    assert read_qrels(tmp_path / name) == QRELS


def test_a_tsv_is_the_table_that_beir_has(tmp_path: Path) -> None:
    write_qrels({"b": {"y": 1, "x": 0}, "a": {"z": 3}}, tmp_path / "qrels.tsv")
    assert (tmp_path / "qrels.tsv").read_text("utf-8") == (
        "query-id\tcorpus-id\tscore\na\tz\t3\nb\tx\t0\nb\ty\t1\n"
    )


def test_another_name_is_trecs_format(tmp_path: Path) -> None:
    write_qrels({"a": {"z": 3}}, tmp_path / "qrels.txt")
    assert (tmp_path / "qrels.txt").read_text("utf-8") == "a 0 z 3\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("query-id\tcorpus-id\tscore\na\tb\thigh\n", "it needs the columns query-id"),
        ("query-id\tdocument\na\tb\n", "it needs the columns query-id"),
        ("query-id\tcorpus-id\tscore\na\tb\n", "it needs the columns query-id"),
        ("a b c\n", "has 3 columns; 4 are needed"),
    ],
)
def test_a_damaged_file_is_named(content: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "qrels").write_text(content, encoding="utf-8")
    with pytest.raises(SourceUnreadable, match=f"qrels.*{message}"):
        read_qrels(tmp_path / "qrels")


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "qrels").write_bytes("سؤال 0 a 1".encode("cp1256"))
    with pytest.raises(SourceUnreadable, match="qrels cannot be read"):
        read_qrels(tmp_path / "qrels")


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    for name in ("none/qrels.tsv", "none/qrels.txt"):
        with pytest.raises(SourceUnreadable, match=f"{name} cannot be written"):
            write_qrels(QRELS, tmp_path / name)
    with pytest.raises(SourceUnreadable, match="none cannot be read"):
        read_qrels(tmp_path / "none")
