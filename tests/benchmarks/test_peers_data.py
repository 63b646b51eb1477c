import gzip
import json
from pathlib import Path

import pytest

from benchmarks.peers_data import (
    DocumentSet,
    document_sets,
    read_qrels,
    read_topics,
    warm_up_questions,
    write_documents,
)


def _write(path: Path, records: list[dict[str, str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode("utf-8")))
    else:
        path.write_text(text, encoding="utf-8")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    xquad = tmp_path / "xquad"
    for language in ("ar", "en", "es"):
        _write(
            xquad / "corpus" / language / "corpus.jsonl.gz",
            [{"_id": f"p{n}-{language}", "title": "", "text": f" فقرة {n} "} for n in range(2)],
        )
        _write(
            xquad / "queries" / language / "queries.jsonl",
            [{"_id": f"q{n}-{language}", "text": f"{language} {n}?"} for n in range(3)],
        )
    for pair in ("ar-ar", "en-ar", "en-en"):
        asked, found = pair.split("-")
        lines = ["query-id\tcorpus-id\tscore", f"q0-{asked}\tp1-{found}\t1"]
        lines.append(f"q0-{asked}\tp0-{found}\t0")
        path = xquad / "qrels" / f"{pair}.tsv"
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    news = [{"_id": f"n{n}", "title": "عنوان", "text": "خبر", "lang": "ar"} for n in range(4)]
    _write(tmp_path / "news" / "corpus.jsonl.gz", news)
    return tmp_path


def _sets(data: Path, *, distractors: int, topics: int | None = None) -> list[DocumentSet]:
    return document_sets(
        data / "xquad", data / "news", distractors=distractors, topics=topics, folder=data
    )


def test_distractors_stand_among_the_arabic_paragraphs_only(data: Path) -> None:
    arabic, english = _sets(data, distractors=3)

    assert arabic.document_ids == {"p0-ar", "p1-ar", "n0", "n1", "n2"}
    assert english.document_ids == {"p0-en", "p1-en"}


def test_a_documents_line_holds_exactly_what_a_job_reads(data: Path) -> None:
    arabic, _ = _sets(data, distractors=1)

    lines = [json.loads(line) for line in arabic.file.read_text(encoding="utf-8").splitlines()]

    assert lines[0] == {"id": "p0-ar", "title": "", "text": "فقرة 0", "language": "ar"}
    assert lines[-1] == {"id": "n0", "title": "عنوان", "text": "خبر", "language": "ar"}


def test_both_languages_are_asked_of_the_arabic_set(data: Path) -> None:
    arabic, english = _sets(data, distractors=0, topics=2)

    assert arabic.questions == ["ar 0?", "ar 1?", "en 0?", "en 1?"]
    assert list(english.topics) == ["en-en"]


def test_a_question_that_comes_twice_is_asked_once(data: Path) -> None:
    same = [{"_id": "a", "text": "same?"}, {"_id": "b", "text": "same?"}]
    _write(data / "xquad" / "queries" / "en" / "queries.jsonl", same)

    _, english = _sets(data, distractors=0)

    assert english.questions == ["same?"]
    assert english.topics["en-en"] == {"a": "same?", "b": "same?"}


def test_a_warm_up_question_is_never_measured(data: Path) -> None:
    arabic, english = _sets(data, distractors=0)

    warm_up = warm_up_questions(data / "xquad")

    assert warm_up
    assert not set(warm_up) & {*arabic.questions, *english.questions}


def test_a_grade_of_zero_is_no_judgment_of_relevance(data: Path) -> None:
    assert read_qrels(data / "xquad" / "qrels" / "en-ar.tsv") == {"q0-en": {"p1-ar": 1}}


def test_topics_are_read_up_to_the_limit(data: Path) -> None:
    assert read_topics(data / "xquad", "en", limit=1) == {"q0-en": "en 0?"}
    assert len(read_topics(data / "xquad", "en", limit=None)) == 3


def test_more_distractors_than_articles_are_refused(data: Path) -> None:
    with pytest.raises(SystemExit, match="has 4 articles"):
        _sets(data, distractors=5)


def test_two_documents_of_one_id_are_refused(tmp_path: Path) -> None:
    twice = {"id": "a", "title": "", "text": "x", "language": "ar"}

    with pytest.raises(SystemExit, match="same id"):
        write_documents([twice, twice], tmp_path / "documents.jsonl")
