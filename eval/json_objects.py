"""One JSON object a file, or a line: read with a clear error, written for people to read."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from core.errors import SourceUnreadable


def write_object(values: Mapping[str, object], path: Path) -> None:
    """Indented, keys in their order. Raises what the file system raises."""
    text = json.dumps(values, ensure_ascii=False, indent=2)
    path.write_text(text + "\n", encoding="utf-8")


def read_object(path: Path) -> dict[str, Any]:
    """The object that `path` holds.

    Raises:
        SourceUnreadable: it is no JSON, or no object.
    """
    return _object(path, path.read_text("utf-8"))


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file of our own, one a line.

    Raises:
        SourceUnreadable: a line is no JSON, or no object.
    """
    # Not splitlines: texts may hold other line separators.
    return (_object(path, line) for line in path.read_text("utf-8").split("\n") if line)


def _object(path: Path, text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise SourceUnreadable(f"{path} is no JSON: {error}") from error
    if not isinstance(found, dict):
        raise SourceUnreadable(f"{path} holds {type(found).__name__}; an object is needed")
    return found
