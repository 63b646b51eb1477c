"""Test collections in each layout, whole and damaged."""

import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from core.errors import SourceUnreadable
from eval.collection import GoldQuote, read_collection, read_trec_collection
from eval.records import BEGINNING, read_beginnings, read_records

ARABIC = "وقّعت الحكومة اتفاقاً جديداً مع النقابات بعد إضراب دام أسبوعين في الموانئ."
TURKISH = "Liman işçileri iki haftalık grevin ardından hükümetle anlaşma imzaladı."
QRELS_HEADER = "query-id\tcorpus-id\tscore\n"


def write_lines(path: Path, *records: Mapping[str, object]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(record, ensure_ascii=False) + "\n" for record in records]
    path.write_text("".join(lines), encoding="utf-8")
    return path


def write_text(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def flat_folder(folder: Path, *, qrels: Sequence[str] = ("q1\tخبر 1\t1",)) -> Path:
    write_lines(folder / "corpus.jsonl", {"_id": "خبر 1", "title": "الموانئ", "text": ARABIC})
    write_lines(
        folder / "queries.jsonl",
        {"_id": "q1", "text": "متى انتهى الإضراب؟", "metadata": {"type": "when"}},
        {"_id": "q2", "text": "Who?", "metadata": {"answerable": False, "language": "en"}},
    )
    write_text(folder / "qrels" / "test.tsv", QRELS_HEADER + "\n".join(qrels) + "\n")
    return folder


def parallel_folder(folder: Path) -> Path:
    for language in ("ar", "en"):
        write_lines(
            folder / "corpus" / language / "corpus.jsonl", {"_id": f"c-{language}", "text": "نص"}
        )
        write_lines(
            folder / "queries" / language / "queries.jsonl", {"_id": f"q-{language}", "text": "نص"}
        )
        for other in ("ar", "en"):
            write_text(
                folder / "qrels" / f"{language}-{other}.tsv",
                QRELS_HEADER + f"q-{language}\tc-{other}\t1\n",
            )
    return folder


def test_a_flat_folder_tells_kinds_languages_and_what_nothing_answers(tmp_path: Path) -> None:
    found = read_collection(flat_folder(tmp_path / "news"))

    first, second = found.topics
    assert (first.language, first.kind, found.pair(first)) == ("ar", "when", "ar->ar")
    assert (second.language, second.kind, found.pair(second)) == ("en", "", "en->none")
    assert (first.is_ranked, second.is_ranked) == (True, False)
    assert list(found.files) == ["news/corpus.jsonl", "news/queries.jsonl", "news/qrels/test.tsv"]


def test_an_article_judged_not_relevant_is_kept_apart(tmp_path: Path) -> None:
    folder = flat_folder(tmp_path, qrels=["q1\tخبر 1\t2", "q1\tخبر 9\t0", "q2\tخبر 9\t0"])
    first, second = read_collection(folder).topics

    assert first.qrels == {"خبر 1": 2, "خبر 9": 0}
    assert first.relevant == {"خبر 1": 2}
    assert second.relevant == {}


def test_a_parallel_folder_is_read_by_language(tmp_path: Path) -> None:
    folder = parallel_folder(tmp_path / "xq")
    found = read_collection(folder, query_languages=["en"], document_languages=["ar"])

    assert [found.pair(one) for one in found.topics] == ["en->ar"]
    assert set(found.files) == {
        "xq/corpus/ar/corpus.jsonl",
        "xq/queries/en/queries.jsonl",
        "xq/queries/ar/queries.jsonl",
        "xq/qrels/en-ar.tsv",
    }
    both = read_collection(folder)
    assert [both.pair(one) for one in both.topics] == ["ar->ar+en", "en->ar+en"]


def test_answers_of_squad_are_gold_where_their_paragraph_is_relevant(tmp_path: Path) -> None:
    folder = flat_folder(tmp_path)
    metadata = {"passage_id": "خبر 1", "answers": ["أسبوعين"]}
    write_lines(
        folder / "queries.jsonl",
        {"_id": "q1", "text": "كم؟", "metadata": metadata},
        {"_id": "q2", "text": "كم؟", "metadata": metadata},
    )
    first, second = read_collection(folder).topics

    assert first.gold == (GoldQuote(article_id="خبر 1", quote="أسبوعين"),)
    assert second.gold == ()


def answered_folder(folder: Path) -> Path:
    """One topic in two languages, each with the answers of its own paragraph."""
    parallel_folder(folder)
    for language, answer in (("ar", "أسبوعين"), ("en", "two weeks")):
        metadata = {"passage_id": f"c-{language}", "answers": [answer]}
        write_lines(
            folder / "queries" / language / "queries.jsonl",
            {"_id": f"q-{language}", "text": "نص", "metadata": metadata},
        )
    return folder


def test_gold_of_a_parallel_topic_is_the_answer_of_each_language_searched(tmp_path: Path) -> None:
    folder = answered_folder(tmp_path)
    english = GoldQuote(article_id="c-en", quote="two weeks")
    arabic = GoldQuote(article_id="c-ar", quote="أسبوعين")

    crossing = read_collection(folder, query_languages=["en"], document_languages=["ar"])
    both = read_collection(folder)

    assert [topic.gold for topic in crossing.topics] == [(arabic,)]
    assert [set(topic.gold) for topic in both.topics] == [{arabic, english}] * 2


def test_a_language_that_nobody_asks_in_has_no_gold(tmp_path: Path) -> None:
    folder = answered_folder(tmp_path)
    (folder / "queries" / "ar" / "queries.jsonl").unlink()

    (topic,) = read_collection(folder, query_languages=["en"], document_languages=["ar"]).topics

    assert topic.gold == ()
    assert topic.relevant == {"c-ar": 1}


def test_trec_files_are_a_collection_with_languages_identified(tmp_path: Path) -> None:
    topics = write_text(
        tmp_path / "in" / "topics.tsv",
        "1\tمتى انتهى إضراب الموانئ؟\n2\tLiman işçilerinin grevi ne zaman bitti?\n",
    )
    qrels = write_text(tmp_path / "in" / "qrels.txt", "1 0 a 1\n1 0 b 1\n2 0 a 0\n")
    corpus = write_lines(
        tmp_path / "in" / "articles.jsonl",
        {"id": "a", "body": ARABIC},
        {"_id": "b", "text": TURKISH},
    )
    found = read_trec_collection(topics, qrels, [corpus])

    assert [found.pair(one) for one in found.topics] == ["ar->ar+tr", "tr->none"]
    assert [one.is_ranked for one in found.topics] == [True, False]
    assert set(found.files) == {"in/topics.tsv", "in/qrels.txt", "in/articles.jsonl"}


def test_beginnings_are_those_of_the_articles_asked_for(tmp_path: Path) -> None:
    first = write_lines(tmp_path / "a.jsonl", {"_id": "1", "title": "عنوان", "text": "ن" * 900})
    second = tmp_path / "b.jsonl.gz"
    second.write_bytes(gzip.compress(b'{"id": 2, "body": "short"}\n{"id": 3, "body": "x"}\n'))

    found = read_beginnings([first, second], {"1", "2", "nowhere"})

    assert set(found) == {"1", "2"}
    assert (found["1"].title, found["1"].text) == ("عنوان", "ن" * BEGINNING)
    assert (found["2"].title, found["2"].text) == ("", "short")


def test_a_folder_that_is_no_collection_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match=r"queries\.jsonl"):
        read_collection(tmp_path)


@pytest.mark.parametrize(
    ("line", "reason"),
    [("{", "no JSON"), ("[]", "no JSON object"), ('{"text": "x"}', "without _id")],
)
def test_a_damaged_record_is_named(line: str, reason: str, tmp_path: Path) -> None:
    folder = flat_folder(tmp_path)
    write_text(folder / "queries.jsonl", line + "\n")
    with pytest.raises(SourceUnreadable, match=rf"queries\.jsonl.*{reason}"):
        read_collection(folder)


@pytest.mark.parametrize("row", ["q1\tخبر 1", "q1\tخبر 1\thigh"])
def test_damaged_judgments_are_named(row: str, tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match=r"test\.tsv holds no judgments"):
        read_collection(flat_folder(tmp_path, qrels=[row]))


def test_judgments_without_their_header_are_refused(tmp_path: Path) -> None:
    folder = flat_folder(tmp_path)
    write_text(folder / "qrels" / "test.tsv", "q1\tخبر 1\t1\nq2\tخبر 1\t1\n")
    with pytest.raises(SourceUnreadable, match="query-id, corpus-id"):
        read_collection(folder)


def test_missing_judgments_of_a_language_are_named(tmp_path: Path) -> None:
    folder = parallel_folder(tmp_path)
    (folder / "qrels" / "en-ar.tsv").unlink()
    with pytest.raises(SourceUnreadable, match=r"en-ar\.tsv"):
        read_collection(folder)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_bytes(b'{"_id": "\xff"}\n')
    (tmp_path / "c.jsonl.gz").write_bytes(gzip.compress(b'{"_id": 1}\n' * 50)[:-9])
    for name in ("c.jsonl", "c.jsonl.gz"):
        with pytest.raises(SourceUnreadable, match="cannot be read"):
            list(read_records(tmp_path / name))
