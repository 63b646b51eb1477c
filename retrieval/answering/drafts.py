"""Reads what a model writes, while it writes: sentences, each with the ids that it cites.

Asked for is `{"sentences": [{"citations": ["id"], "text": "…"}]}`; read is any JSON object with a
text, wherever it stands, as soon as it closes, and plain text with ids in brackets.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_CHARS = 60_000
"""Of a reply; what comes after it is not read."""

MAX_CITATIONS = 10

_TEXT_KEYS = ("text", "sentence")
_CITATION_KEYS = ("citations", "citation", "sources", "ids", "id")

_IDS = re.compile(r"[A-Za-z0-9_-]+")
_ID_LIST = r"[A-Za-z0-9_-]{1,20}(?:\s*[,;،؛、]\s*[A-Za-z0-9_-]{1,20})*"
_MARKS = re.compile(
    rf"(?P<ids>(?:\s*[\[【［]\s*{_ID_LIST}\s*[\]】］])+)(?P<stop>\s*[.!?؟。！？…]+)?"
)
"""Ids in brackets, several of them side by side, and the full stop if it comes after them."""

_BULLET = re.compile(r"^\s*(?:[-*•]|[0-9]{1,2}[.)])\s+")
_THOUGHTS = ("<think>", "</think>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A sentence, or a few, as the model wrote it, with the ids that it claims as proof."""

    text: str
    citations: tuple[str, ...]


class DraftReader:
    """Fed with a reply piece by piece; an object or a line that is not complete gives nothing."""

    def __init__(self) -> None:
        self._text = ""
        self._is_thinking: bool | None = None
        self._scanner = _ObjectScanner()
        self._lines_read = 0

    def feed(self, piece: str) -> list[Draft]:
        """What `piece` completes."""
        self._text = (self._text + piece)[:MAX_CHARS]
        if not self._is_past_thoughts():
            return []
        found = [draft for text in self._scanner.objects(self._text) for draft in _of_json(text)]
        return found or list(self._marked_lines())

    def close(self) -> list[Draft]:
        """What remains at the end of a reply that nothing has cut off.

        Plain text is read to its end, with the lines that cite nothing.
        """
        if self._is_thinking or self._scanner.has_seen_object:
            return []
        read, rest = self._text[: self._lines_read], self._text[self._lines_read :]
        uncited = [draft for draft in _of_lines(read) if not draft.citations]
        return [*uncited, *_of_lines(rest)]

    def _is_past_thoughts(self) -> bool:
        """Whether the reply itself has begun: some models think aloud before it."""
        begin, end = _THOUGHTS
        if self._is_thinking is None:
            start = self._text.lstrip()
            if begin.startswith(start):  # too early to tell
                return False
            self._is_thinking = start.startswith(begin)
        if self._is_thinking and end in self._text:
            self._text = self._text.split(end, 1)[1]
            self._is_thinking = False
        return not self._is_thinking

    def _marked_lines(self) -> Iterator[Draft]:
        """Complete lines of plain text that cite something."""
        if self._scanner.has_seen_object:
            return
        end = self._text.rfind("\n") + 1
        if end <= self._lines_read:
            return
        lines, self._lines_read = self._text[self._lines_read : end], end
        yield from (draft for draft in _of_lines(lines) if draft.citations)


class _ObjectScanner:
    """Finds JSON objects in a growing text, inner ones before the one around them."""

    def __init__(self) -> None:
        self._position = 0
        self._starts: list[int] = []
        self._is_string = self._is_escaped = False
        self.has_seen_object = False

    def objects(self, text: str) -> Iterator[str]:
        """Objects that are complete and were not given before."""
        for at in range(self._position, len(text)):
            if self._closes_object(text, at):
                yield text[self._starts.pop() : at + 1]
        self._position = len(text)

    def _closes_object(self, text: str, at: int) -> bool:
        character = text[at]
        if self._is_string:
            # No string of JSON holds a line end: a quotation mark was missed before it.
            if character == "{" and at and text[at - 1] == "\n":
                self._starts, self._is_string, self._is_escaped = [at], False, False
            elif self._is_escaped:
                self._is_escaped = False
            elif character == "\\":
                self._is_escaped = True
            elif character == '"':
                self._is_string = False
            return False
        if character == "{":
            self.has_seen_object = True
            self._starts.append(at)
        elif character == '"' and self._starts:
            self._is_string = True
        return character == "}" and bool(self._starts)


def _of_json(text: str) -> list[Draft]:
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return []
    said = next((value[key] for key in _TEXT_KEYS if isinstance(value.get(key), str)), None)
    if said is None or not said.strip():
        return []
    cited = next((value[key] for key in _CITATION_KEYS if key in value), ())
    bare, marked = _without_marks(said)
    return [Draft(text=bare, citations=_distinct([*_flat(cited), *marked]))]


def _flat(cited: object) -> list[str]:
    if isinstance(cited, str):
        return _IDS.findall(cited)
    if isinstance(cited, int):
        return [str(cited)]
    if isinstance(cited, list):
        return [found for one in cited[:MAX_CITATIONS] for found in _flat(one)]
    return _flat(cited.get("id")) if isinstance(cited, dict) else []


def _of_lines(text: str) -> list[Draft]:
    """Runs of plain text, each with the ids in the brackets that close it."""
    drafts = []
    for given in text.split("\n"):
        line, position = _BULLET.sub("", given), 0
        for marks in _MARKS.finditer(line):
            run = line[position : marks.start()].strip() + (marks["stop"] or "").strip()
            drafts.append(Draft(text=run, citations=_distinct(_IDS.findall(marks["ids"]))))
            position = marks.end()
        rest = line[position:].strip()
        if any(map(str.isalnum, rest)):
            drafts.append(Draft(text=rest, citations=()))
    return drafts


def _without_marks(text: str) -> tuple[str, list[str]]:
    """`text` without ids in brackets, and these ids."""
    found = [one for marks in _MARKS.finditer(text) for one in _IDS.findall(marks["ids"])]
    return _MARKS.sub(lambda marks: marks["stop"] or "", text).strip(), found


def _distinct(ids: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ids))[:MAX_CITATIONS]
