"""Generated answers: a chat model words what the quotes say; what they do not prove is withheld."""

import logging
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime
from functools import partial

from core.types import Answer, AnswerStatus
from retrieval.answering.events import (
    AnswerDone,
    Answerer,
    AnswerEvent,
    PassagesFound,
    last_answer,
)
from retrieval.answering.writing import SentenceWriter, Writing
from retrieval.query import MAX_SENTENCES, Question, SearchHit
from retrieval.wording import Wording, notices_for

logger = logging.getLogger(__name__)


class GeneratedAnswerer:
    """Answers in the asker's language, each sentence proven by quotes that `quoting` found.

    Whether to answer at all is decided by `quoting`, before the model is asked. If no sentence
    can be shown, for whatever reason, the answer of `quoting` is given, and says so.
    """

    mode = "generated"

    def __init__(
        self,
        *,
        quoting: Answerer,
        writer: SentenceWriter,
        now: Callable[[], datetime],
    ) -> None:
        self._quoting = quoting
        self._writer = writer
        self._now = now

    async def answer(self, question: Question) -> Answer:
        """The answer to `question`, with at most `question.max_sentences` sentences."""
        return await last_answer(self.stream(question))

    async def stream(self, question: Question) -> AsyncGenerator[AnswerEvent]:
        """The same answer as it comes: each sentence once it is verified."""
        hits: tuple[SearchHit, ...] = ()
        found: Answer | None = None
        # As many quotes as may be had: what is not cited is not shown.
        wide = replace(question, max_sentences=MAX_SENTENCES)
        async with aclosing(self._quoting.stream(wide)) as events:
            async for event in events:
                if isinstance(event, PassagesFound):
                    hits = event.hits
                    yield event
                elif isinstance(event, AnswerDone):
                    found = event.answer
        if found is None:
            return
        if found.status is AnswerStatus.ABSTAINED:
            yield AnswerDone(answer=found)
            return
        writing = Writing(language=_language(question, hits), max_sentences=question.max_sentences)
        started = time.perf_counter()
        async with aclosing(self._writer.write(question.text, found.citations, writing)) as told:
            async for part in told:
                yield part
        took_ms = round((time.perf_counter() - started) * 1e3, 2)
        _log(writing, took_ms=took_ms)
        if writing.shown.sentences:
            yield AnswerDone(answer=self._composed(found, writing, took_ms=took_ms))
            return
        async with aclosing(self._quoted(question, writing, took_ms=took_ms)) as quotes:
            async for event in quotes:
                yield event

    def _composed(self, found: Answer, writing: Writing, *, took_ms: float) -> Answer:
        """The generated answer, from what `found` says of the question and of its quotes."""
        wording = Wording(writing.language)
        citations = writing.shown.citations
        dates = [c.header.published_at for c in citations if c.header.published_at is not None]
        now = self._now()
        # What was noticed of quotes that are not cited concerns nobody.
        tell = partial(notices_for, found.status, wording=wording, now=now, periods=found.periods)
        of_quotes = tell(found.citations)
        notices = [notice for notice in found.notices if notice not in of_quotes]
        notices += tell(citations)
        if writing.fault:
            notices.append(wording.say("generation_cut"))
        return replace(
            found,
            mode=self.mode,
            text=writing.shown.text,
            language=writing.language,
            sentences=tuple(writing.shown.sentences),
            citations=tuple(citations),
            newest_evidence=max(dates, default=None),
            notices=tuple(notices),
            timing_ms=found.timing_ms | {"generate": took_ms},
            withheld=writing.withheld,
        )

    async def _quoted(
        self, question: Question, writing: Writing, *, took_ms: float
    ) -> AsyncGenerator[AnswerEvent]:
        """The answer without a model, with the notice that there is none of a model."""
        notice = Wording(writing.language).say("not_generated")
        async with aclosing(self._quoting.stream(question)) as events:
            async for event in events:
                if isinstance(event, AnswerDone):
                    answer = event.answer
                    notices = answer.notices if not answer.citations else (notice, *answer.notices)
                    yield AnswerDone(
                        answer=replace(
                            answer,
                            notices=notices,
                            timing_ms=answer.timing_ms | {"generate": took_ms},
                            withheld=writing.withheld,
                        )
                    )
                elif not isinstance(event, PassagesFound):
                    yield event


def _language(question: Question, hits: tuple[SearchHit, ...]) -> str:
    """The primary subtag of the language to answer in."""
    wanted = question.answer_language or hits[0].explain().question_language
    return wanted.split("-", 1)[0].lower()


def _log(writing: Writing, *, took_ms: float) -> None:
    logger.info(
        "answer generated sentences=%d withheld=%d fault=%s ms=%.0f",
        len(writing.shown.sentences),
        writing.withheld,
        writing.fault or "none",
        took_ms,
    )
