"""Finds the files to read: walks folders in sorted order, knows each file's kind by its name."""

import os
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath

from core.errors import SourceUnreadable
from core.ids import derived_article_id
from indexing.fields import check_article_id
from indexing.sources.items import Rejection, SkippedFile

STANDARD_INPUT = "-"
KNOWN_TYPES = ".txt .md .json .jsonl .ndjson, each also with .gz"

_BEIR_NAMES = ("corpus.jsonl", "corpus.jsonl.gz")


class Kind(StrEnum):
    """How a file holds its articles."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"
    LINES = "lines"


_KINDS = {
    ".txt": Kind.TEXT,
    ".md": Kind.MARKDOWN,
    ".markdown": Kind.MARKDOWN,
    ".json": Kind.JSON,
    ".jsonl": Kind.LINES,
    ".ndjson": Kind.LINES,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file to read; `article_id` is the id of its article if the file names none."""

    path: Path
    label: str
    kind: Kind
    compressed: bool
    size: int
    article_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardInput:
    """JSON lines come on standard input."""

    label: str = STANDARD_INPUT


FoundFile = SourceFile | StandardInput | Rejection | SkippedFile


def find_files(paths: Sequence[str]) -> list[FoundFile]:
    """The files under `paths` in reading order, each once.

    Folders are walked in sorted order, without hidden entries; links are followed, but no
    folder is entered twice. A folder with a BEIR corpus stands for that corpus alone.

    Raises:
        SourceUnreadable: a path does not exist, or "-" is given twice.
    """
    if list(paths).count(STANDARD_INPUT) > 1:
        raise SourceUnreadable("standard input (-) can be read only once: give it once")
    walk = _Walk()
    found: list[FoundFile] = []
    for name in paths:
        if name == STANDARD_INPUT:
            found.append(StandardInput())
            continue
        path = Path(name)
        if not os.path.lexists(path):
            raise SourceUnreadable(f"{shown_path(path)} does not exist: check the path")
        found.extend(walk.named_folder(path) if path.is_dir() else walk.named_file(path))
    return found


def shown_path(path: Path) -> str:
    """`path` for messages: valid Unicode without control characters."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(
        c if unicodedata.category(c) not in {"Cc", "Zl", "Zp"} else f"\\x{ord(c):02x}" for c in text
    )


def _no_article(items: Sequence[FoundFile]) -> str:
    skipped = f" (left aside: {len(items)} of other types)" if items else ""
    return f"no article file in this folder{skipped}: Sanad reads {KNOWN_TYPES}"


class _Walk:
    """Remembers what was found already, by its resolved path."""

    def __init__(self) -> None:
        self._seen: set[Path] = set()

    def named_folder(self, path: Path) -> list[FoundFile]:
        """The files below `path`; a rejection if there is no article among them."""
        if path.resolve() in self._seen:
            return []
        found = list(self._below(path))
        if not any(isinstance(item, SourceFile | Rejection) for item in found):
            found.append(Rejection(source=shown_path(path), reason=_no_article(found)))
        return found

    def _below(self, root: Path) -> Iterator[FoundFile]:
        """The files below `root`; an explicit stack, because folders nest deeper than calls."""
        waiting = [root]
        while waiting:
            path = waiting.pop()
            if not os.path.isdir(path):  # noqa: PTH112 -- Path.is_dir raises where it may not look
                yield from self._file(path, root=root, named=False)
            elif not self._is_known(path):
                try:
                    waiting.extend(reversed(_entries(path)))
                except OSError as exc:
                    yield Rejection(source=shown_path(path), reason=cannot_read(exc))

    def named_file(self, path: Path) -> Iterator[FoundFile]:
        """The file at `path`, whatever its type."""
        return self._file(path, root=path.parent, named=True)

    def _file(self, path: Path, *, root: Path, named: bool) -> Iterator[FoundFile]:
        label = shown_path(path)
        kind, compressed, stem = _by_name(path)
        if kind is None:
            if named:
                reason = (
                    f"files of type {path.suffix or '(none)'} are not read: Sanad reads "
                    f"{KNOWN_TYPES}; other texts can be piped in as JSON lines (-)"
                )
                yield Rejection(source=label, reason=reason)
            else:
                yield SkippedFile(source=label, suffix=shown_path(Path(path.suffix or "(none)")))
            return
        try:
            status = path.stat()
        except OSError as exc:
            yield Rejection(source=label, reason=cannot_read(exc))
            return
        if not path.is_file():
            yield Rejection(source=label, reason="is not a regular file: pipe it in (-)")
            return
        if self._is_known(path):
            return
        yield SourceFile(
            path=path,
            label=label,
            kind=kind,
            compressed=compressed,
            size=status.st_size,
            article_id=_article_id(path.parent.relative_to(root) / stem),
        )

    def _is_known(self, path: Path) -> bool:
        resolved = path.resolve()
        known = resolved in self._seen
        self._seen.add(resolved)
        return known


def _entries(folder: Path) -> list[Path]:
    """What to read in `folder`, sorted, without hidden entries; a BEIR corpus stands alone."""
    entries = sorted(entry for entry in folder.iterdir() if entry.name[0] != ".")
    names = {entry.name for entry in entries}
    corpus = next((name for name in _BEIR_NAMES if name in names), None)
    return entries if corpus is None else [folder / corpus]


def cannot_read(error: OSError) -> str:
    """Why the system refused, without the path, which the report gives beside it."""
    return f"cannot be read: {(error.strerror or type(error).__name__).lower()}"


def _by_name(path: Path) -> tuple[Kind | None, bool, str]:
    """Kind, whether it is compressed, and the name without its endings."""
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    compressed = bool(suffixes) and suffixes[-1] == ".gz"
    name = path.name[:-3] if compressed else path.name
    suffix = Path(name).suffix
    return _KINDS.get(suffix.lower()), compressed, name.removesuffix(suffix)


def _article_id(relative: Path) -> str:
    """The path below the root, the same on every system, or its digest if it is no safe id.

    It names the place, not the text, so that an edited file updates its article.
    """
    text = os.fsencode(PurePosixPath(relative)).decode("utf-8", "backslashreplace")
    article_id = unicodedata.normalize("NFC", text)
    try:
        check_article_id(article_id)
    except ValueError:
        return derived_article_id(article_id)
    return article_id
