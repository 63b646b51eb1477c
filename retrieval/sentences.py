"""Sentences of a text with exact offsets, for every language."""

import re
from dataclasses import dataclass

import sentencex

from core.language import UNKNOWN

_LINE = re.compile(r"[^\n]+")
_DEFAULT_RULES = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A run of a text: 0-based code points, end exclusive."""

    start: int
    end: int


def split_sentences(text: str, *, language: str) -> list[Span]:
    """Sentences of `text` in order, without surrounding white space; no line end inside one.

    Every character that is not white space is in exactly one span.

    >>> text = "قال ذلك. ثم ذهب!"
    >>> [text[s.start : s.end] for s in split_sentences(text, language="ar")]
    ['قال ذلك.', 'ثم ذهب!']
    """
    rules = _DEFAULT_RULES if language == UNKNOWN else language
    spans = []
    for line in _LINE.finditer(text):
        position = line.start()
        for sentence in sentencex.segment(rules, line.group()):
            span = _stripped(text, position, position + len(sentence))
            position += len(sentence)
            if span.start < span.end:
                spans.append(span)
    return spans


def _stripped(text: str, start: int, end: int) -> Span:
    run = text[start:end]
    return Span(
        start=start + len(run) - len(run.lstrip()),
        end=max(start + len(run.rstrip()), start + len(run) - len(run.lstrip())),
    )
