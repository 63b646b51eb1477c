"""An embedder, a writer and answerers that are quick, and still rank, write and quote."""

import time
from collections.abc import AsyncGenerator, Sequence
from hashlib import blake2b
from typing import Any

import anyio.to_thread
import numpy as np

from api.services import Searches
from core.backends.memory_store import MemoryStore
from core.identity import EmbedderIdentity, IndexIdentity
from core.ids import content_hash, passage_id
from core.language import UNKNOWN
from core.lexical import LexicalEncoder, terms
from core.ports import ArticleStore, Embedder, Outcome, Precondition, Verdict
from core.types import (
    Answer,
    AnswerStatus,
    Article,
    ArticleStatus,
    EmbeddedArticle,
    EmbeddedPassage,
    Passage,
    StoredArticle,
    TokenVectors,
    Vectors,
)
from retrieval.answering.events import (
    AnswerDone,
    AnswerEvent,
    CitationFound,
    PassagesFound,
    last_answer,
)
from retrieval.answering.quote_text import QuoteText
from retrieval.citations import cite
from retrieval.query import Question, SearchQuery
from retrieval.sentences import split_sentences

DIMENSION = 512

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
    tokens="none",
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

    async def put(self, article: Article, *, precondition: Precondition | None = None) -> Verdict:
        before = await self._store.get_article(article.id)
        if precondition is not None:
            precondition(before)
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

    async def put_many(self, articles: Sequence[Article]) -> list[Outcome]:
        return [await self.put(article) for article in articles]

    async def delete(self, article_id: str, *, precondition: Precondition | None = None) -> bool:
        before = await self._store.get_article(article_id)
        if precondition is not None:
            precondition(before)
        await self._store.delete_articles([article_id])
        return before is not None

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
        return await last_answer(self.stream(question))

    async def stream(self, question: Question) -> AsyncGenerator[AnswerEvent]:
        query = SearchQuery(text=question.text, limit=question.max_sentences, where=question.where)
        results = await self._searcher.search(query)
        yield PassagesFound(hits=results.hits)
        told = QuoteText()
        for hit in results.hits:
            stored = await self._articles.get_article(hit.header.id)
            if stored is None or hit.explain().lexical_rank is None:
                continue
            span = split_sentences(hit.passage.text, language=hit.passage.language)[0]
            start, end = hit.passage.start + span.start, hit.passage.start + span.end
            citation = cite(stored.article, number=len(told.citations) + 1, start=start, end=end)
            yield CitationFound(citation=citation)
            yield told.add(citation)
        dates = [c.header.published_at for c in told.citations if c.header.published_at is not None]
        answer = Answer(
            id="answer-1",
            status=AnswerStatus.ANSWERED if told.citations else AnswerStatus.ABSTAINED,
            mode="extractive",
            text=told.text or "not in the archive",
            language=question.answer_language or results.language,
            sentences=tuple(told.sentences),
            citations=tuple(told.citations),
            confidence=0.9 if told.citations else 0.1,
            newest_evidence=max(dates, default=None),
            notices=results.notices,
            timing_ms=results.timing_ms,
            nearest=() if told.citations else tuple(hit.header for hit in results.hits),
            periods=results.periods,
        )
        yield AnswerDone(answer=answer)


class Says:
    """An answerer that always says the same and remembers what it was asked."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.asked: list[Question] = []

    async def answer(self, question: Question) -> Answer:
        return await last_answer(self.stream(question))

    async def stream(self, question: Question) -> AsyncGenerator[AnswerEvent]:
        self.asked.append(question)
        yield PassagesFound(hits=())
        yield AnswerDone(answer=self._answer)


class Raises:
    """Any part of the services, failing in every method with the same error."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def stream(self, *_: object) -> AsyncGenerator[AnswerEvent]:
        raise self.error
        yield

    async def iterate_articles(self, **_: object) -> AsyncGenerator[StoredArticle]:
        raise self.error
        yield

    def __getattr__(self, name: str) -> Any:
        async def fail(*_: object, **__: object) -> None:
            raise self.error

        return fail
