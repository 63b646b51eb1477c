"""Everything that may come and cannot be indexed: a reason with file and line, and the run goes on.

Each case lies between two good articles, so that a test also shows that nothing else is lost.
"""

import codecs
import gzip
import io
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.errors import SourceUnreadable
from core.settings import Settings
from indexing.sources import Rejection, SourceArticle, read_sources

GOOD = {"id": "سليم-1", "title": "توقيع الاتفاقية", "body": "وقّع الطرفان الاتفاقية في الرياض."}
ARABIC = "وقّعت موسكو وبيونغ يانغ اتفاقية الشراكة.\n"


def settings(**values: int) -> Settings:
    return Settings(data_dir=Path("unused"), cache_dir=Path("unused"), **values)


SETTINGS = settings(max_article_chars=2_000, max_source_bytes=10_000)


def record(**values: object) -> bytes:
    return json.dumps({**GOOD, "id": "bad", **values}).encode()


def without(key: str) -> bytes:
    return json.dumps({name: value for name, value in GOOD.items() if name != key}).encode()


def line_of_1256() -> bytes:
    return b'{"id": "bad", "body": "' + "مقال قديم".encode("windows-1256") + b'"}'


BAD_LINES: dict[str, tuple[bytes, str]] = {
    "broken JSON": (b'{"id": "bad", "body": }', "broken JSON at column 23"),
    "cut off JSON": (b'{"id": "bad", "body": "abc', "broken JSON at column 23"),
    "single quotes": (b"{'id': 'bad'}", "broken JSON at column 2"),
    "two values": (b'{"id": "bad"} {"id": "bad"}', "more than one value"),
    "list": (b"[1, 2]", "is a list; an article is a JSON object"),
    "text": ('"مقال"'.encode(), "is 'مقال'; an article is a JSON object"),
    "number": (b"42", "is the number 42"),
    "null": (b"null", "is null; an article is a JSON object"),
    "nested too deeply": (b"[" * 9_000, "nested too deeply"),
    "repeated key": (b'{"id": "bad", "body": "a", "body": "b"}', "key 'body' occurs twice"),
    "NaN": (b'{"id": "bad", "body": "a", "x": NaN}', "NaN is not JSON"),
    "endless number": (b'{"id": ' + b"9" * 5_000 + b"}", "a number of 5000 digits"),
    "windows-1256": (line_of_1256(), "byte 0xe3 at offset 23 is not UTF-8: convert the file"),
    "latin-1": (b'{"id": "bad", "body": "caf\xe9"}', "byte 0xe9 at offset 26 is not UTF-8"),
    "too long a line": (record(body="a" * 20_000), "longer than 10,000 bytes"),
    "id missing": (without("id"), "id is missing"),
    "id empty": (record(id=""), "id has 0 characters"),
    "id too long": (record(id="م" * 201), "id has 201 characters; 1 to 200"),
    "id with line end": (record(id="a\nb"), "control character"),
    "id with blank end": (record(id="a "), "begins or ends with white space"),
    "id of lone surrogate": (rb'{"id": "\ud83d", "body": "abc"}', "control character or a lone"),
    "id is a list": (record(id=["a"]), "id is a list; it must be a text"),
    "id is true": (record(id=True), "id is true; it must be a text"),
    "body missing": (without("body").replace("سليم-1".encode(), b"bad"), "body is missing"),
    "body null": (record(body=None), "body is null; it must be a text"),
    "body a number": (record(body=7), "body is the number 7; it must be a text"),
    "body a list": (record(body=["a", "b"]), "body is a list; it must be a text"),
    "body empty": (record(body=""), "body has no visible text"),
    "body blank": (record(body=" \n\t\u3000"), "body has no visible text"),
    "body invisible": (record(body="\u200f\u200b\ufeff"), "body has no visible text"),
    "body too long": (record(body="ab " * 700), "body has 2,100 characters; at most 2,000"),
    "NUL in body": (record(body="a\x00b"), "body holds NUL at character 1"),
    "lone surrogate": (rb'{"id": "bad", "body": "ab\ud800"}', r"lone surrogate \ud800 at charac"),
    "lone low surrogate": (rb'{"id": "bad", "body": "\udc00"}', r"lone surrogate \udc00"),
    "title a list": (record(title=["a"]), "title is a list; it must be a text"),
    "title too long": (record(title="t" * 1_001), "title has 1,001 characters; at most 1,000"),
    "NUL in title": (record(title="\x00"), "title holds NUL"),
    "language by name": (record(language="Arabic please"), "is not a language tag"),
    "language a number": (record(language=1), "language is the number 1"),
    "yesterday": (record(published_at="yesterday"), "'yesterday' is not an ISO 8601 date"),
    "day that never was": (record(date="2023-02-29"), "'2023-02-29' is not an ISO 8601 date"),
    "hour that never was": (record(updated_at="2024-01-01T25:00"), "is not an ISO 8601 date"),
    "local date format": (record(date="19/06/2024"), "is not an ISO 8601 date"),
    "year long ago": (record(date="0001-01-01"), "year 1 is outside 1600 to 2200"),
    "year far ahead": (record(date="2201-01-01"), "year 2201 is outside"),
    "date as a number": (record(date=1718784000), "published_at is the number 1718784000"),
    "script address": (record(url="javascript:alert(1)"), "is not an http or https address"),
    "file address": (record(url="file:///etc/passwd"), "is not an http or https address"),
    "address without host": (record(url="https:///a"), "is not an http or https address"),
    "address a list": (record(url=["https://a.example"]), "url is a list; it must be a text"),
    "address with NUL": (record(url="https://a.example/\x00"), "is not an http or https address"),
    "broken address": (record(url="http://[::1"), "is not an http or https address"),
    "address too long": (record(url="https://a.example/" + "a" * 2_000), "url has 2,018 charact"),
    "tags a text": (record(tags="سياسة"), "tags is 'سياسة'; it must be a list"),
    "tags of numbers": (record(tags=[1]), "tags holds the number 1; only texts"),
    "too many tags": (record(tags=[f"t{n}" for n in range(101)]), "tags has 101 items"),
    "tag too long": (record(tags=["t" * 201]), "tags[0] has 201 characters; at most 200"),
    "authors an object": (record(authors={"name": "x"}), "authors is an object"),
    "unknown status": (record(status="live"), "status is 'live'; it must be 'usable', 'withheld'"),
    "correction a text": (record(corrections=["x"]), "corrections[0] is 'x'; it must be an object"),
    "correction undated": (record(corrections=[{"text": "x"}]), "corrections[0].at is missing"),
    "correction empty": (record(corrections=[{"at": "2024-01-01", "text": " "}]), "text is empty"),
    "correction unknown key": (
        record(corrections=[{"at": "2024-01-01", "text": "x", "note": 1}]),
        "corrections[0].note is not a known key",
    ),
    "many faults": (
        record(title=1, tags=2, source=3, section=4, status=5),
        "section is the number 4; it must be a text; and 2 more",
    ),
    "second id, other text": (
        json.dumps({**GOOD, "body": "نص آخر."}).encode(),
        "the id 'سليم-1' was given already at",
    ),
}


@pytest.mark.parametrize("name", BAD_LINES)
def test_a_bad_line_is_rejected_with_its_place_and_its_neighbours_are_read(
    name: str, tmp_path: Path
) -> None:
    line, reason = BAD_LINES[name]
    path = tmp_path / "articles.jsonl"
    last = json.dumps({**GOOD, "id": "سليم-2"}, ensure_ascii=False).encode()
    path.write_bytes(json.dumps(GOOD).encode() + b"\r\n" + line + b"\n\n" + last)

    items = list(read_sources([str(path)], settings=SETTINGS, stdin=None))

    assert [type(item) for item in items] == [SourceArticle, Rejection, SourceArticle]
    rejection = items[1]
    assert isinstance(rejection, Rejection)
    assert rejection.source == f"{path}:2"
    assert reason in rejection.reason
    assert len(rejection.reason) < 400
    rejection.reason.encode()


def png() -> bytes:
    return b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00"


BAD_FILES: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "empty": ("a.txt", lambda: b"", "the file is empty"),
    "white space": ("a.txt", lambda: " \n\u00a0\n".encode(), "only white space"),
    "only a BOM": ("a.txt", lambda: codecs.BOM_UTF8, "only white space"),
    "image as text": ("a.txt", png, "the file is binary"),
    "control bytes": ("a.txt", lambda: b"\x01\x02\x03\x04abc" * 9, "the file is binary"),
    "NUL late": ("a.txt", lambda: b"a " * 4_500 + b"\x00", "holds NUL at character 9000"),
    "windows-1256": ("a.txt", lambda: ARABIC.encode("cp1256", "ignore"), "is not UTF-8: convert"),
    "UTF-16 unmarked": ("a.txt", lambda: ARABIC.encode("utf-16-le"), "the file is binary"),
    "UTF-16 cut": ("a.txt", lambda: ARABIC.encode("utf-16")[:-1], "says UTF-16"),
    "UTF-16 half pair": ("a.txt", lambda: b"\xff\xfe\x00\xd8a\x00", "says UTF-16"),
    "too large": ("a.txt", lambda: b"word " * 2_001, "longer than 10,000 bytes"),
    "too long an article": ("a.txt", lambda: b"word " * 500, "at most 2,000 are allowed"),
    "gzip bomb": ("a.txt.gz", lambda: gzip.compress(b"a" * 9_000_000), "longer than 10,000"),
    "gzip cut": ("a.txt.gz", lambda: gzip.compress(ARABIC.encode())[:-9], "broken or cut off"),
    "gzip that is none": ("a.txt.gz", ARABIC.encode, "broken or cut off"),
    "gzip of nothing": ("a.txt.gz", lambda: gzip.compress(b""), "the file is empty"),
    "gzip unnamed": ("a.txt", lambda: gzip.compress(ARABIC.encode()), "the ending .gz"),
    "markdown empty": ("a.md", lambda: b"---\ntitle: t\n---\n", "body has no visible text"),
    "markdown only image": ("a.md", lambda: b"![x](y.png)", "body has no visible text"),
    "front matter open": ("a.md", lambda: b"---\ntitle: t\n\ntext", "is not closed"),
    "front matter broken": ("a.md", lambda: b"---\na: [b\n---\ntext", "is not YAML in line"),
    "front matter a list": ("a.md", lambda: b"---\n- a\n---\ntext", "is a list; write keys"),
    "front matter bad date": ("a.md", lambda: b"---\ndate: May\n---\ntext", "'May' is not an ISO"),
    "front matter bad tags": ("a.md", lambda: b"---\ntags: a\n---\ntext", "tags is 'a'; it must"),
    "front matter control": ("a.md", "---\na: \ufffe\n---\ntext".encode, "is not YAML"),
    "front matter deep": ("a.md", lambda: b"---\na: " + b"[" * 3_000 + b"\n---\nt", "is not YAML"),
    "JSON element refused": ("a.json", lambda: b'[{"id": NaN}]', "NaN is not JSON: write null"),
    "JSON text after array": ("a.json", lambda: b"[] x", "text after the end of the array"),
    "JSON empty array": ("a.json", lambda: b" [ ] ", "the array holds no article"),
    "JSON blank": ("a.json", lambda: b" \n ", "only white space"),
    "JSON text": ("a.json", lambda: b'"abc"', "is 'abc'; an article is a JSON object"),
    "JSON lines in .json": ("a.json", lambda: b'{"id":"a"}\n{"id":"b"}', ".jsonl file"),
    "JSON deep": ("a.json", lambda: b'{"a":' * 1_500, "nested too deeply"),
    "JSON array unclosed": ("a.json", lambda: b"[", "broken JSON at column 2"),
    "JSON comma missing": ("a.json", lambda: b"[1 2]", "is the number 1"),
    "JSON array without id": ("a.json", lambda: b'[{"body":"text"}]', "id is missing"),
    "lines blank": ("a.jsonl", lambda: b"\n \n", "only blank lines"),
    "lines empty": ("a.jsonl", lambda: b"", "the file is empty"),
    "lines binary": ("a.jsonl", png, "the file is binary"),
    "lines bomb": ("a.jsonl.gz", lambda: gzip.compress(b"a" * 9_000_000), "longer than 10,000"),
    "lines not gzip": ("a.jsonl.gz", lambda: b'{"id": 1}', "broken or cut off"),
    "unknown type": ("a.pdf", lambda: b"%PDF-1.7", "files of type .pdf are not read"),
    "no type": ("README", lambda: b"text", "files of type (none) are not read"),
    "word file": ("a.docx", lambda: b"PK\x03\x04", "files of type .docx are not read"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_rejected_and_the_next_one_is_read(name: str, tmp_path: Path) -> None:
    file_name, content, reason = BAD_FILES[name]
    bad = tmp_path / file_name
    bad.write_bytes(content())
    good = tmp_path / "z.txt"
    good.write_text(ARABIC, encoding="utf-8")

    items = list(read_sources([str(bad), str(good)], settings=SETTINGS, stdin=None))

    first, last = items[0], items[-1]
    assert isinstance(first, Rejection)
    assert first.source.startswith(str(bad))
    assert reason in first.reason
    assert isinstance(last, SourceArticle)
    assert last.article.id == "z"


def test_articles_before_a_cut_in_a_compressed_file_are_read(tmp_path: Path) -> None:
    lines = b"".join(
        json.dumps({**GOOD, "id": f"م{n}", "body": f"نص رقم {n * 7919}"}).encode() + b"\n"
        for n in range(2_000)
    )
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(lines)[:-2_000])

    *articles, last = read_sources([str(path)], settings=SETTINGS, stdin=None)

    assert len(articles) > 100
    assert all(isinstance(item, SourceArticle) for item in articles)
    assert isinstance(last, Rejection)
    assert last.source == f"{path}:{len(articles) + 1}"
    assert "broken or cut off" in last.reason


def test_a_broken_element_names_its_line_and_those_before_it_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(
        '[\n {"id": "a", "body": "نص أول"},\n {"id": "b"},\n {"id": "c" "body": "x"}\n]',
        encoding="utf-8",
    )

    items = list(read_sources([str(path)], settings=SETTINGS, stdin=None))

    assert [type(item) for item in items] == [SourceArticle, Rejection, Rejection]
    assert [item.source for item in items if isinstance(item, Rejection)] == [
        f"{path}:3",
        f"{path}:4",
    ]


def test_a_path_that_does_not_exist_stops_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match=r"missing\.txt does not exist"):
        read_sources([str(tmp_path), str(tmp_path / "missing.txt")], settings=SETTINGS, stdin=None)


def test_standard_input_can_be_named_once_only() -> None:
    with pytest.raises(SourceUnreadable, match="give it once"):
        read_sources(["-", "-"], settings=SETTINGS, stdin=io.BytesIO())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the input is empty"),
        (b"\n\n", "the input is empty"),
        (gzip.compress(b"{}"), "compressed: pipe it through gzip -dc"),
        (ARABIC.encode("utf-16"), "pipe it through iconv"),
        (png(), "the input is binary"),
        (b"\x7fELF\x02\x01\x01\x00", "the input is binary"),
    ],
)
def test_standard_input_that_is_no_text_is_one_rejection(content: bytes, reason: str) -> None:
    items = list(read_sources(["-"], settings=SETTINGS, stdin=io.BytesIO(content)))

    assert [type(item) for item in items] == [Rejection]
    assert isinstance(items[0], Rejection)
    assert items[0].source == "-:1"
    assert reason in items[0].reason


def test_a_folder_without_an_article_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(png())
    (tmp_path / ".hidden.txt").write_text(ARABIC, encoding="utf-8")

    items = list(read_sources([str(tmp_path)], settings=SETTINGS, stdin=None))

    rejections = [item for item in items if isinstance(item, Rejection)]
    assert [item.source for item in rejections] == [str(tmp_path)]
    assert "no article file in this folder" in rejections[0].reason


def test_a_file_that_fails_while_it_is_read_is_rejected(tmp_path: Path) -> None:
    # The first page of a process's memory is not mapped: opening works, reading does not.
    link = tmp_path / "memory.txt"
    link.symlink_to("/proc/self/mem")

    items = list(read_sources([str(link)], settings=SETTINGS, stdin=None))

    assert [type(item) for item in items] == [Rejection]
    assert isinstance(items[0], Rejection)
    assert "cannot be read: input/output error" in items[0].reason


def test_links_to_nowhere_and_in_circles_are_rejected(tmp_path: Path) -> None:
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nothing.txt")
    (tmp_path / "circle.txt").symlink_to(tmp_path / "circle.txt")

    items = list(read_sources([str(tmp_path)], settings=SETTINGS, stdin=None))

    assert [type(item) for item in items] == [Rejection, Rejection]


def test_a_pipe_in_a_folder_is_rejected_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.jsonl")

    (item,) = read_sources([str(tmp_path)], settings=SETTINGS, stdin=None)

    assert isinstance(item, Rejection)
    assert "is not a regular file: pipe it in (-)" in item.reason


def test_a_folder_that_may_not_be_listed_is_rejected_and_the_rest_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "closed").mkdir()
    (tmp_path / "open.txt").write_text(ARABIC, encoding="utf-8")
    iterdir = Path.iterdir

    # Patched, because tests may run as root, who may list every folder.
    def refusing(path: Path) -> Iterator[Path]:
        if path.name == "closed":
            raise PermissionError(13, "Permission denied")
        return iterdir(path)

    monkeypatch.setattr(Path, "iterdir", refusing)

    rejection, article = read_sources([str(tmp_path)], settings=SETTINGS, stdin=None)

    assert rejection == Rejection(
        source=str(tmp_path / "closed"), reason="cannot be read: permission denied"
    )
    assert isinstance(article, SourceArticle)


def test_standard_input_needs_a_stream() -> None:
    with pytest.raises(SourceUnreadable, match="is not open here"):
        read_sources(["-"], settings=SETTINGS, stdin=None)


def test_a_reason_cannot_steer_a_terminal(tmp_path: Path) -> None:
    path = tmp_path / "a\x1b[31m.jsonl"
    path.write_bytes(record(status="\x1b[2J\u202e"))

    (item,) = read_sources([str(path)], settings=SETTINGS, stdin=None)

    assert isinstance(item, Rejection)
    assert "\x1b" not in item.source + item.reason
    assert "\u202e" not in item.reason
