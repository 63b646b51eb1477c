"""An article's body as paragraphs that know their place, so that any quote can be found again."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A line of the body: `text == body[start:start + len(text)]`, to the code point."""

    start: int
    text: str


def paragraphs(body: str) -> Iterator[Paragraph]:
    r"""The lines of `body` that are not blank.

    >>> [(one.start, one.text) for one in paragraphs("a b\n\n 😀c\n")]
    [(0, 'a b'), (5, ' 😀c')]
    """
    start = 0
    for line in body.split("\n"):
        if line.strip():
            yield Paragraph(start=start, text=line)
        start += len(line) + 1
