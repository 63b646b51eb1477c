"""The shape of passages: how large, how much they repeat, and what is told beside each of them."""

from dataclasses import dataclass
from enum import StrEnum

from core.errors import ConfigError

MAX_PASSAGE_TOKENS = 220
MIN_PASSAGE_TOKENS = 48
"""A smaller bound would cut most sentences of news."""


class Context(StrEnum):
    """What may be read beside a passage when it is indexed; it is never shown as its text."""

    TITLE = "title"
    DATE = "date"
    """The day of publication, as 2024-03-12."""

    HEADING = "heading"
    """The last heading at or before the passage."""

    BEFORE = "before"
    """The sentence before the passage."""

    AFTER = "after"
    """The sentence after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageShape:
    """How articles are cut, and what goes with each passage into each leg.

    A passage holds at most `most_tokens`. Up to `overlap_tokens` of them repeat what stands before
    it in the article, in whole sentences where they fit, and no more than `overlap_sentences`
    (None: as many as fit). `context` is embedded with the passage; `lexical_context` gives its
    words to the word index.

    Of all that `benchmarks/passages.py` measured, nothing is better than the defaults
    (benchmarks/results/passages.json).

    Raises:
        ConfigError: the sizes or the contexts contradict each other.
    """

    most_tokens: int = MAX_PASSAGE_TOKENS
    overlap_tokens: int = 0
    overlap_sentences: int | None = None
    context: tuple[Context, ...] = (Context.TITLE,)
    lexical_context: tuple[Context, ...] = (Context.TITLE,)

    def __post_init__(self) -> None:
        """Refuse what cannot be cut."""
        if self.most_tokens < MIN_PASSAGE_TOKENS:
            raise ConfigError(
                f"passages of at most {self.most_tokens} tokens would cut most sentences: "
                f"choose {MIN_PASSAGE_TOKENS} or more"
            )
        if not 0 <= self.overlap_tokens <= self.most_tokens // 2:
            raise ConfigError(
                f"an overlap of {self.overlap_tokens} tokens does not go with passages of at most "
                f"{self.most_tokens}: choose 0 to {self.most_tokens // 2}"
            )
        if self.overlap_sentences is not None and self.overlap_sentences < 1:
            raise ConfigError(
                f"an overlap of {self.overlap_sentences} sentences means nothing: choose 1 or "
                "more, or set overlap_tokens to 0"
            )
        for name, contexts in (
            ("context", self.context),
            ("lexical_context", self.lexical_context),
        ):
            if len(set(contexts)) < len(contexts):
                raise ConfigError(f"{name} {'+'.join(contexts)} names a part twice: name it once")

    @property
    def own_tokens(self) -> int:
        """The most that a passage holds of what no passage before it holds."""
        return self.most_tokens - self.overlap_tokens


DEFAULT_SHAPE = PassageShape()
