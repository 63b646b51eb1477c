"""Lines that head what follows: titles of plain texts and sub-headings inside articles."""

import re
from collections.abc import Sequence

MAX_HEADLINE_CHARS = 150
MAX_HEADING_CHARS = 80

_LIST_ITEM = re.compile(r"\s*(?:[-*•▪–—]|\d{1,3}[.)]|[٠-٩]{1,3}[.)])\s")
_QUESTION_END = re.compile("[?؟？!！][\"'”»’)]*\\Z")
_NO_HEADING_END = re.compile("[.。｡۔।։።။។…,،，、;؛；:：][\"'”»’)\\]]*\\Z")


def is_headline(first: str, *, rest: str) -> bool:
    """Whether `first`, the first line of a plain text, is its title.

    It is short, has no full stop, and stands above a blank line or clearly longer text.
    """
    line = first.strip()
    if not _could_head(line, limit=MAX_HEADLINE_CHARS) or not rest.strip():
        return False
    if rest.startswith("\n") or not rest.partition("\n")[0].strip():
        return True
    return len(rest.partition("\n")[0]) >= 2 * len(line) and not _QUESTION_END.search(line)


def is_heading(lines: Sequence[str], index: int, *, after_blank: bool, before_blank: bool) -> bool:
    """Whether `lines[index]` is a sub-heading: short, without a stop, above running text.

    `lines` are stripped, none is empty. A line ending in a question mark must stand free on
    both sides. One more heading may lie between it and the text.
    """
    line = lines[index]
    if not after_blank or not _could_head(line, limit=MAX_HEADING_CHARS):
        return False
    if _QUESTION_END.search(line) and not before_blank:
        return False
    following = lines[index + 1 : index + 3]
    if len(following) == 2 and _could_head(following[0], limit=MAX_HEADING_CHARS):
        following = following[1:]
    if not following:
        return False
    longer = len(following[0]) >= len(line) * (1 if before_blank else 2)
    return longer and not _could_head(following[0], limit=MAX_HEADING_CHARS)


def is_list_item(line: str) -> bool:
    """Whether `line` begins with a bullet or a number."""
    return _LIST_ITEM.match(line) is not None


def _could_head(line: str, *, limit: int) -> bool:
    return (
        0 < len(line) <= limit
        and any(character.isalpha() for character in line)
        and _NO_HEADING_END.search(line) is None
        and not is_list_item(line)
    )
