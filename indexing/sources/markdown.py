"""Markdown to the text that a reader sees: no marks, links as their words, headings as lines."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token

from indexing.sources.html_text import html_text

BULLET = "• "
CELL_SEPARATOR = " | "

_BREAK_TAG = re.compile(r"<br\s*/?>\Z", re.IGNORECASE)
_UNSPACED = re.compile("[\u2e80-\u312f\u3190-\ua4cf\uf900-\ufaff\uff00-\uffef\u0e00-\u0eff]")
"""Scripts that put no space between words: a wrapped line is joined without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedMarkdown:
    """What a Markdown text shows, with blank lines between blocks.

    `lead` is a heading before all other text and is not part of `body`; `first_heading` is
    the first one anywhere.
    """

    lead: str | None
    first_heading: str | None
    body: str


def render_markdown(text: str) -> RenderedMarkdown:
    """What `text` shows; images and the tags of raw HTML are left out."""
    blocks = _Blocks()
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        blocks.add(token)
    found = blocks.found
    lead = found[0].text if found and found[0].is_heading else None
    body = "".join(
        ("" if index == 0 else "\n" if block.joins_previous else "\n\n") + block.text
        for index, block in enumerate(found if lead is None else found[1:])
    )
    first_heading = next((block.text for block in found if block.is_heading), None)
    return RenderedMarkdown(lead=lead, first_heading=first_heading, body=body)


@dataclass(slots=True, kw_only=True)
class _Block:
    text: str
    is_heading: bool
    joins_previous: bool
    """An item of the same list or a row of the same table: no blank line before it."""


@dataclass(slots=True)
class _Blocks:
    """Collects what the parser's block tokens show, in order."""

    found: list[_Block] = field(default_factory=list)
    _next_numbers: list[int | None] = field(default_factory=list)
    """For each open list the number of its next item; None in a list of bullets."""
    _depth: int = 0
    """How many lists and tables are open."""
    _first_of_group: int = 0
    """Index in `found` of the first block of the outermost open list or table."""
    _marker: str = ""
    _is_heading: bool = False
    _cells: list[str] | None = None

    def add(self, token: Token) -> None:
        """Take the next token."""
        kind = token.type
        if kind == "inline":
            self._show(_inline_text(token.children or []))
        elif kind in {"code_block", "fence"}:
            self._show(token.content.rstrip("\n"))
        elif kind == "html_block":
            self._show(html_text(token.content))
        elif token.tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            self._is_heading = token.nesting > 0
        elif token.tag in {"ul", "ol", "table"}:
            self._group(token)
        elif kind == "list_item_open":
            self._item()
        elif token.tag == "tr":
            self._row(token)

    def _show(self, text: str) -> None:
        if self._cells is not None:
            self._cells.append(text)
        elif text.strip():
            joins = self._depth > 0 and len(self.found) > self._first_of_group
            self.found.append(
                _Block(text=self._marker + text, is_heading=self._is_heading, joins_previous=joins)
            )
            self._marker = ""

    def _group(self, token: Token) -> None:
        if token.nesting > 0 and self._depth == 0:
            self._first_of_group = len(self.found)
        self._depth += token.nesting
        if token.tag == "table":
            return
        if token.nesting < 0:
            self._next_numbers.pop()
        else:
            ordered = token.tag == "ol"
            self._next_numbers.append(int(token.attrGet("start") or 1) if ordered else None)

    def _item(self) -> None:
        number = self._next_numbers[-1]
        self._marker = BULLET if number is None else f"{number}. "
        if number is not None:
            self._next_numbers[-1] = number + 1

    def _row(self, token: Token) -> None:
        if token.nesting > 0:
            self._cells = []
            return
        cells, self._cells = self._cells or [], None
        self._show(CELL_SEPARATOR.join(cells) if any(cells) else "")


def _inline_text(tokens: Sequence[Token]) -> str:
    shown = ""
    for token in tokens:
        if token.type in {"text", "code_inline"}:
            shown = _continued(shown, token.content)
        elif token.type == "softbreak":
            shown += "\x00"
        elif token.type == "hardbreak" or (
            token.type == "html_inline" and _BREAK_TAG.match(token.content)
        ):
            shown += "\n"
    return shown.replace("\x00", " ").strip()


def _continued(shown: str, text: str) -> str:
    """`shown` and `text`; a wrapped line, marked by NUL, is joined as its script joins words."""
    if not shown.endswith("\x00"):
        return shown + text
    before = shown[:-1]
    joined = _UNSPACED.match(before[-1:]) and _UNSPACED.match(text[:1])
    return before + ("" if joined else " ") + text
