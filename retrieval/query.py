"""What a caller may ask of the read path, checked once at its door."""

import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum

from core.errors import EmptyQuery, InputError
from core.settings import MAX_QUERY_CHARS
from core.types import ArticleHeader, Passage, PassageFilter

MAX_LIMIT = 100
MAX_OFFSET = 1_000
MAX_SENTENCES = 5


class SearchMode(StrEnum):
    """Which legs take part."""

    HYBRID = "hybrid"
    DENSE = "dense"
    LEXICAL = "lexical"


class GroupBy(StrEnum):
    """What one result stands for."""

    ARTICLE = "article"
    PASSAGE = "passage"


def clean_query_text(text: str) -> str:
    """`text` in NFC without control characters and surplus white space.

    Raises:
        EmptyQuery: nothing with a letter or a digit remains.
        InputError: it is longer than MAX_QUERY_CHARS or holds a lone surrogate.
    """
    if len(text) > MAX_QUERY_CHARS:
        raise InputError(
            f"the query has {len(text)} characters; at most {MAX_QUERY_CHARS} are allowed"
        )
    if any(0xD800 <= ord(character) <= 0xDFFF for character in text):
        raise InputError("the query holds a lone surrogate, which is not valid Unicode")
    spaced = "".join(
        " " if unicodedata.category(character) == "Cc" else character for character in text
    )
    cleaned = " ".join(unicodedata.normalize("NFC", spaced).split())
    if not any(character.isalnum() for character in cleaned):
        raise EmptyQuery("the query holds no letter or digit: type a question")
    return cleaned


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery:
    """A search as the caller wants it; bounds are checked on construction."""

    text: str
    limit: int = 10
    offset: int = 0
    where: PassageFilter = field(default_factory=PassageFilter)
    mode: SearchMode = SearchMode.HYBRID
    group_by: GroupBy = GroupBy.ARTICLE

    def __post_init__(self) -> None:
        """Clean the text and check the bounds."""
        object.__setattr__(self, "text", clean_query_text(self.text))
        if not 1 <= self.limit <= MAX_LIMIT:
            raise InputError(f"limit {self.limit} is outside 1..{MAX_LIMIT}")
        if not 0 <= self.offset <= MAX_OFFSET:
            raise InputError(f"offset {self.offset} is outside 0..{MAX_OFFSET}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a result stands where it stands: raw score and rank of each leg, None if not found."""

    dense_score: float | None
    dense_rank: int | None
    lexical_score: float | None
    lexical_rank: int | None
    dense_normalised: float
    lexical_normalised: float
    lexical_weight: float
    token_match: float | None = None
    token_normalised: float = 0.0
    token_weight: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHit:
    """One result; `rank` counts from 1; `score` is comparable within one response only.

    `two_leg_score` leaves token matches out, which evidence weighs by itself.
    """

    rank: int
    score: float
    passage: Passage
    header: ArticleHeader
    explanation: Explanation
    two_leg_score: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResults:
    """Hits best first, ties by passage id; `language` is the query's as identified."""

    query_id: str
    language: str
    hits: tuple[SearchHit, ...]
    notices: tuple[str, ...]
    timing_ms: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question as the caller puts it; bounds are checked on construction.

    `answer_language` names the language of our own words; quotes keep theirs.
    """

    text: str
    where: PassageFilter = field(default_factory=PassageFilter)
    answer_language: str | None = None
    max_sentences: int = 3

    def __post_init__(self) -> None:
        """Clean the text and check the bounds."""
        object.__setattr__(self, "text", clean_query_text(self.text))
        if not 1 <= self.max_sentences <= MAX_SENTENCES:
            raise InputError(f"max_sentences {self.max_sentences} is outside 1..{MAX_SENTENCES}")
