"""One file to its articles, by its kind; each fault is a rejection with its line."""

from collections.abc import Callable, Iterator
from typing import BinaryIO

from core.errors import ArticleRejected
from core.settings import Settings
from indexing.display import display_text, has_visible_text
from indexing.schema import ParsedRecord, parse_record
from indexing.sources.decoding import HEAD_BYTES, UTF_8, decode_text, encoding_of, looks_binary
from indexing.sources.files import Kind, SourceFile
from indexing.sources.front_matter import split_front_matter
from indexing.sources.items import Position, Rejection, SourceArticle
from indexing.sources.json_values import BrokenJson, parse_elements, parse_line
from indexing.sources.lines import RawLine, read_lines
from indexing.sources.markdown import render_markdown
from indexing.sources.opening import GZIP_MAGIC, open_file
from indexing.titles import split_headline

Locate = Callable[[int], Position]
"""Position for the number of bytes read of the current file, as they lie on disk."""

Found = SourceArticle | Rejection


def read_file(file: SourceFile, *, settings: Settings, locate: Locate) -> Iterator[Found]:
    """The articles of `file` in order; a fault of the file itself comes last."""
    if file.kind is Kind.LINES:
        return _read_lines_file(file, settings, locate)
    return _read_whole_file(file, settings, locate)


def read_stream(
    stream: BinaryIO, *, label: str, settings: Settings, locate: Locate
) -> Iterator[Found]:
    """The articles of a stream of JSON lines in UTF-8."""
    bytes_read = 0
    for line in read_lines(stream, max_bytes=settings.max_source_bytes):
        reason = _not_lines(line.data or b"") if bytes_read == 0 else None
        if reason is not None:
            yield Rejection(source=f"{label}:{line.number}", reason=reason)
            return
        bytes_read += len(line.data or b"") + 1
        yield _from_line(line, label, settings, locate(bytes_read))
    if bytes_read == 0:
        yield Rejection(source=f"{label}:1", reason="the input is empty")


def _not_lines(start: bytes) -> str | None:
    """Why a stream that begins so is no text in UTF-8."""
    if start.startswith(GZIP_MAGIC):
        return "the input is compressed: pipe it through gzip -dc"
    if encoding_of(start) != UTF_8:
        return "the input is UTF-16 or UTF-32: pipe it through iconv -f UTF-16 -t UTF-8"
    # One wrong byte within an object spoils a line; a start that is neither spoils everything.
    is_object = start.lstrip().startswith(b"{")
    if looks_binary(start[:HEAD_BYTES]) or not (is_object or _is_utf_8(start)):
        return "the input is binary, not JSON lines"
    return None


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _read_lines_file(file: SourceFile, settings: Settings, locate: Locate) -> Iterator[Found]:
    number = 0
    try:
        with open_file(file) as opened:
            for line in read_lines(opened.stream, max_bytes=settings.max_source_bytes):
                number = line.number
                yield _from_line(line, file.label, settings, locate(opened.bytes_read))
        if number == 0:
            yield Rejection(source=f"{file.label}:1", reason="the file holds only blank lines")
    except ArticleRejected as exc:
        yield Rejection(source=f"{file.label}:{number + 1}", reason=str(exc))


def _from_line(line: RawLine, label: str, settings: Settings, position: Position) -> Found:
    source = f"{label}:{line.number}"
    if line.data is None:
        reason = (
            f"the line is longer than {settings.max_source_bytes:,} bytes: "
            "split the article or raise SANAD_MAX_SOURCE_BYTES"
        )
        return Rejection(source=source, reason=reason)
    try:
        # The first line of a stream may carry a byte order mark; a file's is gone already.
        record = parse_line(decode_text(line.data).removeprefix("\ufeff"))
        parsed = parse_record(record, max_body_chars=settings.max_article_chars)
    except ArticleRejected as exc:
        return Rejection(source=source, reason=str(exc))
    return _found(parsed, source, position)


def _read_whole_file(file: SourceFile, settings: Settings, locate: Locate) -> Iterator[Found]:
    position = locate(file.size)
    try:
        text = _whole_text(file, max_bytes=settings.max_source_bytes)
        if file.kind is Kind.JSON:
            yield from _from_json(text, file, settings, position)
            return
        parse = _plain_record if file.kind is Kind.TEXT else _markdown_record
        record = parse(display_text(text, field="the file"))
        parsed = parse_record(
            record, max_body_chars=settings.max_article_chars, fallback_id=file.article_id
        )
    except ArticleRejected as exc:
        yield Rejection(source=f"{file.label}:1", reason=str(exc))
        return
    yield _found(parsed, f"{file.label}:1", position)


def _whole_text(file: SourceFile, *, max_bytes: int) -> str:
    with open_file(file) as opened:
        data = opened.stream.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise ArticleRejected(
            f"the file is longer than {max_bytes:,} bytes: split it, put many articles into "
            "a .jsonl file, or raise SANAD_MAX_SOURCE_BYTES"
        )
    text = decode_text(data)
    if not has_visible_text(text):
        raise ArticleRejected("the file holds only white space")
    return text


def _from_json(
    text: str, file: SourceFile, settings: Settings, position: Position
) -> Iterator[Found]:
    is_array = text.lstrip()[:1] == "["
    any_element = False
    try:
        for element in parse_elements(text):
            any_element = True
            source = f"{file.label}:{element.line}"
            try:
                if element.problem is not None:
                    raise ArticleRejected(element.problem)  # noqa: TRY301
                parsed = parse_record(
                    element.value,
                    max_body_chars=settings.max_article_chars,
                    fallback_id=None if is_array else file.article_id,
                )
            except ArticleRejected as exc:
                yield Rejection(source=source, reason=str(exc))
                continue
            yield _found(parsed, source, position)
    except BrokenJson as exc:
        yield Rejection(source=f"{file.label}:{exc.line}", reason=str(exc))
        return
    if not any_element:
        yield Rejection(source=f"{file.label}:1", reason="the array holds no article")


def _plain_record(text: str) -> dict[str, object]:
    title, body = split_headline(text)
    return {"title": title, "body": body}


def _markdown_record(text: str) -> dict[str, object]:
    front = split_front_matter(text)
    rendered = render_markdown(front.text)
    record: dict[str, object] = {**front.values, "body": rendered.body}
    title = record.get("title")
    if title is None:
        record["title"] = rendered.first_heading
    elif rendered.lead is not None and rendered.lead != title:
        record["body"] = f"{rendered.lead}\n\n{rendered.body}"
    return record


def _found(parsed: ParsedRecord, source: str, position: Position) -> SourceArticle:
    return SourceArticle(
        article=parsed.article,
        source=source,
        position=position,
        ignored_keys=parsed.ignored_keys,
    )
