"""A pipeline over doubles that count, fail and die as told."""

import math
from collections.abc import Callable, Sequence

import anyio
import numpy as np

from core.backends.memory_embedder import HashingEmbedder, WordCounter
from core.backends.memory_store import MemoryStore
from core.errors import EmbedderUnavailable, StoreUnavailable
from core.identity import EmbedderIdentity, IndexIdentity
from core.lexical import LexicalEncoder
from core.passage_encoder import TokenPassageEncoder
from core.token_codec import TokenCodec
from core.types import Article, EmbeddedArticle, TokenVectors
from indexing.chunking import Chunker
from indexing.display import NORMALISER
from indexing.pipeline import IndexingPipeline
from indexing.report import Progress
from indexing.sources import Position, SourceArticle, SourceItem

SENTENCE = "وقّعت موسكو وبيونغ يانغ في يونيو 2024 اتفاقية الشراكة الشاملة، بحسب الوكالة رقم {}. "


class CountingEmbedder(HashingEmbedder):
    """Notes what it was asked for; fails or waits on call number `fails_on`."""

    def __init__(self) -> None:
        super().__init__(dimension=16)
        self.calls: list[int] = []
        self.fails_on = math.inf
        self.hook: Callable[[], None] = lambda: None

    async def embed_passage_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        self.calls.append(len(texts))
        self.hook()
        if len(self.calls) == self.fails_on:
            raise EmbedderUnavailable("the model does not answer: try again")
        await anyio.lowlevel.checkpoint()
        return await super().embed_passage_tokens(texts)


class MortalStore(MemoryStore):
    """Dies in write number `dies_in`, after `survives` of its articles, as a killed process.

    The article being written then is there, but its hash is not known yet.
    """

    def __init__(self, identity: IndexIdentity) -> None:
        super().__init__(identity)
        self.writes = 0
        self.dies_in = math.inf
        self.survives = 0
        self.half_written: set[str] = set()

    async def replace_articles(self, articles: Sequence[EmbeddedArticle]) -> None:
        self.writes += 1
        if self.writes == self.dies_in:
            written = articles[: self.survives + 1]
            self.half_written = {written[-1].stored.article.id} if written else set()
            await super().replace_articles(written)
            raise StoreUnavailable("killed")
        self.half_written -= {each.stored.article.id for each in articles}
        await super().replace_articles(articles)

    async def content_hashes(self, article_ids: object) -> dict[str, str]:
        known = await super().content_hashes(article_ids)  # type: ignore[arg-type]  # as given
        return {key: known[key] for key in known if key not in self.half_written}


def index_identity(embedder: EmbedderIdentity) -> IndexIdentity:
    return IndexIdentity(
        embedder=embedder, chunker="c", normaliser=NORMALISER, lexical="l", tokens="t"
    )


def plain_codec(dimension: int) -> TokenCodec:
    """Takes nothing off."""
    zero = {"ar": np.zeros(dimension, dtype=np.float32)}
    return TokenCodec(passage_means=zero, question_means=zero)


class Desk:
    """A pipeline and what it works on."""

    def __init__(self, store: MortalStore | None = None) -> None:
        self.embedder = CountingEmbedder()
        self.store = store or MortalStore(index_identity(self.embedder.identity))
        self.progress: list[Progress] = []
        self.pipeline = IndexingPipeline(
            encoder=TokenPassageEncoder(self.embedder, plain_codec(16)),
            chunker=Chunker(WordCounter(), embedder=self.embedder.identity),
            lexical=LexicalEncoder(),
            store=self.store,
            clock=lambda: 5.0,
        )

    async def run(self, *items: SourceItem) -> dict[str, object]:
        report = await self.pipeline.run(items, on_progress=self.progress.append)
        return report.as_dict()

    async def contents(self) -> dict[str, tuple[str, int, list[str]]]:
        """Hash, version and passage texts of every article."""
        return {
            stored.article.id: (
                stored.content_hash,
                stored.version,
                [p.text for p in await self.store.get_passages(stored.article.id)],
            )
            async for stored in self.store.iterate_articles()
        }


def article(number: int, *, sentences: int = 20, extra: str = "") -> Article:
    body = "".join(SENTENCE.format(f"{number}-{n}") for n in range(sentences)) + extra
    return Article(id=f"خبر/{number}", title=f"عنوان {number}", body=body.strip(), language="ar")


def item(given: Article, *, keys: tuple[str, ...] = ()) -> SourceArticle:
    position = Position(file="a.jsonl", bytes_read=100, bytes_total=200)
    return SourceArticle(
        article=given, source=f"a.jsonl:{given.id}", position=position, ignored_keys=keys
    )
