"""A small archive on the in-memory doubles: real chunks, real fusion, real evidence."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from core.backends.memory_embedder import HashingEmbedder, WordCounter
from core.backends.memory_store import MemoryStore
from core.identity import IndexIdentity
from core.ids import content_hash, passage_id
from core.lexical import LexicalEncoder
from core.passage_encoder import TokenPassageEncoder
from core.ports import FullEmbedder, Reranker, TokenLocator
from core.settings import load_settings
from core.types import Article, EmbeddedArticle, EmbeddedPassage, Passage, StoredArticle
from retrieval.answering.extractive import ExtractiveAnswerer
from retrieval.archive import Archive as ArchiveOfStore
from retrieval.cohort import Cohort, load_cohort
from retrieval.reranking import Reranking
from retrieval.search import Searcher
from tests.core.backends.real_model import bundled_parts
from tests.retrieval.plain_cohort import plain_cohort

NOW = datetime(2026, 1, 1, tzinfo=UTC)

TREATY = (
    "وقعت موسكو وبيونغ يانغ معاهدة شراكة في 19 يونيو 2024.\n"
    "تنص المعاهدة على المساعدة المتبادلة إذا تعرض أحد الطرفين لعدوان.\n"
    "قال محللون إن النص يثير قلق سيول."
)
PORT = (
    "The port of Ras Manar handled 2.07 million containers in 2024.\n"
    "Its director said that two new cranes would arrive in spring."
)


def article(key: str, body: str, language: str, **fields: object) -> Article:
    values: dict[str, object] = {
        "id": key,
        "title": body.split("\n")[0][:40],
        "body": body,
        "language": language,
        "url": f"https://almadar.example/{key}",
        "published_at": datetime(2024, 6, 20, tzinfo=UTC),
        "source": "المدار",
    }
    return Article(**(values | fields))  # type: ignore[arg-type]  # field values by name


class Archive:
    """An index in memory with the read path over it."""

    def __init__(self, identity: IndexIdentity, *, max_tokens: int = 1_000_000) -> None:
        self.embedder: FullEmbedder = HashingEmbedder(max_tokens=max_tokens)
        self.locator: TokenLocator = WordCounter()
        self.lexical = LexicalEncoder()
        self.store = MemoryStore(identity)
        self._use(plain_cohort(["ar", "en"], dimension=self.embedder.identity.dimension))

    @classmethod
    async def of_the_bundled_model(cls, identity: IndexIdentity) -> "Archive":
        """What was learnt of answers was learnt with this model: a double knows nothing of it."""
        parts = bundled_parts()
        archive = cls(replace(identity, embedder=parts.embedder.identity))
        archive.embedder, archive.locator = parts.embedder, parts.token_counter
        cache = load_settings({}).cache_dir
        archive._use(await load_cohort(parts.embedder, cache_dir=cache, report=lambda _: None))
        return archive

    def _use(self, cohort: Cohort) -> None:
        self.cohort = cohort
        self._encoder = TokenPassageEncoder(self.embedder, self.cohort.codec)
        self.rerank(None)

    def rerank(self, reranker: Reranker | None, *, depth: int = 30) -> None:
        """Make the read path anew, through `reranker` if there is one."""
        self.searcher = Searcher(
            embedder=self.embedder,
            store=self.store,
            lexical=self.lexical,
            codec=self.cohort.codec,
            archive=ArchiveOfStore(self.store, self.cohort),
            now=lambda: NOW,
            reranking=None if reranker is None else Reranking(reranker, depth=depth),
        )
        self.answerer = ExtractiveAnswerer(
            searcher=self.searcher,
            locator=self.locator,
            articles=self.store,
            now=lambda: NOW,
        )

    async def add(self, articles: Sequence[Article]) -> None:
        await self.store.replace_articles([await self._embedded(one) for one in articles])

    async def _embedded(self, one: Article) -> EmbeddedArticle:
        digest = content_hash(one)
        passage = Passage(
            id=passage_id(one.id, 0, digest),
            article_id=one.id,
            order=0,
            start=0,
            end=len(one.body),
            text=one.body,
            language=one.language,
            tokens=50,
        )
        [vectors] = await self._encoder.encode([one.body], languages=[one.language])
        lexical = self.lexical.encode_passage(one.body, language=one.language)
        return EmbeddedArticle(
            stored=StoredArticle(article=one, content_hash=digest, version=1, passage_count=1),
            passages=(
                EmbeddedPassage(
                    passage=passage, dense=vectors.pooled, lexical=lexical, tokens=vectors.codes
                ),
            ),
        )
