"""JSON text to values, with every way in which it can be wrong said in words."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.errors import ArticleRejected
from indexing.display import shown

_SPACE = re.compile(r"[ \t\n\r]*")
_MAX_DIGITS = 30


class BrokenJson(ArticleRejected):
    """The text stops being JSON on `line`, counted from 1."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """A value, the line from 1 on which it begins, and why it is refused, if it is."""

    value: object
    line: int
    problem: str | None


def parse_line(text: str) -> object:
    """The one JSON value that `text` holds.

    Raises:
        ArticleRejected: it is not JSON; names the column.
    """
    start = _after_space(text, 0)
    element, end = _element(text, start, line=1)
    if element.problem is not None:
        raise ArticleRejected(element.problem)
    if (rest := _after_space(text, end)) < len(text):
        raise ArticleRejected(f"broken JSON at column {rest + 1}: more than one value on the line")
    return element.value


def parse_elements(text: str) -> Iterator[Element]:
    """The elements of a JSON array one by one, or the one value that is not an array.

    Raises:
        BrokenJson: at the place from which on nothing can be read.
    """
    start = _after_space(text, 0)
    if text[start : start + 1] == "[":
        yield from _array(text, start + 1)
        return
    element, end = _element(text, start, line=_line_of(text, start))
    if (rest := _after_space(text, end)) < len(text):
        raise BrokenJson(
            _line_of(text, rest),
            "a second JSON value: put articles in an array [ ], "
            "or one on each line of a .jsonl file",
        )
    yield element


def _array(text: str, position: int) -> Iterator[Element]:
    position = _after_space(text, position)
    if text[position : position + 1] == "]":
        _require_end(text, position + 1)
        return
    line, counted = 1, 0
    while True:
        line, counted = line + text.count("\n", counted, position), position
        element, end = _element(text, position, line=line)
        yield element
        position = _after_space(text, end)
        mark = text[position : position + 1]
        if mark == "]":
            _require_end(text, position + 1)
            return
        if mark != ",":
            raise BrokenJson(_line_of(text, position), "broken JSON: expected , or ] in the array")
        position = _after_space(text, position + 1)


def _require_end(text: str, position: int) -> None:
    if (rest := _after_space(text, position)) < len(text):
        raise BrokenJson(_line_of(text, rest), "broken JSON: text after the end of the array")


def _element(text: str, start: int, *, line: int) -> tuple[Element, int]:
    """The value that begins at `start`, and where it ends."""
    problems = _Problems()
    try:
        value, end = problems.decoder.raw_decode(text, start)
    except json.JSONDecodeError as exc:
        reason = f"broken JSON at column {exc.colno}: {exc.msg[:1].lower()}{exc.msg[1:]}"
        raise BrokenJson(exc.lineno, reason) from exc
    except RecursionError as exc:
        raise BrokenJson(line, "JSON is nested too deeply: an article is a flat object") from exc
    return Element(value=value, line=line, problem=problems.first), end


class _Problems:
    """Notes what JSON allows to be written but no article may hold, and reads on."""

    def __init__(self) -> None:
        self.first: str | None = None
        self.decoder = json.JSONDecoder(
            object_pairs_hook=self._object, parse_constant=self._constant, parse_int=self._int
        )

    def _object(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        values = dict(pairs)
        if len(values) < len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in values if names.count(name) > 1)
            self.first = self.first or f"key {shown(twice)} occurs twice in one object"
        return values

    def _constant(self, name: str) -> None:
        self.first = self.first or f"{name} is not JSON: write null"

    def _int(self, digits: str) -> int:
        if len(digits) > _MAX_DIGITS:
            self.first = self.first or f"a number of {len(digits)} digits: is it meant as text?"
            return 0
        return int(digits)


def _after_space(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return position if match is None else match.end()


def _line_of(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
