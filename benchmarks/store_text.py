"""The text of a corpus file for the store benchmark."""

from collections.abc import Iterator

PASSAGE_CHARS = 500
"""So that the news articles at hand give more than 100,000."""


def cut(text: str) -> Iterator[str]:
    """Pieces of the length of a passage."""
    for start in range(0, len(text), PASSAGE_CHARS):
        if piece := text[start : start + PASSAGE_CHARS].strip():
            yield piece
