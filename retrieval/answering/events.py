"""What an answer is told as while it is made, in order: passages, citations, sentences, the whole.

An answerer yields PassagesFound first, each citation before the first sentence that uses it, and
AnswerDone last, unless it fails. An abstention has passages and its end only.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol

from core.types import Answer, AnswerSentence, Citation
from retrieval.query import Question, SearchHit


@dataclass(frozen=True, slots=True, kw_only=True)
class PassagesFound:
    """The passages that the answer will be looked for in, best first; possibly none."""

    hits: tuple[SearchHit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationFound:
    """A quote that resolves; sentences that use it come later."""

    citation: Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceReady:
    """A sentence that may be shown.

    `text` is what the answer's text so far is lengthened by, separators and numbers included;
    the offsets of `sentence` point into the whole text.
    """

    text: str
    sentence: AnswerSentence


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerDone:
    """The whole answer: what was shown before is replaced by it."""

    answer: Answer


AnswerEvent = PassagesFound | CitationFound | SentenceReady | AnswerDone


class Answerer(Protocol):
    """The answer door of the read path."""

    async def answer(self, question: Question) -> Answer:
        """The answer to `question`, or an abstention; raises what a part raises."""
        ...

    def stream(self, question: Question) -> AsyncGenerator[AnswerEvent]:
        """The same answer as it comes; close it to stop the work for it."""
        ...


async def last_answer(events: AsyncGenerator[AnswerEvent]) -> Answer:
    """The answer that `events` end with.

    Raises:
        ValueError: they end without one, which no answerer does.
    """
    async with aclosing(events):
        async for event in events:
            if isinstance(event, AnswerDone):
                return event.answer
    raise ValueError("the answerer ended without an answer")
