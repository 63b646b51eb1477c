"""The words of a text with the tokens that the model reads them as."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.lexical.segments import is_unspaced, segmented
from core.ports import TokenCounter

_CHUNK = re.compile(r"\S+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word of a text, `text[start:end]`, read as tokens `first` to `last`, exclusive."""

    text: str
    start: int
    end: int
    first: int
    last: int


def read_words(text: str, *, tokens: int, counter: TokenCounter) -> list[Word]:
    """The words of a text of which the model read `tokens`, in order; none without a token.

    A token that begins in one word and ends in the next belongs to the first.
    """
    spans = [span for match in _CHUNK.finditer(text) for span in _split(match)]
    # What stands before a word's end is read alike with and without what follows.
    ends = counter.count_tokens([text[:end] for _, end in spans])
    words, first = [], 0
    for (start, end), last in zip(spans, ends, strict=True):
        if first < (last := min(last, tokens)):
            words.append(Word(text=text[start:end], start=start, end=end, first=first, last=last))
        first = max(first, last)
    return words


def word_matches(words: Sequence[Word], matches: NDArray[np.float32]) -> list[float]:
    """The mean of `matches` (tokens,) over the tokens of each word."""
    return [float(matches[word.first : word.last].mean()) for word in words]


def _split(match: re.Match[str]) -> list[tuple[int, int]]:
    if not is_unspaced(match[0]):
        return [match.span()]
    spans, start = [], match.start()
    for part in segmented(match[0]):
        spans.append((start, start + len(part)))
        start += len(part)
    return spans
