"""What a caller may ask of the read path, checked once at its door."""

import unicodedata
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Literal

from core.errors import EmptyQuery, InputError
from core.periods import Period
from core.settings import MAX_QUERY_CHARS
from core.types import ArticleHeader, Passage, PassageFilter

MAX_LIMIT = 100
MAX_OFFSET = 1_000
MAX_SHOWN = 1_000
"""Results that a search may have given before; more are no use to a reader, and cost memory."""

MAX_SENTENCES = 5

MAX_TURNS = 20
"""Turns of a conversation that may be sent with a question."""

MAX_TURN_CHARS = 4_000
"""Of one turn; an answer of five quotes is shorter."""


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
    """A search as the caller wants it; bounds are checked on construction.

    `shown` are the digests (`retrieval.shown`) of what earlier pages gave: none of it comes again.
    """

    text: str
    limit: int = 10
    offset: int = 0
    where: PassageFilter = field(default_factory=PassageFilter)
    mode: SearchMode = SearchMode.HYBRID
    group_by: GroupBy = GroupBy.ARTICLE
    shown: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        """Clean the text and check the bounds."""
        object.__setattr__(self, "text", clean_query_text(self.text))
        if len(self.shown) > MAX_SHOWN:
            raise InputError(f"{len(self.shown)} results were shown; at most {MAX_SHOWN} may be")
        if not 1 <= self.limit <= MAX_LIMIT:
            raise InputError(f"limit {self.limit} is outside 1..{MAX_LIMIT}")
        if not 0 <= self.offset <= MAX_OFFSET:
            raise InputError(f"offset {self.offset} is outside 0..{MAX_OFFSET}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """One part of a result's score: `value` times `weight` is what it adds.

    `name` is stable ("dense", "lexical", "reranker"); `note` says in a few words where the value
    comes from. A new part of the score needs no more than one of these.
    """

    name: str
    value: float
    weight: float
    note: str

    @property
    def adds(self) -> float:
        """To the score; never -0."""
        return self.value * self.weight + 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a result stands where it stands: what each leg found, and what adds up to the score.

    Attributes:
        dense_score: Cosine of question and passage; None if the leg did not find it.
        dense_rank: Place in the dense leg; None likewise.
        lexical_score: Score of the question's words; None if the leg did not find it.
        lexical_rank: Place in the lexical leg; None likewise.
        dense_normalised: The cosine in deviations above unrelated texts of the language.
        lexical_normalised: Share of the best lexical score.
        lexical_weight: Of the lexical part, for these two languages.
        question_language: As it was identified.
        fused_rank: Place among all passages found, before a reranker and any grouping.
        reranker_score: In [0, 1]; None if no reranker read the passage.
        reranker_rank: Place among the passages that it read; None likewise.
        contributions: The parts of the score, which is their sum.
    """

    dense_score: float | None
    dense_rank: int | None
    lexical_score: float | None
    lexical_rank: int | None
    dense_normalised: float
    lexical_normalised: float
    lexical_weight: float
    question_language: str
    fused_rank: int
    contributions: tuple[Contribution, ...]
    reranker_score: float | None = None
    reranker_rank: int | None = None

    def score_without(self, *names: str) -> float:
        """What the parts of other names add up to."""
        return sum(part.adds for part in self.contributions if part.name not in names)

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values, what each part adds among them."""
        parts = [{**asdict(part), "adds": part.adds} for part in self.contributions]
        return {**asdict(self), "contributions": parts}


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHit:
    """One result; `rank` counts from 1; `score` is comparable within one response only.

    `explain` tells why it stands there: made when asked for, since few results are asked why.
    """

    rank: int
    score: float
    passage: Passage
    header: ArticleHeader
    explain: Callable[[], Explanation]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResults:
    """Hits best first, ties by passage id; `language` is the query's as identified.

    `periods` are the times that the query names, in its order, and how they were used. `has_more`
    tells whether further results are there.
    """

    query_id: str
    language: str
    hits: tuple[SearchHit, ...]
    notices: tuple[str, ...]
    timing_ms: dict[str, float]
    periods: tuple[Period, ...] = ()
    has_more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What was said before a question, by the asker or in an answer."""

    role: Literal["user", "assistant"]
    text: str

    def __post_init__(self) -> None:
        """Check the bounds: what was said once need not be a question."""
        if self.role not in {"user", "assistant"}:
            raise InputError(f"the role {self.role!r} is unknown: use user or assistant")
        if len(self.text) > MAX_TURN_CHARS:
            raise InputError(
                f"a turn has {len(self.text)} characters; at most {MAX_TURN_CHARS} are allowed"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question as the caller puts it; bounds are checked on construction.

    `answer_language` names the language of our own words; quotes keep theirs. `history` is what
    was said before, oldest first.
    """

    text: str
    where: PassageFilter = field(default_factory=PassageFilter)
    answer_language: str | None = None
    max_sentences: int = 3
    history: tuple[Turn, ...] = ()

    def __post_init__(self) -> None:
        """Clean the text and check the bounds."""
        object.__setattr__(self, "text", clean_query_text(self.text))
        if len(self.history) > MAX_TURNS:
            raise InputError(
                f"the history has {len(self.history)} turns; at most {MAX_TURNS} are allowed: "
                "send the last ones"
            )
        if not 1 <= self.max_sentences <= MAX_SENTENCES:
            raise InputError(f"max_sentences {self.max_sentences} is outside 1..{MAX_SENTENCES}")
