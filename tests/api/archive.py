"""Services over the real read path, an index in memory, and doubles that rank."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

import anyio.to_thread
import numpy as np
from starlette.testclient import TestClient

from api.app import create_app
from api.services import Answers, Searches, Services
from core.backends.memory_store import MemoryStore
from core.identity import EmbedderIdentity, IndexIdentity
from core.ids import content_hash, passage_id
from core.language import UNKNOWN, identify_language
from core.lexical import LexicalEncoder, terms
from core.ports import ArticleStore, ArticleWriter, Embedder, FullEmbedder, Verdict
from core.settings import Settings
from core.types import (
    Answer,
    AnswerSentence,
    AnswerStatus,
    Article,
    ArticleHeader,
    ArticleStatus,
    Citation,
    Correction,
    EmbeddedArticle,
    EmbeddedPassage,
    Passage,
    StoredArticle,
    Support,
    TokenVectors,
    Vectors,
)
from retrieval.citations import cite
from retrieval.cohort import Cohort, LanguageCohort
from retrieval.query import Question, SearchQuery
from retrieval.search import Searcher
from retrieval.sentences import split_sentences

DIMENSION = 512
NOW = datetime(2026, 3, 1, tzinfo=UTC)

ARABIC = Article(
    id="almadar-1",
    title="موسكو وبيونغ يانغ توقعان معاهدة شراكة",
    body="وقّع الرئيسان معاهدة شراكة استراتيجية شاملة في بيونغ يانغ. حضر الحفل 200 ضيف.\n"
    "وتنص المادة الرابعة من المعاهدة على المساعدة المتبادلة إذا تعرض أحد الطرفين لعدوان.",
    language="ar",
    url="https://almadar.example/world/1",
    published_at=datetime(2024, 6, 19, 11, 5, tzinfo=UTC),
    source="المدار",
    authors=("ليلى حداد",),
    section="world",
    tags=("diplomacy", "دبلوماسية"),
)
PERSIAN = Article(
    id="ایران/۲",
    title="کاهش بارش در البرز",
    body="بارش برف در البرز امسال چهل درصد کمتر شد.",
    language="fa",
    published_at=datetime(2025, 1, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    source="کوهستان",
    section="climate",
)
MIXED = Article(
    id="mixed 3",
    title="شركة ACME تطلق القمر Sat-7",
    body="أطلقت شركة ACME القمر الصناعي Sat-7 يوم الجمعة 🚀. (Orbit: 550 km) كما قالت.",
    language="ar",
    source="ACME Wire",
    section="science",
    tags=("space",),
    corrections=(Correction(at=datetime(2025, 5, 2, tzinfo=UTC), text="550 km, not 500 km"),),
)
CHINESE = Article(
    id="zh/新闻/4",
    title="长江大桥通车",
    body="新的长江大桥于周二正式通车。市长表示大桥耗资三十亿元。",
    language="zh",
    published_at=datetime(2024, 6, 20, tzinfo=UTC),
    source="江报",
    section="world",
)
ENGLISH = Article(
    id="en-5",
    title="Harbour strike ends",
    body="The harbour strike ended on Monday after 11 days. Dockers won a pay rise of 7 per cent.",
    language="en",
    url="https://herald.example/5",
    published_at=datetime(2023, 2, 3, tzinfo=UTC),
    source="Herald",
    section="economy",
)
EMOJI = Article(
    id="🌍/passages", title="Climate 🌡️ summit", body="The climate summit opened. 🌍", language="en"
)
ARTICLES = (ARABIC, PERSIAN, MIXED, CHINESE, ENGLISH, EMOJI)

IDENTITY = IndexIdentity(
    embedder=EmbedderIdentity(
        model="hashed-words",
        revision="1",
        dimension=DIMENSION,
        pooling="sum",
        precision="float32",
        query_prompt="",
        passage_prompt="",
        max_tokens=512,
    ),
    chunker="paragraphs-1",
    normaliser="none-1",
    lexical=LexicalEncoder.version,
)


class HashedWords:
    """An embedder whose vectors are nearer the more words two texts share."""

    identity = IDENTITY.embedder

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return self._pooled(texts)

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return self._pooled(texts)

    async def embed_query_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        return [self._read(text) for text in texts]

    async def embed_passage_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        return [self._read(text) for text in texts]

    def _pooled(self, texts: Sequence[str]) -> Vectors:
        rows = [self._read(text).pooled for text in texts]
        return np.asarray(rows, dtype=np.float32).reshape(len(texts), DIMENSION)

    def _read(self, text: str) -> TokenVectors:
        found = terms(text, language=UNKNOWN)
        tokens = np.zeros((len(found), DIMENSION), dtype=np.float32)
        for row, word in zip(tokens, found, strict=True):
            digest = blake2b(word[:5].encode("utf-8"), digest_size=2).digest()
            row[int.from_bytes(digest, "big") % DIMENSION] = 1
        total = tokens.sum(axis=0) + 1e-3
        return TokenVectors(pooled=total / np.linalg.norm(total), tokens=tokens)


class SlowInThread(HashedWords):
    """An embedder that takes its time, in a thread as it must."""

    slow_s = 1.0

    async def embed_query_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        await anyio.to_thread.run_sync(time.sleep, self.slow_s)
        return await super().embed_query_tokens(texts)


class ParagraphWriter:
    """The write path in little: each paragraph is a passage."""

    def __init__(self, store: MemoryStore, embedder: Embedder) -> None:
        self._store = store
        self._embedder = embedder
        self._lexical = LexicalEncoder()

    async def put(self, article: Article) -> Verdict:
        before = await self._store.get_article(article.id)
        digest = content_hash(article)
        if before is not None and before.content_hash == digest:
            return Verdict.UNCHANGED
        passages = self._passages(article, digest)
        vectors = await self._embedder.embed_passages([passage.text for passage in passages])
        stored = StoredArticle(
            article=article,
            content_hash=digest,
            version=1 if before is None else before.version + 1,
            passage_count=len(passages),
        )
        embedded = tuple(
            EmbeddedPassage(
                passage=passage,
                dense=vector,
                lexical=self._lexical.encode_passage(passage.text, language=passage.language),
            )
            for passage, vector in zip(passages, vectors, strict=True)
        )
        await self._store.replace_articles([EmbeddedArticle(stored=stored, passages=embedded)])
        return Verdict.INDEXED if before is None else Verdict.UPDATED

    async def delete(self, article_id: str) -> bool:
        found = await self._store.get_article(article_id) is not None
        await self._store.delete_articles([article_id])
        return found

    def _passages(self, article: Article, digest: str) -> list[Passage]:
        passages, start = [], 0
        for order, paragraph in enumerate(article.body.split("\n")):
            passages.append(
                Passage(
                    id=passage_id(article.id, order, digest),
                    article_id=article.id,
                    order=order,
                    start=start,
                    end=start + len(paragraph),
                    text=paragraph,
                    language=article.language,
                    tokens=len(paragraph.split()),
                )
            )
            start += len(paragraph) + 1
        return passages if article.status is ArticleStatus.USABLE else []


class FirstSentences:
    """An answerer that quotes the first sentence of what is found, if a word is shared."""

    def __init__(self, searcher: Searches, articles: ArticleStore) -> None:
        self._searcher = searcher
        self._articles = articles

    async def answer(self, question: Question) -> Answer:
        query = SearchQuery(text=question.text, limit=question.max_sentences, where=question.where)
        results = await self._searcher.search(query)
        citations: list[Citation] = []
        for hit in results.hits:
            stored = await self._articles.get_article(hit.header.id)
            if stored is None or hit.explanation.lexical_rank is None:
                continue
            span = split_sentences(hit.passage.text, language=hit.passage.language)[0]
            start, end = hit.passage.start + span.start, hit.passage.start + span.end
            number = len(citations) + 1
            citations.append(cite(stored.article, number=number, start=start, end=end))
        text, sentences = "", []
        for citation in citations:
            start = len(text)
            text += f"{citation.quote} [{citation.number}]\n"
            sentences.append(
                AnswerSentence(
                    start=start,
                    end=start + len(citation.quote),
                    citations=(citation.number,),
                    support=Support.QUOTED,
                )
            )
        dates = [c.header.published_at for c in citations if c.header.published_at is not None]
        return Answer(
            id="answer-1",
            status=AnswerStatus.ANSWERED if citations else AnswerStatus.ABSTAINED,
            mode="extractive",
            text=text or "not in the archive",
            language=question.answer_language or results.language,
            sentences=tuple(sentences),
            citations=tuple(citations),
            confidence=0.9 if citations else 0.1,
            newest_evidence=max(dates, default=None),
            notices=(),
            timing_ms=results.timing_ms,
            nearest=() if citations else tuple(hit.header for hit in results.hits),
        )


ABSTENTION = Answer(
    id="answer-2",
    status=AnswerStatus.ABSTAINED,
    mode="extractive",
    text="لا يوجد في الأرشيف جواب.",
    language="ar",
    sentences=(),
    citations=(),
    confidence=0.02,
    newest_evidence=None,
    notices=(),
    timing_ms={"embed": 1.0},
    nearest=(ArticleHeader.of(ARABIC),),
)


class Says:
    """An answerer that always says the same and remembers what it was asked."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.asked: list[Question] = []

    async def answer(self, question: Question) -> Answer:
        self.asked.append(question)
        return self._answer


class Raises:
    """Any part of the services, failing in every method with the same error."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __getattr__(self, name: str) -> Any:
        async def fail(*_: object, **__: object) -> None:
            raise self.error

        return fail


@dataclass
class Archive:
    """Parts to make services of; a test swaps what it wants to see fail."""

    embedder: FullEmbedder
    store: MemoryStore
    settings: Settings
    searcher: Searches | None = None
    answerer: Answers | None = None
    writer: ArticleWriter | None = None
    articles: ArticleStore | None = None
    check_error: Exception | None = None
    check: Callable[[], Awaitable[None]] | None = None
    opened: int = 0
    closed: int = 0

    @classmethod
    def empty(cls, **settings: object) -> "Archive":
        return cls(
            embedder=HashedWords(),
            store=MemoryStore(IDENTITY),
            settings=Settings.model_validate(settings),
        )

    @property
    def open_services(self) -> Callable[[], AbstractAsyncContextManager[Services]]:
        return asynccontextmanager(self._open)

    async def _open(self) -> AsyncIterator[Services]:
        self.opened += 1
        # Its letter statistics load at the first call.
        await anyio.to_thread.run_sync(identify_language, "any text")
        writer = ParagraphWriter(self.store, HashedWords())
        for article in ARTICLES:
            await writer.put(article)
        searcher = self.searcher or Searcher(
            embedder=self.embedder,
            store=self.store,
            lexical=LexicalEncoder(),
            cohort=_cohort(),
            now=lambda: NOW,
        )
        articles = self.articles or self.store
        yield Services(
            searcher=searcher,
            answerer=self.answerer or FirstSentences(searcher, articles),
            articles=articles,
            writer=self.writer or writer,
            identity=IDENTITY,
            settings=self.settings,
            check=self.check or self._check,
        )
        self.closed += 1

    async def _check(self) -> None:
        if self.check_error is not None:
            raise self.check_error


def _cohort() -> Cohort:
    """The same unrelated vectors for each language: results rank as their cosines do."""
    noise = np.random.default_rng(1).standard_normal((40, DIMENSION)).astype(np.float32)
    unrelated = noise / np.linalg.norm(noise, axis=1, keepdims=True)
    zero = np.zeros(DIMENSION, dtype=np.float32)
    cohort = LanguageCohort(vectors=unrelated, question_token_mean=zero, passage_token_mean=zero)
    return Cohort({article.language: cohort for article in ARTICLES})


@contextmanager
def served(archive: Archive) -> Iterator[TestClient]:
    """A client of the real application; faults become responses, as behind a real server."""
    app = create_app(archive.open_services, settings=archive.settings)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client
