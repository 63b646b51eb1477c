"""Doors of the read path that tell metrics and the log what came of each question."""

import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace

import anyio

from api.access.access import Access
from api.facts import note
from api.index_figures import IndexFigures
from api.metrics.parts import PartsCollector
from api.metrics.reading import ReadingMetrics
from api.metrics.requests import RequestMetrics
from api.readiness import SharedCheck
from api.services import Searches, Services
from core.spans import Span, span
from core.tasks import bare_faults
from core.types import Answer
from retrieval.answering.events import AnswerDone, Answerer, AnswerEvent, SentenceReady
from retrieval.query import Question, SearchQuery, SearchResults


@asynccontextmanager
async def observed(services: Services) -> AsyncIterator[Services]:
    """`services` whose searches, answers and parts are counted until the block ends."""
    log_texts = services.settings.log_questions == "on"
    index = IndexFigures(services.articles.status)
    services.metrics.add(PartsCollector(embedder=services.embedder_figures, index=index.latest))
    reading = services.metrics.reading
    with bare_faults():
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(index.run)
            yield replace(
                services,
                access=_counted(services.access, services.metrics.requests),
                check=SharedCheck(services.check),
                searcher=ObservedSearches(services.searcher, metrics=reading, log_texts=log_texts),
                answerer=ObservedAnswerer(services.answerer, metrics=reading, log_texts=log_texts),
            )
            tasks.cancel_scope.cancel()


def _counted(access: Access, metrics: RequestMetrics) -> Access:
    def tell(budget: str, is_enforced: bool) -> None:
        metrics.exceeded(budget, is_enforced=is_enforced)

    return replace(access, asking=replace(access.asking, on_exceeded=tell))


class ObservedSearches:
    """`inner`, with every search counted, and its text logged if `log_texts`."""

    def __init__(self, inner: Searches, *, metrics: ReadingMetrics, log_texts: bool) -> None:
        self._inner = inner
        self._metrics = metrics
        self._log_texts = log_texts

    async def search(self, query: SearchQuery) -> SearchResults:
        """The results of `inner`."""
        results = await self._inner.search(query)
        self._metrics.searched(results, mode=query.mode)
        note(
            query_id=results.query_id,
            results=len(results.hits),
            query=query.text if self._log_texts else None,
        )
        return results


class ObservedAnswerer:
    """`inner`, with every answer counted, and its question logged if `log_texts`."""

    def __init__(self, inner: Answerer, *, metrics: ReadingMetrics, log_texts: bool) -> None:
        self._inner = inner
        self._metrics = metrics
        self._log_texts = log_texts

    async def answer(self, question: Question) -> Answer:
        """The answer of `inner`."""
        started = time.perf_counter()
        self._note_question(question)
        with span("answer") as stage:
            answer = await self._inner.answer(question)
            self._tell(answer, stage, seconds=time.perf_counter() - started)
        return answer

    async def stream(self, question: Question) -> AsyncGenerator[AnswerEvent]:
        """The events of `inner`."""
        started = time.perf_counter()
        self._note_question(question)
        has_spoken = False
        with span("answer") as stage:
            async with aclosing(self._inner.stream(question)) as events:
                async for event in events:
                    seconds = time.perf_counter() - started
                    if isinstance(event, SentenceReady) and not has_spoken:
                        has_spoken = True
                        self._metrics.first_sentence(seconds=seconds)
                    elif isinstance(event, AnswerDone):
                        self._tell(event.answer, stage, seconds=seconds)
                    yield event

    def _note_question(self, question: Question) -> None:
        if self._log_texts:
            note(question=question.text)

    def _tell(self, answer: Answer, stage: Span, *, seconds: float) -> None:
        self._metrics.answered(answer, seconds=seconds)
        stage.set("sanad.answer.status", answer.status.value)
        stage.set("sanad.answer.mode", answer.mode)
        stage.set("sanad.answer.citations", len(answer.citations))
        note(
            answer_id=answer.id,
            answer=answer.status.value,
            mode=answer.mode,
            sentences=len(answer.sentences),
            citations=len(answer.citations),
            withheld=answer.withheld,
        )
