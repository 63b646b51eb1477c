"""Files, folders and standard input that hold articles as they should."""

import codecs
import gzip
import io
import json
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.settings import Settings
from core.types import Article, ArticleStatus, Correction
from indexing.sources import Rejection, SkippedFile, SourceArticle, read_sources

SETTINGS = Settings(data_dir=Path("unused"), cache_dir=Path("unused"))

PLAIN = "توقيع اتفاقية الشراكة\n\nوقّعت موسكو وبيونغ يانغ الاتفاقية في يونيو 2024.\n\nشاركها."


def articles(*paths: Path | str, stdin: bytes = b"") -> list[Article]:
    items = list(read_sources([str(p) for p in paths], settings=SETTINGS, stdin=io.BytesIO(stdin)))
    assert [item for item in items if isinstance(item, Rejection)] == []
    return [item.article for item in items if isinstance(item, SourceArticle)]


def written(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


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


def test_a_json_record_fills_every_field(tmp_path: Path) -> None:
    record = {
        "_id": "قسم/خبر-1 😀",
        "title": " عنوان\nالخبر ",
        "text": "نص الخبر.\r\nسطر ثان.",
        "lang": "ar-EG",
        "url": "https://almadar.example/خبر/1",
        "date": "2024-06-19",
        "updated_at": "2024-06-19T22:30:00+03:00",
        "source": "المدار",
        "author": "ليلى",
        "category": "سياسة",
        "tags": ["روسيا", "روسيا", " كوريا "],
        "status": "withheld",
        "embargoed_until": "2024-06-20T00:00:00Z",
        "corrections": [{"at": "2024-06-21", "text": "صُحّح الرقم."}],
        "titel": "x",
    }
    path = written(tmp_path / "a.json", json.dumps(record))

    (item,) = read_sources([str(path)], settings=SETTINGS, stdin=None)

    assert isinstance(item, SourceArticle)
    assert item.article == Article(
        id="قسم/خبر-1 😀",
        title="عنوان الخبر",
        body="نص الخبر.\nسطر ثان.",
        language="ar",
        url="https://almadar.example/خبر/1",
        published_at=datetime(2024, 6, 19, tzinfo=UTC),
        updated_at=datetime(2024, 6, 19, 19, 30, tzinfo=UTC),
        source="المدار",
        authors=("ليلى",),
        section="سياسة",
        tags=("روسيا", "كوريا"),
        status=ArticleStatus.WITHHELD,
        embargoed_until=datetime(2024, 6, 20, tzinfo=UTC),
        corrections=(Correction(at=datetime(2024, 6, 21, tzinfo=UTC), text="صُحّح الرقم."),),
    )
    assert item.ignored_keys == ("titel",)


@pytest.mark.parametrize("language", ["auto", "und", "", " AUTO "])
def test_a_language_may_be_left_to_us(language: str, tmp_path: Path) -> None:
    record = {"id": "a", "body": "Президент подписал договор о партнёрстве.", "lang": language}

    (article,) = articles(written(tmp_path / "a.json", json.dumps(record)))

    assert article.language == "ru"


def test_null_and_missing_mean_unknown(tmp_path: Path) -> None:
    nulls = dict.fromkeys(("title", "lang", "url", "date", "source", "author", "tags", "status"))
    path = written(tmp_path / "a.json", json.dumps({**nulls, "body": "قال الوزير نعم."}))

    (article,) = articles(path)

    assert article == Article(
        id="a", title="قال الوزير نعم.", body="قال الوزير نعم.", language="ar"
    )


def test_the_canonical_key_wins_over_another_name_for_it(tmp_path: Path) -> None:
    record = {"id": "a", "body": "نص هنا", "section": "ثقافة", "category": "culture"}

    (item,) = read_sources(
        [str(written(tmp_path / "a.json", json.dumps(record)))], settings=SETTINGS, stdin=None
    )

    assert isinstance(item, SourceArticle)
    assert (item.article.section, item.ignored_keys) == ("ثقافة", ("category",))


def test_a_record_without_an_id_is_known_by_its_address(tmp_path: Path) -> None:
    record = {"url": "https://a.example/1", "body": "نص أول."}
    first = articles(written(tmp_path / "a.jsonl", json.dumps(record)))
    second = articles(written(tmp_path / "b.jsonl", json.dumps({**record, "body": "نص ثان."})))

    assert first[0].id == second[0].id


def test_an_array_gives_its_articles_and_the_line_of_each(tmp_path: Path) -> None:
    records = [{"id": n, "body": f"نص رقم {n}."} for n in range(3)]
    path = written(tmp_path / "a.json", json.dumps(records, indent=2))

    items = list(read_sources([str(path)], settings=SETTINGS, stdin=None))

    assert [(i.article.id, i.source) for i in items if isinstance(i, SourceArticle)] == [
        ("0", f"{path}:2"),
        ("1", f"{path}:6"),
        ("2", f"{path}:10"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_json_lines_may_have_any_line_end_and_a_byte_order_mark(
    encoding: str, tmp_path: Path
) -> None:
    lines = '{"id": "a", "body": "نص أول 🌍"}\r\n\r\n{"id": "b", "body": "نص ثان"}'

    found = articles(written(tmp_path / "a.jsonl", lines.encode(encoding)))

    assert [(a.id, a.body) for a in found] == [("a", "نص أول 🌍"), ("b", "نص ثان")]


def test_standard_input_is_read_in_its_place_among_the_paths(tmp_path: Path) -> None:
    first, last = (written(tmp_path / name, PLAIN) for name in ("a.txt", "b.txt"))
    line = '\ufeff{"id": "in", "body": "نص من المدخل"}\n'

    assert [a.id for a in articles(first, "-", last, stdin=line.encode())] == ["a", "in", "b"]


def test_an_article_given_twice_alike_is_no_error(tmp_path: Path) -> None:
    line = '{"id": "a", "body": "نص الخبر"}\n'

    assert len(articles(written(tmp_path / "a.jsonl", line * 2))) == 2


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


def test_a_large_file_of_lines_is_not_held_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(
            json.dumps({"id": str(n), "lang": "ar", "body": "كلمة " * 4_000}) + "\n"
            for n in range(300)
        )
    assert path.stat().st_size > 20_000_000

    tracemalloc.start()
    count = sum(1 for _ in read_sources([str(path)], settings=SETTINGS, stdin=None))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 300
    assert peak < 4_000_000


def test_markdown_with_front_matter_becomes_display_text(tmp_path: Path) -> None:
    text = """---
title: زيارة إلى القاهرة
date: 2024-05-01T10:00:00+03:00
language: no
tags: [سياسة, مصر]
author: ليلى
layout: post
---
# زيارة إلى القاهرة

وصل **الوزير** إلى [القاهرة](https://a.example) أمس.

## خلفية

نص آخر.
"""
    (item,) = read_sources(
        [str(written(tmp_path / "visit.md", text))], settings=SETTINGS, stdin=None
    )

    assert isinstance(item, SourceArticle)
    assert item.article == Article(
        id="visit",
        title="زيارة إلى القاهرة",
        body="وصل الوزير إلى القاهرة أمس.\n\nخلفية\n\nنص آخر.",
        language="no",
        published_at=datetime(2024, 5, 1, 7, tzinfo=UTC),
        authors=("ليلى",),
        tags=("سياسة", "مصر"),
    )
    assert item.ignored_keys == ("layout",)


def test_the_first_heading_is_the_title_of_markdown_without_one(tmp_path: Path) -> None:
    (led,) = articles(written(tmp_path / "a.md", "# عنوان\n\nنص أول."))
    (later,) = articles(written(tmp_path / "b.md", "مقدمة هنا.\n\n## عنوان\n\nنص أول."))
    (none,) = articles(written(tmp_path / "c.md", "قال الوزير نعم. ثم مضى."))
    (other,) = articles(written(tmp_path / "d.md", "---\ntitle: أ\n---\n# ب\n\nنص."))

    assert (led.title, led.body) == ("عنوان", "نص أول.")
    assert (later.title, later.body) == ("عنوان", "مقدمة هنا.\n\nعنوان\n\nنص أول.")
    assert none.title == "قال الوزير نعم."
    assert (other.title, other.body) == ("أ", "ب\n\nنص.")


def test_empty_front_matter_says_nothing(tmp_path: Path) -> None:
    (article,) = articles(written(tmp_path / "a.md", "---\n\n---\nنص الخبر هنا."))

    assert (article.id, article.body) == ("a", "نص الخبر هنا.")


def test_a_thematic_break_at_the_start_is_no_front_matter(tmp_path: Path) -> None:
    (article,) = articles(written(tmp_path / "a.md", "---\n\nنص الخبر هنا."))

    assert article.body == "نص الخبر هنا."
