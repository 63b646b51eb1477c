"""The nouns that all parts share: articles, passages, filters and answers.

All offsets are 0-based, end exclusive, in Unicode code points of `Article.body`.
All times are aware and in UTC.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from core.conflicts import Conflict
from core.passage_filter import PassageFilter as PassageFilter  # one of the nouns
from core.periods import Period

Vectors = NDArray[np.float32]
"""(n, dim) or (dim,) float32, L2-normalised."""


class ArticleStatus(StrEnum):
    """IPTC ninjs `pubstatus`; only usable articles have passages."""

    USABLE = "usable"
    WITHHELD = "withheld"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a publisher corrected, and when."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article as published; `body` is the display text that every offset points into.

    None means unknown: nothing is invented. `language` is a lower-case BCP 47 primary subtag.
    """

    id: str
    title: str
    body: str
    language: str
    url: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    source: str | None = None
    authors: tuple[str, ...] = ()
    section: str | None = None
    tags: tuple[str, ...] = ()
    status: ArticleStatus = ArticleStatus.USABLE
    embargoed_until: datetime | None = None
    corrections: tuple[Correction, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """An article as the store keeps it: with its content hash and a version that counts changes."""

    article: Article
    content_hash: str
    version: int
    passage_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleHeader:
    """What a result or a citation shows of an article, without its body."""

    id: str
    title: str
    language: str
    url: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    source: str | None = None
    authors: tuple[str, ...] = ()
    section: str | None = None
    tags: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()

    @classmethod
    def of(cls, article: Article) -> "ArticleHeader":
        """The header of `article`: every field of a header is one of an article."""
        return cls(**{name: getattr(article, name) for name in cls.__dataclass_fields__})


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A run of an article's body: `text == body[start:end]`."""

    id: str
    article_id: str
    order: int
    start: int
    end: int
    text: str
    language: str
    tokens: int
    heading: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SparseVector:
    """Term ids and weights, ids ascending and unique, weights positive and finite."""

    indices: tuple[int, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenVectors:
    """A text's vector, `pooled` (dim,), and those of its tokens, (tokens, dim); all unit norm.

    Prompt and special tokens are left out; a text without tokens has (0, dim). `is_cut` tells
    that the text is longer than the model reads: the vectors are those of its beginning.
    """

    pooled: Vectors
    tokens: Vectors
    is_cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedPassage:
    """A passage with its vectors: `dense` (dim,) unit norm, `lexical` possibly empty.

    `tokens` are the codes of its token vectors (core/token_codec.py), empty if there are none.
    """

    passage: Passage
    dense: Vectors
    lexical: SparseVector
    tokens: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedArticle:
    """All that the store writes for one article; no passages if it is not usable."""

    stored: StoredArticle
    passages: tuple[EmbeddedPassage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorQuery:
    """What one leg is asked: the `k` best for `vector`, dense (dim,) of unit norm or sparse."""

    vector: Vectors | SparseVector
    where: PassageFilter
    k: int


@dataclass(frozen=True, slots=True)
class Match:
    """A passage that a leg found, unread: `score` as that leg counts it, higher is better."""

    passage_id: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPassage:
    """A passage with the header of its article."""

    passage: Passage
    header: ArticleHeader


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexStatus:
    """What the index holds."""

    articles: int
    passages: int
    languages: dict[str, int] = field(default_factory=dict)
    """Usable passages by language."""


class Support(StrEnum):
    """How well a sentence of an answer stands on its citations."""

    QUOTED = "quoted"
    SUPPORTED = "supported"
    PARTIAL = "partial"
    UNSUPPORTED = "unsupported"


class AnswerStatus(StrEnum):
    """Whether the archive answers the question."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    ABSTAINED = "abstained"


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A verbatim quote, `quote == body[start:end]`, and the characters around it.

    `prefix` and `suffix` are the characters around the quote (W3C TextQuoteSelector). `also`
    are other articles that say the same; `sources` counts the independent ones among all of them,
    this one included: copies and articles of one outlet count once.
    `answer_spans` are the short answers in it, (start, end) in the body, in order and apart.
    """

    number: int
    header: ArticleHeader
    quote: str
    start: int
    end: int
    prefix: str
    suffix: str
    deep_link: str | None
    also: tuple[ArticleHeader, ...] = ()
    sources: int = 1
    answer_spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSentence:
    """One sentence of an answer: `text[start:end]`, with the numbers of its citations."""

    start: int
    end: int
    citations: tuple[int, ...]
    support: Support


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the archive says to a question, each sentence with its source, or an abstention.

    `confidence` is the estimated probability in [0, 1] that the quotes answer the question; `text`
    is for showing (core/display.py). When abstained, it says so and what was searched, there are
    no sentences and no citations, and `nearest` names the articles that come closest.
    `withheld` counts generated sentences that were not shown because nothing proves them.
    `query` is what was searched: the question, made to stand by itself in a conversation.
    `conflicts` are the figures in which the sources of the answer disagree.
    """

    id: str
    status: AnswerStatus
    mode: str
    text: str
    language: str
    sentences: tuple[AnswerSentence, ...]
    citations: tuple[Citation, ...]
    confidence: float
    newest_evidence: datetime | None
    notices: tuple[str, ...]
    timing_ms: dict[str, float]
    nearest: tuple[ArticleHeader, ...] = ()
    withheld: int = 0
    query: str = ""
    periods: tuple[Period, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
