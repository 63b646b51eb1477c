"""Answers within a conversation: what is searched and answered is a question by itself."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from core.language import guess_language
from core.types import Answer
from retrieval.answering.events import Answerer, AnswerEvent, last_answer
from retrieval.conversation.rewriting import Rewriter
from retrieval.query import Question


class ConversationalAnswerer:
    """An answerer over `inner`, which never sees a history; `answer.query` shows what it saw."""

    def __init__(self, inner: Answerer, *, rewriter: Rewriter) -> None:
        self._inner = inner
        self._rewriter = rewriter

    async def answer(self, question: Question) -> Answer:
        """The answer of `inner` to the question that stands by itself."""
        return await last_answer(self.stream(question))

    async def stream(self, question: Question) -> AsyncGenerator[AnswerEvent]:
        """The same answer as it comes."""
        async with aclosing(self._inner.stream(await self._alone(question))) as events:
            async for event in events:
                yield event

    async def _alone(self, question: Question) -> Question:
        if not question.history:
            return question
        guess = guess_language(question.text)
        wanted = question.answer_language
        if wanted is None and guess.is_sure:
            # Words of earlier turns, perhaps in another language, must not turn the answer's.
            wanted = guess.language
        said_in = guess_language(question.history[-1].text).language
        text = await self._rewriter.rewrite(
            question.text, question.history, language=guess.among([said_in])
        )
        return replace(question, text=text, history=(), answer_language=wanted)
