"""What the passages benchmark asks is there to be found, and nowhere else."""

import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from benchmarks.passages_data import (
    Archive,
    Asked,
    Span,
    documents,
    news,
    own_archive,
    questions,
    spread,
    taken_out,
)
from core.types import Article

SAMPLE = Path(__file__).parents[2] / "sample"
SENTENCE = "قال الناطق باسم الهيئة إن الأعمال في الموقع رقم {} ستنتهي قبل الصيف المقبل."


def write(path: Path, records: Sequence[Mapping[str, object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    packed = path.suffix == ".gz"
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())


def write_qrels(path: Path, grades: Mapping[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ["query-id\tcorpus-id\tscore", *(f"{key}\t{found}\t1" for key, found in grades.items())]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture
def ant_news(tmp_path: Path) -> Path:
    folder = tmp_path / "ant-news"
    records = [
        {
            "_id": f"n{number}",
            "title": f"عنوان {number} 🏗️",
            "date": "2018-03-12" if number % 2 else "2018-03-12T10:00:00+04:00",
            "lang": "ar",
            "text": " ".join(SENTENCE.format(f"{number}-{n}") for n in range(8)),
        }
        for number in range(20)
    ]
    records[7]["duplicate_of"] = "n3"
    write(folder / "corpus.jsonl.gz", records)
    write(
        folder / "queries.jsonl",
        [{"_id": f"h{n}", "text": f"عنوان {n}", "metadata": {"lang": "ar"}} for n in range(4)],
    )
    write_qrels(folder / "qrels" / "test.tsv", {f"h{n}": f"n{n}" for n in range(4)})
    return folder


def test_the_slice_of_the_news_holds_what_is_asked_and_is_the_same_every_time(
    ant_news: Path,
) -> None:
    articles, topics = news(ant_news, articles=10, topics=4)

    assert len(articles) == 10
    ids = {article.id for article in articles}
    assert all(set(topic.relevant) <= ids for topic in topics)
    assert [topic.group for topic in topics] == ["headlines"] * 4 + ["sentences"] * 4
    assert all(one.published_at and one.published_at.tzinfo for one in articles)
    assert (articles, topics) == news(ant_news, articles=10, topics=4)


def test_a_sentence_that_is_asked_is_taken_out_of_its_article(ant_news: Path) -> None:
    articles, topics = news(ant_news, articles=20, topics=4)
    bodies = {article.id: article.body for article in articles}

    for topic in topics[4:]:
        (key,) = topic.relevant
        assert topic.text not in bodies[key]
        assert len(bodies[key]) > 6 * len(topic.text)
    # n3 and n7 have one text: the sentence would be found in the other one.
    assert not {"n3", "n7"} & {key for topic in topics[4:] for key in topic.relevant}


@pytest.mark.parametrize(
    "text",
    ["", "سطر واحد.", "\n\n", "كلمة. " * 12, " ".join(SENTENCE.format(n) for n in range(5))],
    ids=["empty", "short", "blank", "short-sentences", "few-sentences"],
)
def test_no_sentence_is_taken_out_of_a_text_without_one_to_ask(text: str) -> None:
    assert taken_out({"a": text}, 1) == {}


def test_the_lead_and_the_end_stay() -> None:
    lines = [SENTENCE.format(n) for n in range(9)]

    for number in range(30):
        sentence, rest = taken_out({str(number): "\n".join(lines)}, 1)[str(number)]
        assert sentence in lines[2:-1]
        assert [line for line in rest.split("\n") if line] == [
            line for line in lines if line != sentence
        ]


def test_titled_paragraphs_are_asked_with_the_place_of_the_answer(tmp_path: Path) -> None:
    text = "أسس المجمع عام 1932 في القاهرة. وهو يضم أربعين عضواً."
    write(tmp_path / "corpus.jsonl.gz", [{"_id": "k0", "title": "المجمع", "text": text}])
    asked = {"passage_id": "k0", "answers": ["أربعين عضواً"], "lang": "ar"}
    write(tmp_path / "queries.jsonl", [{"_id": "q0", "text": "كم عضواً؟", "metadata": asked}])
    write_qrels(tmp_path / "qrels" / "test.tsv", {"q0": "k0"})

    (article,), (topic,) = questions(tmp_path, topics=5)

    (span,) = topic.spans
    assert article.title == "المجمع"
    assert article.body[span.start : span.end] == "أربعين عضواً"


def test_paragraphs_of_one_article_become_a_document_with_the_sentence_of_each_answer(
    tmp_path: Path,
) -> None:
    paragraphs = [("A", "أول. ثان هنا."), ("A", "ثالث. رابع 🚢 هناك."), ("B", "خامس.")]
    bounds = {0: [[0, 4], [5, 13]], 1: [[0, 5], [6, 20]], 2: [[0, 5]]}
    write(
        tmp_path / "corpus" / "ar" / "corpus.jsonl.gz",
        [
            {
                "_id": f"p{n}",
                "title": "",
                "text": text,
                "metadata": {"article": article, "sentence_breaks": bounds[n]},
            }
            for n, (article, text) in enumerate(paragraphs)
        ],
    )
    place = {"passage_id": "p1", "squad_id": "s", "answer_start": [6]}
    for language, text in (("ar", "من هناك؟"), ("en", "Who is there?")):
        folder = tmp_path / "queries" / language
        write(folder / "queries.jsonl", [{"_id": f"s-{language}", "text": text, "metadata": place}])

    articles, (topic,) = documents(tmp_path, asked_in="en", topics=5)

    bodies = {article.id: article.body for article in articles}
    assert bodies == {"document-A": "أول. ثان هنا.\n\nثالث. رابع 🚢 هناك.", "document-B": "خامس."}
    (span,) = topic.spans
    assert bodies[span.article_id][span.start : span.end].strip() == "رابع 🚢 هناك."
    assert (topic.text, topic.language, topic.group) == ("Who is there?", "en", "documents-en")
    assert topic.relevant == {"document-A": 1}


def test_every_answer_of_the_projects_archive_has_its_place_in_what_is_indexed() -> None:
    archive = Archive()
    archive.add(*own_archive(SAMPLE, topics=1_000))

    assert len(archive.topics) == 168
    for topic in archive.topics:
        assert topic.spans
        for span in topic.spans:
            assert 0 <= span.start < span.end <= len(archive.articles[span.article_id].body)


@pytest.mark.parametrize(
    ("count", "chosen"), [(0, []), (1, [0]), (3, [0, 3, 6]), (10, [*range(10)]), (99, [*range(10)])]
)
def test_members_are_chosen_at_even_distances(count: int, chosen: list[int]) -> None:
    assert spread(range(10), count) == chosen


def test_no_place_is_told_in_a_body_that_indexing_changes() -> None:
    span = Span(article_id="a", start=1, end=4)
    topic = Asked(id="q", group="x", text="?", language="ar", relevant={"a": 1}, spans=(span,))
    archive = Archive()

    archive.add([Article(id="a", title="عنوان", body="\ufeffنص هنا.", language="ar")], [topic])
    archive.add([Article(id="b", title="عنوان", body="\u200f", language="ar")], [])

    assert archive.topics[0].spans == ()
    assert archive.articles["a"].body == "نص هنا."
    assert "b" not in archive.articles
