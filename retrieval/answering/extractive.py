"""Extractive answers: the best evidence sentences, quoted to the character, or abstention."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from uuid import uuid4

import anyio.to_thread

from core.ports import ArticleStore, TokenLocator
from core.types import (
    Answer,
    AnswerSentence,
    AnswerStatus,
    Citation,
    Passage,
    Support,
)
from retrieval.abstention import abstention_model, signals
from retrieval.answering.quotes import Quote, choose_quotes
from retrieval.citations import cite
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

    async def answer(self, question: Question) -> Answer:
        """The answer to `question`, with at most `question.max_sentences` quotes."""
        ranking = await self._searcher.rank(question.text, where=question.where)
        started = time.perf_counter()
        evidence = await self.weigh(ranking)
        confidence, status = 0.0, AnswerStatus.ABSTAINED
        if evidence:
            model = abstention_model()
            confidence = model.confidence(signals(evidence, language=ranking.reading.language))
            status = model.status(confidence)
        citations: list[Citation] = []
        if status is not AnswerStatus.ABSTAINED:
            hits = [piece.candidate.hit for piece in evidence]
            passages = {hit.passage.id: hit.passage for hit in hits}
            quotes = choose_quotes(evidence, count=question.max_sentences)
            citations = await self._cite(quotes, passages)
        nearest: list[SearchHit] = []
        if not citations:
            status = AnswerStatus.ABSTAINED
            nearest = await self._searcher.read(
                ranking, count=NEAREST_ARTICLES, group_by=GroupBy.ARTICLE
            )
        timing = ranking.timing_ms | {"answer": round((time.perf_counter() - started) * 1e3, 2)}
        return self._compose(
            question,
            reading=ranking.reading,
            status=status,
            citations=citations,
            nearest=nearest,
            confidence=confidence,
            timing_ms=timing,
        )

    async def weigh(self, ranking: Ranking) -> list[Evidence]:
        """Evidence sentences of the best passages of `ranking`, best first."""
        hits = await self._searcher.read(ranking, count=EVIDENCE_PASSAGES)
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

    async def _cite(self, quotes: Sequence[Quote], texts: Mapping[str, Passage]) -> list[Citation]:
        """Numbered citations of those quotes that the stored articles really hold."""
        citations: list[Citation] = []
        for quote in quotes:
            stored = await self._articles.get_article(quote.article_id)
            if stored is None:  # withdrawn since the search
                continue
            citation = cite(
                stored.article, number=len(citations) + 1, start=quote.start, end=quote.end
            )
            # A correction between search and now moves offsets: then the quote must go.
            passage = texts[quote.passage_id]
            read = passage.text[quote.start - passage.start : quote.end - passage.start]
            if citation.quote == read and holds(stored.article, citation):
                citations.append(citation)
        return citations

    def _compose(
        self,
        question: Question,
        *,
        reading: Reading,
        status: AnswerStatus,
        citations: list[Citation],
        nearest: list[SearchHit],
        confidence: float,
        timing_ms: dict[str, float],
    ) -> Answer:
        own_language = question.answer_language or reading.language
        wording = Wording(own_language)
        text, sentences = _quote_text(citations)
        dates = [c.header.published_at for c in citations if c.header.published_at is not None]
        abstained = status is AnswerStatus.ABSTAINED
        return Answer(
            id=str(uuid4()),
            status=status,
            mode=self.mode,
            text=wording.say("nothing_found") if abstained else text,
            language=wording.language if abstained else citations[0].header.language,
            sentences=sentences,
            citations=tuple(citations),
            confidence=round(confidence, 3),
            newest_evidence=max(dates, default=None),
            notices=(
                *reading.notices(language=own_language),
                *notices_for(status, citations, wording=wording, now=self._now()),
            ),
            timing_ms=timing_ms,
            nearest=tuple(hit.header for hit in nearest),
        )


def _quote_text(citations: Sequence[Citation]) -> tuple[str, tuple[AnswerSentence, ...]]:
    """One line a quote, closed by its number; offsets leave the number out."""
    text, sentences = "", []
    for citation in citations:
        if text:
            text += "\n"
        start = len(text)
        text += f"{citation.quote} [{citation.number}]"
        sentences.append(
            AnswerSentence(
                start=start,
                end=start + len(citation.quote),
                citations=(citation.number,),
                support=Support.QUOTED,
            )
        )
    return text, tuple(sentences)
