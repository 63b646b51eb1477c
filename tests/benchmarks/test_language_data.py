from pathlib import Path

import pytest

from benchmarks.language_data import Question, read_questions, read_topics


def test_a_line_is_a_question_with_its_languages(tmp_path: Path) -> None:
    path = tmp_path / "questions.txt"
    path.write_text("# why\n\nar: من: هو؟\nen|fr: Gaza 🙂\n", encoding="utf-8")

    first, second = read_questions(path)

    assert first == Question(text="من: هو؟", languages=frozenset({"ar"}))
    assert (first.label, second.label) == ("ar", "several")
    assert second.languages == {"en", "fr"}


@pytest.mark.parametrize("line", ["no language", "ar:", "ar: "])
def test_a_line_without_language_or_question_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "questions.txt"
    path.write_text(f"en: fine\n{line}\n", encoding="utf-8")

    with pytest.raises(ValueError, match=r"questions\.txt:2"):
        read_questions(path)


def test_topics_carry_their_language_unless_it_is_given(tmp_path: Path) -> None:
    path = tmp_path / "queries.jsonl"
    path.write_text('{"_id": "1", "text": "متى؟", "metadata": {"language": "ar"}}', "utf-8")

    assert [question.label for question in read_topics(path)] == ["ar"]
    assert [question.label for question in read_topics(path, language="fa")] == ["fa"]
