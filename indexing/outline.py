"""The blocks of a body as the chunker sees them: headings, paragraphs, what is left out."""

from collections.abc import Iterator
from dataclasses import dataclass

from indexing.cleaning import find_boilerplate
from indexing.headings import is_heading, is_list_item
from indexing.punctuation import ends_sentence

_WRAPPED_CHARS = 40
"""A shorter line that stops in mid-sentence was ended on purpose: verse, results, a byline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A heading or a paragraph; `body[start:end]` has no white space at its ends."""

    start: int
    end: int
    is_heading: bool


def regions(body: str) -> list[list[Block]]:
    """The blocks of `body` in order, without boilerplate; no passage spans two regions.

    Boilerplate lines are what separates regions. No region is empty. Lines that were wrapped
    in mid-sentence are one block.
    """
    left_out = set(find_boilerplate(body))
    found: list[list[Block]] = []
    spans: list[tuple[int, int]] = []
    for span in _line_spans(body):
        if span in left_out:
            found.append(_unwrapped(body, _with_headings(body, spans)))
            spans = []
        else:
            spans.append(span)
    found.append(_unwrapped(body, _with_headings(body, spans)))
    return [region for region in found if region]


def _line_spans(body: str) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(body):
        end = body.find("\n", start)
        end = len(body) if end < 0 else end
        line = body[start:end]
        text = line.strip()
        if text:
            first = start + len(line) - len(line.lstrip())
            yield first, first + len(text)
        start = end + 1


def _with_headings(body: str, spans: list[tuple[int, int]]) -> list[Block]:
    texts = [body[start:end] for start, end in spans]
    gaps = [
        body.count("\n", spans[index][1], spans[index + 1][0]) for index in range(len(spans) - 1)
    ]
    return [
        Block(
            start=start,
            end=end,
            is_heading=is_heading(
                texts,
                index,
                after_blank=index == 0 or gaps[index - 1] > 1,
                before_blank=index < len(gaps) and gaps[index] > 1,
            ),
        )
        for index, (start, end) in enumerate(spans)
    ]


def _unwrapped(body: str, lines: list[Block]) -> list[Block]:
    """Lines joined to blocks where the text runs on."""
    blocks: list[Block] = []
    last_line_start = 0
    for line in lines:
        if blocks and _runs_on(body, blocks[-1], line, last_line_start):
            blocks[-1] = Block(start=blocks[-1].start, end=line.end, is_heading=False)
        else:
            blocks.append(line)
        last_line_start = line.start
    return blocks


def _runs_on(body: str, before: Block, line: Block, last_line_start: int) -> bool:
    return (
        not before.is_heading
        and not line.is_heading
        and before.end - last_line_start >= _WRAPPED_CHARS
        and body.count("\n", before.end, line.start) == 1
        and not ends_sentence(body[max(last_line_start, before.end - 12) : before.end])
        and not is_list_item(body[line.start : line.start + 8])
    )
