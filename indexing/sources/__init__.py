"""Where articles come from: files, folders and standard input."""

from indexing.sources.items import Position, Rejection, SkippedFile, SourceArticle, SourceItem
from indexing.sources.reading import read_sources

__all__ = [
    "Position",
    "Rejection",
    "SkippedFile",
    "SourceArticle",
    "SourceItem",
    "read_sources",
]
