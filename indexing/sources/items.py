"""What reading a source yields: articles, rejections, files left aside."""

from dataclasses import dataclass

from core.types import Article


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """How far reading has come: bytes as they lie on disk; the total is None for a stream."""

    file: str
    bytes_read: int
    bytes_total: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceArticle:
    """An article and where it was found: "file:line"."""

    article: Article
    source: str
    position: Position
    ignored_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """Something that cannot be indexed, where ("file:line"), and why."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedFile:
    """A file in a folder that is not of a type that holds articles; `suffix` such as ".pdf"."""

    source: str
    suffix: str


SourceItem = SourceArticle | Rejection | SkippedFile
