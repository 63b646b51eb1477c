"""Answer runs come back from their folder as they went in."""

from pathlib import Path

import pytest

from core.errors import SourceUnreadable
from eval.answers.runs import AnswerRun, holds_answers, read_answers, write_answers
from eval.runs import Run, read_run, write_run
from tests.eval.answers.answered import sentence, topic

RUN = AnswerRun(
    name="تشغيل",
    topics=(
        topic("أ\u2028ب", True, False, kind="who", sentences=(sentence((1, 2)),)),
        topic("b", True, answerable=False, abstained=True, own_language="fa"),
    ),
    manifest={"commit": "c"},
)


def test_a_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_answers(RUN, tmp_path / "new" / "run")
    assert read_answers(tmp_path / "new" / "run") == RUN


def test_answers_lie_beside_a_ranking(tmp_path: Path) -> None:
    ranking = Run(name="r", topics=(), ranking={}, manifest={})
    write_answers(RUN, tmp_path)
    write_run(ranking, tmp_path)
    write_answers(RUN, tmp_path)

    assert read_run(tmp_path) == ranking
    assert read_answers(tmp_path) == RUN


def test_a_folder_without_answers_tells_how_they_are_made(tmp_path: Path) -> None:
    assert not holds_answers(tmp_path)
    with pytest.raises(SourceUnreadable, match="sanad eval answers --output"):
        read_answers(tmp_path)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("answers.json", "[]", "holds list"),
        ("answers.json", "{", "is no JSON"),
        ("answers.jsonl", '{"id": "a"}\n', "is no list of answers"),
        ("answers.jsonl", "3\n", "holds int"),
    ],
)
def test_a_damaged_file_is_named(name: str, text: str, message: str, tmp_path: Path) -> None:
    write_answers(RUN, tmp_path)
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(SourceUnreadable, match=rf"{name.replace('.', '[.]')} {message}"):
        read_answers(tmp_path)


def test_a_missing_list_is_named(tmp_path: Path) -> None:
    write_answers(RUN, tmp_path)
    (tmp_path / "answers.jsonl").unlink()
    with pytest.raises(SourceUnreadable, match=r"answers[.]jsonl is missing"):
        read_answers(tmp_path)


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("", encoding="utf-8")
    with pytest.raises(SourceUnreadable, match=r"thesis\.docx"):
        write_answers(RUN, tmp_path)
