"""Tables for judges: a pool as a file that spreadsheets open, and what a judge has made of it."""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import SourceUnreadable
from eval.cells import check_letters, id_cell, read_id, read_text, text_cell
from eval.grades import ItemKey, parse_grade
from eval.pools import Pool

COLUMNS = (
    *("topic", "question", "article", "passage", "language", "title", "text"),
    *("grade", "note", "judge", "check"),
)
"""Of a table. `judge` is for the name of who judges; `check` tells whether the ids are whole."""

_NEEDED = ("topic", "article", "grade")
_DELIMITERS = "\t,;"
_NAMED = 10
"""Bad lines that a message names before it counts the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedLine:
    """A line of a judged table; `grade` is None where the judge left it empty.

    `place` is file and line ("pool.tsv:7"). Texts are on one line each, only for being shown.
    """

    key: ItemKey
    grade: int | None
    question: str
    title: str
    note: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedFile:
    """What one judge has done; `judge` is "" where no line names one.

    `ignored` are columns of the file that mean nothing here.
    """

    path: Path
    judge: str
    lines: tuple[JudgedLine, ...]
    ignored: tuple[str, ...]


def write_table(pool: Pool, path: Path) -> None:
    """Write `pool` as a table to be judged: tab-separated, UTF-8 with the mark that Excel needs.

    Raises:
        SourceUnreadable: `path` cannot be written, or exists: it may hold judgments.
    """
    try:
        with path.open("x", encoding="utf-8-sig", newline="") as lines:
            table = csv.writer(lines, delimiter="\t", lineterminator="\n")
            table.writerow(COLUMNS)
            for item in pool.items:
                ids = (item.topic_id, item.article_id, item.passage_id)
                topic, article, passage = map(id_cell, ids)
                texts = (item.language, item.title, item.text)
                table.writerow(
                    (topic, text_cell(item.question), article, passage, *map(text_cell, texts))
                    + ("", "", "", check_letters(*ids))
                )
    except OSError as error:
        raise unwritable(path, error) from error


def unwritable(path: Path, error: OSError) -> SourceUnreadable:
    """What to say when a pool cannot be written to `path`."""
    if isinstance(error, FileExistsError):
        return SourceUnreadable(f"{path} exists and may hold judgments: give another name")
    return SourceUnreadable(f"{path} cannot be written: {error.strerror}")


def read_table(path: Path) -> JudgedFile:
    """What a judge has made of a table: separated by tabs, commas or semicolons, UTF-8 or UTF-16.

    Columns may stand in any order and lines may be missing; a passage may be there twice if
    the grades do not differ.

    Raises:
        SourceUnreadable: it is no such table, or lines of it are bad: each is named, with what is
            wrong and what is allowed.
    """
    rows = _rows(path)
    _, header = next(rows, (1, []))
    names = [name.strip().lower() for name in header]
    while names and not names[-1]:
        names.pop()
    missing = [name for name in _NEEDED if name not in names]
    if missing or len(set(names)) < len(names):
        raise SourceUnreadable(
            f"{path}:1 is no table for judging: its first line must name the columns "
            f"{', '.join(_NEEDED)} once each; `sanad eval judge export` writes one"
        )
    reader = _Lines(path, names)
    for number, row in rows:
        reader.read(number, row)
    if reader.faults:
        raise SourceUnreadable(_complaint(reader.faults))
    return JudgedFile(
        path=path,
        judge=reader.judge,
        lines=tuple(reader.lines.values()),
        ignored=tuple(name for name in names if name not in COLUMNS),
    )


class _Lines:
    """The lines of one file so far, and what is wrong with others."""

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        self.lines: dict[ItemKey, JudgedLine] = {}
        self.faults: list[str] = []
        self.judge = ""
        self._path = path
        self._names = names

    def read(self, number: int, row: Sequence[str]) -> None:
        place = f"{self._path}:{number}"
        if not any(cell.strip() for cell in row):
            return
        try:
            self._take(self._line(row, place))
        except ValueError as error:
            self.faults.append(f"{place}: {error}")

    def _line(self, row: Sequence[str], place: str) -> JudgedLine:
        if any(cell.strip() for cell in row[len(self._names) :]):
            raise ValueError(f"{len(row)} cells: {len(self._names)} are named in the first line")
        cells = dict.fromkeys(COLUMNS, "") | dict(zip(self._names, row, strict=False))
        self._name(read_text(cells["judge"]))
        return JudgedLine(
            key=_key(cells),
            grade=parse_grade(cells["grade"]),
            question=read_text(cells["question"]),
            title=read_text(cells["title"]),
            note=read_text(cells["note"]),
            place=place,
        )

    def _name(self, judge: str) -> None:
        if judge and self.judge and judge != self.judge:
            raise ValueError(
                f"judge {judge!r} after {self.judge!r}: one judge a file is allowed; make two files"
            )
        self.judge = judge or self.judge

    def _take(self, line: JudgedLine) -> None:
        before = self.lines.setdefault(line.key, line)
        if before.grade is None:
            self.lines[line.key] = line
        elif line.grade not in {None, before.grade}:
            raise ValueError(
                f"grade {line.grade} for what {before.place} grades {before.grade}: one grade a "
                "passage is allowed"
            )


def _key(cells: Mapping[str, str]) -> ItemKey:
    key = ItemKey(*(read_id(cells[name]) for name in ("topic", "article", "passage")))
    for name, value in (("topic", key.topic_id), ("article", key.article_id)):
        if not value:
            raise ValueError(f"no {name}: copy its id from the pool")
    check = cells["check"].strip()
    if check and check != check_letters(*key):
        raise ValueError(
            f"topic {key.topic_id!r}, article {key.article_id!r} or passage {key.passage_id!r} is "
            "not as it was exported (spreadsheets change ids that look like numbers or dates): "
            "copy the three from the pool"
        )
    return key


def _complaint(faults: Sequence[str]) -> str:
    shown = "\n".join(faults[:_NAMED])
    more = f"\nand {len(faults) - _NAMED} more bad lines" if len(faults) > _NAMED else ""
    return f"nothing is written before these lines are mended:\n{shown}{more}"


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Rows with the number of the line on which each begins."""
    text = _text(path)
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    table = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 1
    while True:
        try:
            row = next(table, None)
        except csv.Error as error:
            raise SourceUnreadable(
                f"{path}:{number}: {error}: a quotation mark that opens a cell must close it"
            ) from error
        if row is None:
            return
        yield number, row
        number = table.line_num + 1


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
        if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return raw.decode("utf-16")
        return raw.decode("utf-8-sig")
    except OSError as error:
        raise SourceUnreadable(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SourceUnreadable(
            f"{path} is not in UTF-8: save it as Unicode text or CSV UTF-8 ({error.reason} at "
            f"byte {error.start})"
        ) from error
