"""JSON files and lines that hold articles as they should."""

import json
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.types import Article, ArticleStatus, Correction
from indexing.sources import SourceArticle, read_sources
from tests.indexing.reading import SETTINGS, articles, written


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


def test_an_article_given_twice_alike_is_no_error(tmp_path: Path) -> None:
    line = '{"id": "a", "body": "نص الخبر"}\n'

    assert len(articles(written(tmp_path / "a.jsonl", line * 2))) == 2


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
