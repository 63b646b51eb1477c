"""The text of a corpus file for the store benchmark."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

PASSAGE_CHARS = 700


def read_lines(corpus: Path) -> Iterator[dict[str, str]]:
    """The articles of a file of JSON lines, which may be compressed."""
    opener = gzip.open if corpus.suffix == ".gz" else open
    with opener(corpus, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def cut(text: str) -> Iterator[str]:
    """Pieces of the length of a passage."""
    for start in range(0, len(text), PASSAGE_CHARS):
        if piece := text[start : start + PASSAGE_CHARS].strip():
            yield piece
