import gzip
import json
from pathlib import Path

import pytest

from benchmarks.lexical_data import read_paragraphs, read_parallel, read_sentences

TEXT = "وقّعت موسكو المعاهدة. نفت سيول الخبر."
BREAKS = [[0, 21], [21, len(TEXT)]]


def _write(path: Path, records: list[dict[str, object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())


@pytest.fixture
def parallel(tmp_path: Path) -> Path:
    """Ten paragraphs, of which five in a row are of one article, with a question on each."""
    folder = tmp_path / "news"
    _write(
        folder / "corpus" / "ar" / "corpus.jsonl.gz",
        [
            {"_id": f"p{n:03}-ar", "text": TEXT, "metadata": {"sentence_breaks": BREAKS}}
            for n in range(10)
        ],
    )
    _write(
        folder / "queries" / "ar" / "queries.jsonl",
        [
            {
                "_id": f"q{n}",
                "text": "من نفى؟",
                "metadata": {"passage_id": f"p{n:03}-ar", "answer_start": [BREAKS[n % 2][0]]},
            }
            for n in range(10)
        ],
    )
    qrels = folder / "qrels" / "ar-ar.tsv"
    qrels.parent.mkdir()
    lines = ["query-id\tcorpus-id\tscore", *(f"q{n}\tp{n:03}-ar\t1" for n in range(10))]
    qrels.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_a_paragraph_is_a_document_and_a_passage(parallel: Path) -> None:
    corpus = read_parallel(parallel, "ar")

    assert corpus.documents == [f"p{n:03}-ar" for n in range(10)]
    assert corpus.passages == [TEXT] * 10
    assert corpus.owners == list(range(10))
    assert corpus.qrels["q3"] == {"p003-ar": 1}


def test_a_sentence_is_a_document_and_the_one_with_the_answer_is_relevant(parallel: Path) -> None:
    corpus = read_sentences(parallel, "ar")

    assert corpus.documents[:3] == ["p000-ar/0", "p000-ar/1", "p001-ar/0"]
    assert corpus.passages[:2] == [TEXT[:21], TEXT[21:]]
    assert (corpus.qrels["q2"], corpus.qrels["q3"]) == ({"p002-ar/0": 1}, {"p003-ar/1": 1})


def test_questions_on_one_article_fall_in_one_half(parallel: Path) -> None:
    choosing = read_parallel(parallel, "ar").choosing

    for article in (range(5), range(5, 10)):
        assert len({f"q{n}" in choosing for n in article}) == 1
    assert read_sentences(parallel, "ar").choosing == choosing


def test_flat_paragraphs_are_read_with_their_judgments(tmp_path: Path) -> None:
    folder = tmp_path / "flat"
    _write(folder / "corpus.jsonl.gz", [{"_id": "k1", "text": TEXT}, {"_id": "k2", "text": "آخر"}])
    _write(folder / "queries.jsonl", [{"_id": "q", "text": "من؟", "metadata": {"lang": "ar"}}])
    (folder / "qrels").mkdir()
    (folder / "qrels" / "test.tsv").write_text(
        "query-id\tcorpus-id\tscore\nq\tk1\t1\n", encoding="utf-8"
    )

    corpus = read_paragraphs(folder, language="ar")

    assert corpus.documents == ["k1", "k2"]
    assert corpus.qrels == {"q": {"k1": 1}}
