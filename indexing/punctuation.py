"""Where sentences and clauses end in the scripts of news, as regular expressions.

The separators follow each other from strong to weak; each one takes the closing quotes and
the white space with it, so that the next piece begins with its first letter.
"""

import re
from enum import IntEnum

_CLOSERS = "\"'”»’)\\]』」》）"
_STOPS = "!?؟۔।։።။។"

SENTENCE_END = (
    rf"(?:(?<!\b\w)\.|[{_STOPS}])[.!?؟]{{0,4}}[{_CLOSERS}]{{0,4}}\s+"  # "د. محمد" stays whole
    rf"|[。！？｡][。！？]{{0,4}}[{_CLOSERS}]{{0,4}}\s*"
)
"""Repeats are bounded: without a bound a long run of full stops takes quadratic time."""

CLAUSE_END = rf"[؛;:،,…][{_CLOSERS}]{{0,4}}\s+|[，、；：][{_CLOSERS}]{{0,4}}\s*|(?<=\s)[—–-]\s+"
SPACE = r"\s+"

_ENDS_SENTENCE = re.compile(rf"(?:\.|[{_STOPS}。！？｡])[{_CLOSERS}]*\Z")
_ENDS_CLAUSE = re.compile(rf"[؛;:،,，、；：…—–-][{_CLOSERS}]*\Z")
_TAIL_CHARS = 12


class Break(IntEnum):
    """How natural a cut is, best first."""

    SECTION = 0
    PARAGRAPH = 1
    SENTENCE = 2
    CLAUSE = 3
    WORD = 4
    INSIDE_WORD = 5


def ends_sentence(text: str) -> bool:
    """Whether `text` ends with a sentence stop, closing quotes aside.

    >>> ends_sentence("قال: “نعم.”"), ends_sentence("شراكة استراتيجية")
    (True, False)
    """
    return _ENDS_SENTENCE.search(text[-_TAIL_CHARS:]) is not None


def break_between(before: str, gap: str) -> Break:
    """The kind of cut between `before` and what follows after the white space `gap`.

    A line end in the middle of a sentence is a wrapped line, not a paragraph.
    """
    if "\n" in gap and (gap.count("\n") > 1 or ends_sentence(before)):
        return Break.PARAGRAPH
    if ends_sentence(before):
        return Break.SENTENCE
    if _ENDS_CLAUSE.search(before[-_TAIL_CHARS:]):
        return Break.CLAUSE
    return Break.WORD if gap else Break.INSIDE_WORD
