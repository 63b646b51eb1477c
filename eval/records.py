"""Records of a test collection's files, one JSON object a line."""

import gzip
import io
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import SourceUnreadable

BEGINNING = 500
"""Characters of an article that are kept to show which it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What a person needs to recognise an article: its title and the first BEGINNING characters."""

    title: str
    text: str


def read_records(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a .jsonl or .jsonl.gz file, in order.

    Raises:
        SourceUnreadable: there is no such file, or a line is no JSON object; it is named.
    """
    if not path.exists():
        raise SourceUnreadable(f"{path} is missing from the test collection")
    with (
        gzip.open(path) if path.suffix == ".gz" else path.open("rb") as raw,
        io.TextIOWrapper(raw, encoding="utf-8-sig") as lines,
    ):
        try:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _object(line, path, number)
        except (OSError, EOFError, UnicodeDecodeError) as error:
            raise SourceUnreadable(f"{path} cannot be read: {error}") from error


def record_id(record: dict[str, Any], path: Path) -> str:
    """BEIR's `_id`, or `id`.

    Raises:
        SourceUnreadable: the record has neither; names the file.
    """
    found = record.get("_id", record.get("id"))
    if found is None or found == "":
        raise SourceUnreadable(f"{path} holds a record without _id: {str(record)[:80]}")
    return str(found)


def record_text(record: dict[str, Any]) -> str:
    """BEIR's `text`, or `body`; "" without."""
    return str(record.get("text") or record.get("body") or "")


def record_language(record: dict[str, Any]) -> str | None:
    """The language that a record of an article names."""
    return record.get("language") or record.get("lang") or None


def read_beginnings(corpora: Iterable[Path], ids: Collection[str]) -> dict[str, Beginning]:
    """Beginnings of the articles `ids`, by id; reads `corpora` until all are found.

    An id that no corpus holds is left out.
    """
    wanted = set(ids)
    found: dict[str, Beginning] = {}
    for path in corpora:
        if not wanted:
            break
        for record in read_records(path):
            key = record_id(record, path)
            if key in wanted:
                found[key] = Beginning(
                    title=str(record.get("title") or ""), text=record_text(record)[:BEGINNING]
                )
                wanted.remove(key)
                if not wanted:
                    break
    return found


def _object(line: str, path: Path, number: int) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise SourceUnreadable(f"{path}:{number} is no JSON: {error}") from error
    if not isinstance(record, dict):
        raise SourceUnreadable(f"{path}:{number} holds no JSON object")
    return record
