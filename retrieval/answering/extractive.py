"""Extractive answers: the best evidence sentences, quoted to the character, or abstention."""

import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from uuid import uuid4

import anyio.to_thread

from core.conflicts import Conflict
from core.ports import ArticleStore, TokenLocator
from core.types import Answer, AnswerStatus
from retrieval.abstention import abstention_model, signals
from retrieval.answering.abstained import abstention_text
from retrieval.answering.citing import Citing
from retrieval.answering.events import (
    AnswerDone,
    AnswerEvent,
    CitationFound,
    PassagesFound,
    last_answer,
)
from retrieval.answering.quote_text import QuoteText
from retrieval.answering.quotes import Chosen, choose_quotes
from retrieval.answering.spans.marking import AnswerMarker
from retrieval.dates.narrowing import is_narrow, was_lifted
from retrieval.evidence.candidates import find_candidates
from retrieval.evidence.ranking import Evidence, rank_evidence
from retrieval.query import GroupBy, Question, SearchHit
from retrieval.reading import Reading
from retrieval.search import Ranking, Searcher
from retrieval.wording import Wording, conflict_notices, notices_for

EVIDENCE_PASSAGES = 6
"""Passages read for evidence."""

NEAREST_ARTICLES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """Ranked evidence, the probability that it answers, and what may be said at that."""

    ranking: Ranking
    evidence: Sequence[Evidence]
    confidence: float
    status: AnswerStatus


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
        marker: AnswerMarker | None = None,
    ) -> None:
        """`locator` reads as the embedder of the index does; without `marker`, none is marked."""
        self._searcher = searcher
        self._articles = articles
        self._locator = locator
        self._now = now
        self._marker = marker
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
        judged = await self._judged(question, ranking, hits)
        told = QuoteText()
        conflicts: list[Conflict] = []
        if judged.status is not AnswerStatus.ABSTAINED:
            chosen = await anyio.to_thread.run_sync(self._choose, question, judged)
            found = (piece.candidate.hit for piece in judged.evidence)
            citing = Citing(self._articles, list({hit.passage.id: hit for hit in found}.values()))
            for quote in chosen.quotes:
                citation = await citing.cite(quote, number=len(told.citations) + 1)
                if citation is not None:
                    yield CitationFound(citation=citation)
                    yield told.add(citation)
            conflicts = await citing.conflicts(chosen.disputes, told.citations)
        nearest: list[SearchHit] = []
        if not told.citations:
            judged = replace(judged, status=AnswerStatus.ABSTAINED)
            nearest = await self._searcher.read(
                judged.ranking, count=NEAREST_ARTICLES, group_by=GroupBy.ARTICLE
            )
        timing = judged.ranking.timing_ms | {
            "answer": round((time.perf_counter() - started) * 1e3, 2)
        }
        yield AnswerDone(
            answer=self._compose(
                question,
                judged=judged,
                told=told,
                conflicts=conflicts,
                nearest=nearest,
                timing_ms=timing,
            )
        )

    async def _judged(
        self, question: Question, ranking: Ranking, hits: Sequence[SearchHit]
    ) -> _Judged:
        """The evidence in `hits`, or outside the time that the question names, if only there."""
        found = _judge(question, ranking, await self._weigh(ranking, hits))
        if found.status is AnswerStatus.ABSTAINED and is_narrow(ranking.reading.periods):
            wider = await self._searcher.rank(question.text, where=question.where, lift=True)
            outside = _judge(question, wider, await self.weigh(wider))
            if outside.status is not AnswerStatus.ABSTAINED:
                found = outside
        if found.status is AnswerStatus.ABSTAINED and found.evidence and not self._may_abstain:
            return replace(found, status=AnswerStatus.PARTIAL)
        return found

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

    def _choose(self, question: Question, judged: _Judged) -> Chosen:
        evidence = judged.evidence
        chosen = choose_quotes(evidence, count=question.max_sentences, question=question.text)
        # A partial answer says that its quotes may not answer; a mark would say that they do.
        if self._marker is None or judged.status is not AnswerStatus.ANSWERED:
            return chosen
        candidates = [piece.candidate for piece in evidence]
        marked = self._marker.mark(judged.ranking.reading, chosen.quotes, candidates)
        return replace(chosen, quotes=tuple(marked))

    def _compose(
        self,
        question: Question,
        *,
        judged: _Judged,
        told: QuoteText,
        conflicts: Sequence[Conflict],
        nearest: list[SearchHit],
        timing_ms: dict[str, float],
    ) -> Answer:
        reading = judged.ranking.reading
        own_language = question.answer_language or reading.language
        wording = Wording(own_language)
        citations = told.citations
        dates = [c.header.published_at for c in citations if c.header.published_at is not None]
        headers = tuple(hit.header for hit in nearest)
        abstained = judged.status is AnswerStatus.ABSTAINED
        return Answer(
            id=str(uuid4()),
            status=judged.status,
            mode=self.mode,
            text=abstention_text(wording, judged.ranking, nearest=headers)
            if abstained
            else told.text,
            language=wording.language if abstained else citations[0].header.language,
            sentences=tuple(told.sentences),
            citations=tuple(citations),
            confidence=round(judged.confidence, 3),
            newest_evidence=max(dates, default=None),
            notices=(
                *reading.notices(language=own_language),
                *conflict_notices(conflicts, wording=wording),
                *notices_for(
                    judged.status,
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
            conflicts=tuple(conflicts),
        )


def _judge(question: Question, ranking: Ranking, evidence: Sequence[Evidence]) -> _Judged:
    """How sure we may be of ranked evidence, and what may be said then."""
    confidence, status = 0.0, AnswerStatus.ABSTAINED
    if evidence:
        model = abstention_model()
        values = signals(evidence, question=question.text, language=ranking.reading.language)
        confidence = model.confidence(values)
        status = model.status(confidence)
    if status is AnswerStatus.ANSWERED and was_lifted(ranking.reading.periods):
        # What lies outside the time asked for is not the whole answer.
        status = AnswerStatus.PARTIAL
    return _Judged(ranking=ranking, evidence=evidence, confidence=confidence, status=status)
