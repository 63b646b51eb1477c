"""Files, folders and standard input that hold articles as they should."""

import codecs
import gzip
import io
from pathlib import Path

import pytest

from core.types import Article
from indexing.sources import SkippedFile, SourceArticle, read_sources
from tests.indexing.reading import PLAIN, SETTINGS, articles, written


def test_a_plain_text_has_a_title_a_body_a_language_and_nothing_invented(tmp_path: Path) -> None:
    (article,) = articles(written(tmp_path / "خبر 1.txt", PLAIN))

    assert article == Article(
        id="خبر 1",
        title="توقيع اتفاقية الشراكة",
        body="وقّعت موسكو وبيونغ يانغ الاتفاقية في يونيو 2024.\n\nشاركها.",
        language="ar",
    )


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        codecs.BOM_UTF8 + PLAIN.encode(),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("\n", "\r").encode(),
        PLAIN.replace("\n", "\u2028").encode(),
        PLAIN.encode("utf-16"),
        codecs.BOM_UTF16_BE + PLAIN.encode("utf-16-be"),
        PLAIN.encode("utf-32"),
        PLAIN.replace("\n", "\r\n").encode("utf-16"),
    ],
    ids=["utf-8", "bom", "crlf", "cr", "line-separator", "utf-16", "16-be", "utf-32", "16-crlf"],
)
def test_encodings_and_line_ends_give_the_same_article(content: bytes, tmp_path: Path) -> None:
    expected = articles(written(tmp_path / "one" / "a.txt", PLAIN))

    assert articles(written(tmp_path / "two" / "a.txt", content)) == expected
    assert articles(written(tmp_path / "3" / "a.txt.gz", gzip.compress(content))) == expected


def test_an_edited_file_keeps_its_id_and_a_folder_gives_the_same_ids(tmp_path: Path) -> None:
    path = written(tmp_path / "2024" / "june" / "a.txt", PLAIN)
    before = articles(tmp_path)
    path.write_text("نص جديد تماماً عن موضوع آخر.", encoding="utf-8")
    after = articles(tmp_path)

    assert [article.id for article in before] == ["2024/june/a"]
    assert [article.id for article in after] == ["2024/june/a"]
    assert before != after


def test_an_unsafe_file_name_gives_a_digest_that_stays(tmp_path: Path) -> None:
    path = written(tmp_path / ("ن" * 100) / ("م" * 100 + ".txt"), PLAIN)
    (first,) = articles(tmp_path)
    path.write_text("نص آخر هنا.", encoding="utf-8")
    (second,) = articles(tmp_path)

    assert first.id == second.id
    assert first.id.startswith("a-")


def test_a_file_name_that_is_not_unicode_can_be_read_and_shown(tmp_path: Path) -> None:
    folder = bytes(tmp_path)
    with open(folder + b"/\xe3\xde.txt", "wb") as file:  # noqa: PTH123 -- a name in bytes
        file.write(PLAIN.encode())

    (item,) = read_sources([str(tmp_path)], settings=SETTINGS, stdin=None)

    assert isinstance(item, SourceArticle)
    assert item.article.id == "\\xe3\\xde"
    item.source.encode()


def test_folders_are_read_in_sorted_order_without_hidden_files(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.txt", "a/b.md", ".git/x.txt", ".x.txt", "c.ndjson"):
        written(tmp_path / name, '{"id": "j", "body": "نص"}' if "json" in name else PLAIN)
    written(tmp_path / "photo.jpg", b"\xff\xd8")

    items = list(read_sources([str(tmp_path)], settings=SETTINGS, stdin=None))

    assert [item.article.id for item in items if isinstance(item, SourceArticle)] == [
        "a/b",
        "a/z",
        "b",
        "j",
    ]
    assert [item for item in items if isinstance(item, SkippedFile)] == [
        SkippedFile(source=str(tmp_path / "photo.jpg"), suffix=".jpg")
    ]


def test_each_file_is_read_once_whatever_links_lead_to_it(tmp_path: Path) -> None:
    path = written(tmp_path / "news" / "a.txt", PLAIN)
    (tmp_path / "news" / "self").symlink_to(tmp_path / "news")
    (tmp_path / "news" / "up").symlink_to(tmp_path)
    (tmp_path / "news" / "b.txt").symlink_to(path)

    assert len(articles(tmp_path, path, tmp_path / "news")) == 1


def test_a_folder_with_a_beir_corpus_stands_for_its_corpus_alone(tmp_path: Path) -> None:
    line = '{"_id": "p1", "title": "", "text": "نص الفقرة الأولى.", "metadata": {}}\n'
    written(tmp_path / "set" / "corpus.jsonl.gz", gzip.compress(line.encode()))
    written(tmp_path / "set" / "queries.jsonl", '{"_id": "q1", "text": "سؤال"}\n')
    written(tmp_path / "set" / "qrels" / "test.tsv", "q1\tp1\t1\n")

    (item,) = read_sources([str(tmp_path)], settings=SETTINGS, stdin=None)

    assert isinstance(item, SourceArticle)
    assert (item.article.id, item.article.title) == ("p1", "نص الفقرة الأولى.")
    assert item.ignored_keys == ("metadata",)


def test_standard_input_is_read_in_its_place_among_the_paths(tmp_path: Path) -> None:
    first, last = (written(tmp_path / name, PLAIN) for name in ("a.txt", "b.txt"))
    line = '\ufeff{"id": "in", "body": "نص من المدخل"}\n'

    assert [a.id for a in articles(first, "-", last, stdin=line.encode())] == ["a", "in", "b"]


def test_positions_rise_to_the_size_of_all_files(tmp_path: Path) -> None:
    lines = "".join(f'{{"id": "{n}", "body": "نص {n}"}}\n' for n in range(2_000))
    paths = [
        written(tmp_path / "a.jsonl", lines),
        written(tmp_path / "b.jsonl.gz", gzip.compress(lines.replace('": "', '": "x').encode())),
        written(tmp_path / "c.txt", PLAIN),
    ]
    total = sum(path.stat().st_size for path in paths)

    found = list(read_sources([str(p) for p in paths], settings=SETTINGS, stdin=None))
    positions = [item.position for item in found if isinstance(item, SourceArticle)]

    assert {position.bytes_total for position in positions} == {total}
    read = [position.bytes_read for position in positions]
    assert read == sorted(read)
    assert (read[-1], positions[-1].file) == (total, str(paths[-1]))


def test_a_stream_has_no_total(tmp_path: Path) -> None:
    stdin = io.BytesIO(b'{"id": "a", "body": "text"}\n')

    (item,) = read_sources(["-"], settings=SETTINGS, stdin=stdin)

    assert isinstance(item, SourceArticle)
    assert item.position.bytes_total is None
    assert item.position.bytes_read == 28
