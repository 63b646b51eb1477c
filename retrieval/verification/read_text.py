"""A text as the model reads it, with the language that it is in."""

from dataclasses import dataclass

from core.types import Vectors
from retrieval.verification.words import Word


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadText:
    """A text as the model reads it: centred token vectors (tokens, dim) and its words."""

    text: str
    language: str
    tokens: Vectors
    words: tuple[Word, ...]
