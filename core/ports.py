"""The ports between the product and its backends; construction belongs to `backends.build`."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Sequence
from enum import StrEnum
from typing import Protocol

from core.chat import ChatEvent, ChatRequest
from core.errors import ArticleRejected
from core.feedback import Feedback, FeedbackPage
from core.identity import EmbedderIdentity, RerankerIdentity
from core.types import (
    Article,
    EmbeddedArticle,
    FoundPassage,
    IndexStatus,
    Match,
    Passage,
    PassageFilter,
    StoredArticle,
    TokenVectors,
    VectorQuery,
    Vectors,
)
from core.vectors import PassageVectors, SampledPassages


class Embedder(Protocol):
    """Texts to unit vectors. Rows keep the order of the input; empty in, (0, dim) out.

    Raises EmbedderUnavailable or EmbedderRejected. Calls may be concurrent: the adapter
    serialises them. A text longer than `identity.max_tokens` is cut by the model, so callers
    keep within it.
    """

    @property
    def identity(self) -> EmbedderIdentity:
        """What changes the vectors."""
        ...

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) for questions."""
        ...

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) for passages or sentences of articles."""
        ...


class TokenEmbedder(Protocol):
    """The same vectors as Embedder gives, with those of the tokens, in one pass of the model.

    One entry a text, in order, which says whether the text was cut; the same faults as Embedder.
    """

    async def embed_query_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """For questions."""
        ...

    async def embed_passage_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """For passages or sentences of articles."""
        ...


class FullEmbedder(Embedder, TokenEmbedder, Protocol):
    """Both: what every embedder backend implements."""


class PassageEncoder(Protocol):
    """Texts of passages to all the vectors that the index keeps of them."""

    async def encode(
        self, texts: Sequence[str], *, languages: Sequence[str]
    ) -> list[PassageVectors]:
        """One entry a text, in order; a language for each. The same faults as Embedder."""
        ...


class Reranker(Protocol):
    """Reads a question and a text together and tells how well the text answers it.

    Raises RerankerUnavailable or RerankerBusy (transient), or RerankerRejected (ours); never
    gives a score for a text that it did not read. Calls may be concurrent: the adapter works
    them off one after the other. A pair longer than `identity.max_tokens` is cut by the model.
    """

    @property
    def identity(self) -> RerankerIdentity:
        """What changes the scores."""
        ...

    async def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """One score a text, in the order of `texts`; empty in, empty out.

        In [0, 1], higher is better, comparable within one question only. A score does not
        depend on the other texts. Equal scores are not broken here.
        """
        ...


class ChatModel(Protocol):
    """Writes a reply, piece by piece.

    Raises GeneratorUnavailable or GeneratorBusy (transient), or GeneratorRejected (ours), also
    after some pieces. Calls may be concurrent: the adapter bounds them.
    """

    @property
    def name(self) -> str:
        """The model as its server knows it."""
        ...

    def stream(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        """ChatDeltas as they come, then one ChatEnd.

        Whoever stops reading before the end must close it (`contextlib.aclosing`): that, like
        a cancellation, ends the work at the server.
        """
        ...


class TokenCounter(Protocol):
    """Counts tokens as the embedder does, without special tokens and prompt."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """One count a text, in order; thread-safe."""
        ...


class TokenLocator(TokenCounter, Protocol):
    """A counter that also tells where in a text its tokens are."""

    def tokens_before(self, text: str, places: Sequence[int]) -> list[int]:
        """How many tokens of `text` end at or before each of `places`; thread-safe.

        Places are 0-based code points, ascending.
        """
        ...


class PassageStore(Protocol):
    """Passages with their vectors.

    Raises StoreUnavailable (transient) or StoreRejected (ours); never returns [] for a fault.
    """

    async def replace_articles(self, articles: Sequence[EmbeddedArticle]) -> None:
        """Make the store hold exactly these passages for each of these articles.

        Durable on return. If the process dies on the way, each article is either as it was
        or `content_hashes` does not yet give its new hash, so that a second run mends it.
        """
        ...

    async def delete_articles(self, article_ids: Collection[str]) -> None:
        """Remove articles and all their passages; unknown ids are ignored; durable on return."""
        ...

    async def search(self, queries: Sequence[VectorQuery]) -> list[list[Match]]:
        """One list a query, in order; each best first, ties by passage id.

        A dense query finds the nearest by cosine in [-1, 1]; a sparse one the best by dot
        product with IDF, score > 0, and nothing if it is empty.
        """
        ...

    async def read_passages(self, passage_ids: Collection[str]) -> dict[str, FoundPassage]:
        """Passages by id; ids that the index does not hold (any more) are left out."""
        ...

    async def read_tokens(self, passage_ids: Collection[str]) -> dict[str, bytes]:
        """Codes of the token vectors by passage id, as they were written.

        Left out are ids that the index does not hold and passages written without codes.
        """
        ...

    async def sample_passages(self, language: str, *, count: int) -> SampledPassages:
        """The first `count` passages in `language` by id, or all if there are fewer.

        Ids are hashes, so these are drawn as if at random, and stay the same as the index grows
        but for those whose place a new one takes.
        """
        ...


class ArticleStore(Protocol):
    """Articles as they were indexed; the same faults as PassageStore."""

    async def get_article(self, article_id: str) -> StoredArticle | None:
        """The article, or None if the index does not hold it."""
        ...

    async def content_hashes(self, article_ids: Collection[str]) -> dict[str, str]:
        """Hash by id for those ids that the index holds completely."""
        ...

    async def get_passages(self, article_id: str) -> list[Passage]:
        """An article's passages by order; empty for an unknown or withdrawn article."""
        ...

    def iterate_articles(
        self, *, after: str | None = None, where: PassageFilter | None = None
    ) -> AsyncIterator[StoredArticle]:
        """Every article that passes `where`, once, by `article_point_id`.

        That order looks random and never changes; with `after`, only those behind the article of
        that id, which need not be there any more.
        """
        ...

    async def status(self) -> IndexStatus:
        """Counts of what the index holds."""
        ...


class FeedbackLog(Protocol):
    """What readers say of answers; raises StoreUnavailable."""

    async def append(self, feedback: Feedback) -> None:
        """Keep `feedback`; durable on return."""
        ...

    async def read(self, *, after: str | None, limit: int) -> FeedbackPage:
        """The first `limit` entries behind the place `after`, None for the beginning.

        In the order in which they came. Raises InputError if there can be no such place.
        """
        ...


class IndexStore(PassageStore, ArticleStore, Protocol):
    """Both halves of an index: what every store backend implements."""


class Verdict(StrEnum):
    """What indexing an article did."""

    INDEXED = "indexed"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


Outcome = Verdict | ArticleRejected
"""What became of one article among several."""


Precondition = Callable[[StoredArticle | None], None]
"""Raises PreconditionFailed unless the article is what the caller expects; None is no article."""


class ArticleWriter(Protocol):
    """The write path as the API sees it.

    A precondition is asked when nobody else can change the article any more.
    """

    async def put(self, article: Article, *, precondition: Precondition | None = None) -> Verdict:
        """Index or update one article; durable on return. Raises ArticleRejected."""
        ...

    async def put_many(self, articles: Sequence[Article]) -> list[Outcome]:
        """Index or update articles of different ids, embedded together; durable on return.

        One outcome each, in order. A backend's fault leaves each article as it was or written.
        """
        ...

    async def delete(self, article_id: str, *, precondition: Precondition | None = None) -> bool:
        """Remove an article; False if it was not there."""
        ...
