"""TREC's files are read as others write them, and what we write is read by others."""

from pathlib import Path

import ir_measures
import pytest

from core.errors import SourceUnreadable
from eval.trec import (
    read_qrels,
    read_ranking,
    read_topic_ids,
    read_topics,
    write_qrels,
    write_ranking,
)


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_run_and_qrels_are_read_by_another_reader(tmp_path: Path) -> None:
    ranking = {"q1": {"ب": 0.5, "a": 0.75}, "q2": {"a": 1e-9}}
    write_ranking(ranking, tmp_path / "run", name="x y")
    write_qrels({"q1": {"ب": 2, "a": 0}}, tmp_path / "qrels")
    assert (tmp_path / "run").read_text().splitlines()[0] == "q1 Q0 a 1 0.75 x%20y"
    theirs = {
        (r.query_id, r.doc_id): r.score for r in ir_measures.read_trec_run(str(tmp_path / "run"))
    }
    assert theirs == {(q, d): s for q, scores in ranking.items() for d, s in scores.items()}
    assert read_ranking(tmp_path / "run") == ranking
    assert read_qrels(tmp_path / "qrels") == {"q1": {"ب": 2, "a": 0}}


def test_blocks_and_lines_of_topics_are_read(tmp_path: Path) -> None:
    blocks = written(
        tmp_path / "topics",
        "<top>\n<num> Number: 301\n<title> شراكة\nاستراتيجية\n\n<desc> Description:\nx\n</top>\n"
        "<top><num>302</num><title>Port strike</title></top>\n",
    )
    assert read_topics(blocks) == {"301": "شراكة استراتيجية", "302": "Port strike"}
    lines = written(tmp_path / "topics.tsv", "\ufeffq1\tما الذي حدث؟\r\n\nq2\twhat\tnow\n")
    assert read_topics(lines) == {"q1": "ما الذي حدث؟", "q2": "what\tnow"}


@pytest.mark.parametrize("text", ["", "q1 without a tab", "\tno id", "<top></top>"])
def test_what_is_no_list_of_topics_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match=r"topics.* (holds no topic|is no topic)"):
        read_topics(written(tmp_path / "topics", text))


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SourceUnreadable, match="cannot be read"):
        read_ranking(tmp_path / "run")


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("q 1\nسؤال\n", ["q 1", "سؤال"]),
        ("\ufeffq 1\tNe zaman?\r\n\nسؤال\t\n", ["q 1", "سؤال"]),
        ("<top><num>q1<title>x</top>", ["q1"]),
    ],
)
def test_ids_of_topics_are_read_from_a_list_or_a_topics_file(
    text: str, ids: list[str], tmp_path: Path
) -> None:
    assert read_topic_ids(written(tmp_path / "topics", text)) == ids


def test_a_list_of_no_topics_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match="topics holds no topic: write one id a line"):
        read_topic_ids(written(tmp_path / "topics", " \n"))
