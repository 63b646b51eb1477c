"""Extractive answers: the best evidence sentences, quoted to the character, or abstention."""

import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from copy import copy
from datetime import datetime
from functools import partial
from uuid import uuid4

import anyio.to_thread

from core.ports import ArticleStore, TokenLocator
from core.types import Answer, AnswerStatus, Citation, Passage
from retrieval.abstention import abstention_model, signals
from retrieval.answering.abstained import abstention_text
from retrieval.answering.events import (
    AnswerDone,
    AnswerEvent,
    CitationFound,
    PassagesFound,
    last_answer,
)
from retrieval.answering.quote_text import QuoteText
from retrieval.answering.quotes import Quote, choose_quotes
from retrieval.citations import cite
from retrieval.dates.narrowing import is_narrow
from retrieval.evidence.candidates import find_candidates
from retrieval.evidence.ranking import Evidence, rank_evidence
from retrieval.query import GroupBy, Question, SearchHit
from retrieval.reading import Reading
from retrieval.search import Ranking, Searcher
from retrieval.verification import holds
from retrieval.wording import Wording, notices_for

EVIDENCE_PASSAGES = 6
"""Passages read for evidence."""

NEAREST_ARTICLES = 3


class ExtractiveAnswerer:
    """Answers with verbatim quotes; never with words of its own but an abstention."""

    mode = "extractive"

    def __init__(
        self,
        *,
        searcher: Searcher,
        locator: TokenLocator,
        articles: ArticleStore,
        now: Callable[[], datetime],
    ) -> None:
        """`locator` reads as the embedder of the index does."""
        self._searcher = searcher
        self._articles = articles
        self._locator = locator
        self._now = now
        self._may_abstain = True

    def never_abstaining(self) -> "ExtractiveAnswerer":
        """One that gives its quotes however doubtful, for measuring what abstention holds back."""
        bold = copy(self)
        bold._may_abstain = False
        return bold

    async def answer(self, question: Question) -> Answer:
        """The answer to `question`, with at most `question.max_sentences` quotes."""
        return await last_answer(self.stream(question))

    async def stream(self, question: Question) -> AsyncGenerator[AnswerEvent]:
        """The same answer as it comes, in the order of `retrieval.answering.events`."""
        ranking = await self._searcher.rank(question.text, where=question.where)
        started = time.perf_counter()
        hits = await self._searcher.read(ranking, count=EVIDENCE_PASSAGES)
        yield PassagesFound(hits=tuple(hits))
        evidence = await self._weigh(ranking, hits)
        confidence, status = _judge(question, evidence, ranking.reading)
        if status is AnswerStatus.ABSTAINED and is_narrow(ranking.reading.periods):
            wider = await self._searcher.rank(question.text, where=question.where, lift=True)
            found = await self.weigh(wider)
            likelihood, verdict = _judge(question, found, wider.reading)
            if verdict is not AnswerStatus.ABSTAINED:
                # What lies outside the time asked for is not the whole answer.
                ranking, evidence = wider, found
                confidence, status = likelihood, AnswerStatus.PARTIAL
        if status is AnswerStatus.ABSTAINED and evidence and not self._may_abstain:
            status = AnswerStatus.PARTIAL
        told = QuoteText()
        if status is not AnswerStatus.ABSTAINED:
            passages = {
                piece.candidate.hit.passage.id: piece.candidate.hit.passage for piece in evidence
            }
            for quote in choose_quotes(evidence, count=question.max_sentences):
                citation = await self._cite(
                    quote, passages[quote.passage_id], number=len(told.citations) + 1
                )
                if citation is not None:
                    yield CitationFound(citation=citation)
                    yield told.add(citation)
        nearest: list[SearchHit] = []
        if not told.citations:
            status = AnswerStatus.ABSTAINED
            nearest = await self._searcher.read(
                ranking, count=NEAREST_ARTICLES, group_by=GroupBy.ARTICLE
            )
        timing = ranking.timing_ms | {"answer": round((time.perf_counter() - started) * 1e3, 2)}
        yield AnswerDone(
            answer=self._compose(
                question,
                ranking=ranking,
                status=status,
                told=told,
                nearest=nearest,
                confidence=confidence,
                timing_ms=timing,
            )
        )

    async def weigh(self, ranking: Ranking) -> list[Evidence]:
        """Evidence sentences of the best passages of `ranking`, best first."""
        return await self._weigh(
            ranking, await self._searcher.read(ranking, count=EVIDENCE_PASSAGES)
        )

    async def _weigh(self, ranking: Ranking, hits: Sequence[SearchHit]) -> list[Evidence]:
        codes = await self._searcher.read_codes(hits)
        return await anyio.to_thread.run_sync(partial(self._ranked, ranking.reading, hits, codes))

    def _ranked(
        self, reading: Reading, hits: Sequence[SearchHit], codes: Mapping[str, bytes]
    ) -> list[Evidence]:
        found = find_candidates(
            hits,
            codes,
            locator=self._locator,
            codec=reading.codec,
            dimension=len(reading.vectors.pooled),
        )
        return rank_evidence(reading, found)

    async def _cite(self, quote: Quote, passage: Passage, *, number: int) -> Citation | None:
        """The citation of `quote`; None if the stored article does not hold it any more."""
        stored = await self._articles.get_article(quote.article_id)
        if stored is None:  # withdrawn since the search
            return None
        citation = cite(stored.article, number=number, start=quote.start, end=quote.end)
        # A correction between search and now moves offsets: then the quote must go.
        read = passage.text[quote.start - passage.start : quote.end - passage.start]
        return citation if citation.quote == read and holds(stored.article, citation) else None

    def _compose(
        self,
        question: Question,
        *,
        ranking: Ranking,
        status: AnswerStatus,
        told: QuoteText,
        nearest: list[SearchHit],
        confidence: float,
        timing_ms: dict[str, float],
    ) -> Answer:
        reading = ranking.reading
        own_language = question.answer_language or reading.language
        wording = Wording(own_language)
        citations = told.citations
        dates = [c.header.published_at for c in citations if c.header.published_at is not None]
        headers = tuple(hit.header for hit in nearest)
        abstained = status is AnswerStatus.ABSTAINED
        return Answer(
            id=str(uuid4()),
            status=status,
            mode=self.mode,
            text=abstention_text(wording, ranking, nearest=headers) if abstained else told.text,
            language=wording.language if abstained else citations[0].header.language,
            sentences=tuple(told.sentences),
            citations=tuple(citations),
            confidence=round(confidence, 3),
            newest_evidence=max(dates, default=None),
            notices=(
                *reading.notices(language=own_language),
                *notices_for(
                    status,
                    citations,
                    wording=wording,
                    now=self._now(),
                    periods=reading.periods,
                ),
            ),
            timing_ms=timing_ms,
            nearest=headers,
            query=question.text,
            periods=reading.periods,
        )


def _judge(
    question: Question, evidence: Sequence[Evidence], reading: Reading
) -> tuple[float, AnswerStatus]:
    """How sure we may be of ranked evidence, and what may be said then."""
    if not evidence:
        return 0.0, AnswerStatus.ABSTAINED
    model = abstention_model()
    confidence = model.confidence(signals(evidence, language=reading.language))
    return confidence, model.status(confidence)
