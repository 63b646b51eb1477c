"""Titles for articles that came without one; taken from the text, never invented."""

import re

from indexing.graphemes import grapheme_pattern
from indexing.headings import is_headline
from indexing.punctuation import SENTENCE_END

MAX_DERIVED_CHARS = 120

_SENTENCE_END = re.compile(SENTENCE_END)


def split_headline(text: str) -> tuple[str | None, str]:
    r"""The title line of a plain text and the body below it; (None, all) if it has none.

    The body starts at its first non-blank line and has no white space at its end.

    >>> split_headline("توقيع الاتفاقية\n\nوقّع الطرفان الاتفاقية.\n")
    ('توقيع الاتفاقية', 'وقّع الطرفان الاتفاقية.')
    """
    body = _without_blank_edges(text)
    first, _, rest = body.partition("\n")
    if is_headline(first, rest=rest):
        return first.strip(), _without_blank_edges(rest)
    return None, body


def derived_title(body: str) -> str:
    """A title out of `body`: its headline if it has one, else its first sentence.

    A longer sentence than MAX_DERIVED_CHARS is cut at a word and ends with "…".
    """
    text = _without_blank_edges(body)
    first, _, rest = text.partition("\n")
    if is_headline(first, rest=rest):
        return " ".join(first.split())
    sentence = _SENTENCE_END.split(first, maxsplit=1)[0]
    end = _SENTENCE_END.match(first, len(sentence))
    whole = sentence + ("" if end is None else end.group())
    return _cut_at_word(" ".join(whole.split()), limit=MAX_DERIVED_CHARS)


def _cut_at_word(text: str, *, limit: int) -> str:
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    if not text[limit - 1].isspace():
        space = head.rfind(" ")
        head = head[:space] if space > limit // 2 else _cut_at_grapheme(text, limit=limit - 1)
    return head.rstrip(" ،,;؛:-–") + "…"


def _cut_at_grapheme(text: str, *, limit: int) -> str:
    ends = (match.end() for match in re.finditer(grapheme_pattern(), text))
    return text[: max((end for end in ends if end <= limit), default=0)]


def _without_blank_edges(text: str) -> str:
    lines_start = len(text) - len(text.lstrip())
    return text[text.rfind("\n", 0, lines_start) + 1 :].rstrip()
