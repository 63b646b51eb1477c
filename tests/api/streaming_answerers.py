"""Answerers whose streams wait, or never end, and tell what became of them."""

import threading
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

import anyio

from core.errors import StoreUnavailable
from core.types import Answer, AnswerSentence, Support
from retrieval.answering.events import (
    AnswerDone,
    AnswerEvent,
    PassagesFound,
    SentenceReady,
    last_answer,
)
from retrieval.query import Question
from tests.api.news import ABSTENTION

SENTENCE = AnswerSentence(start=0, end=1, citations=(), support=Support.QUOTED)


@dataclass
class Paused:
    """Waits after its passages until the test lets it go on."""

    answered: Answer = ABSTENTION
    waiting: threading.Event = field(default_factory=threading.Event)
    let_go: threading.Event = field(default_factory=threading.Event)
    cancelled: threading.Event = field(default_factory=threading.Event)

    async def answer(self, question: Question) -> Answer:
        return await last_answer(self.stream(question))

    async def stream(self, _: Question) -> AsyncGenerator[AnswerEvent]:
        yield PassagesFound(hits=())
        self.waiting.set()
        try:
            while not self.let_go.is_set():  # noqa: ASYNC110 - set by another thread
                await anyio.sleep(0.01)
        except anyio.get_cancelled_exc_class():
            self.cancelled.set()
            raise
        yield AnswerDone(answer=self.answered)


@dataclass
class Endless:
    """Has ever more to say, 60,000 characters at a time."""

    told: int = 0
    closed: threading.Event = field(default_factory=threading.Event)

    async def answer(self, question: Question) -> Answer:
        return await last_answer(self.stream(question))

    async def stream(self, _: Question) -> AsyncGenerator[AnswerEvent]:
        try:
            while True:
                self.told += 1
                yield SentenceReady(text="x" * 60_000, sentence=SENTENCE)
        finally:
            self.closed.set()


@dataclass
class BreaksOff:
    """Tells its passages, and fails."""

    asked: int = 0

    async def answer(self, question: Question) -> Answer:
        return await last_answer(self.stream(question))

    async def stream(self, _: Question) -> AsyncGenerator[AnswerEvent]:
        self.asked += 1
        yield PassagesFound(hits=())
        raise StoreUnavailable("gone")
