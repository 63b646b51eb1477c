"""A file that cannot be indexed gives a reason, and the run goes on with the next."""

import codecs
import gzip
import io
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.errors import SourceUnreadable
from indexing.sources import Rejection, SourceArticle, read_sources
from tests.indexing.bad_input import ARABIC, GOOD, SETTINGS, png, record

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
