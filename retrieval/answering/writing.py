"""Has a chat model write sentences about quotes, and lets through those that the quotes prove."""

import logging
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Protocol

import anyio

from core.chat import ChatDelta, ChatEnd, ChatEvent, ChatRequest, FinishReason
from core.errors import BackendError
from core.ports import ChatModel
from core.text import fold
from core.types import Citation, Support
from retrieval.answering.draft_checks import fault_of_draft
from retrieval.answering.drafts import Draft, DraftReader
from retrieval.answering.events import CitationFound, SentenceReady
from retrieval.answering.fencing import visible
from retrieval.answering.prompts import AnswerPrompt, render_prompt
from retrieval.answering.written_text import WrittenText
from retrieval.sentences import split_sentences

logger = logging.getLogger(__name__)

DRAFTS_A_SENTENCE = 3
"""Different drafts looked at for each sentence wanted: then the model is left."""

SHOWN = (Support.SUPPORTED, Support.QUOTED)


class Judgment(Protocol):
    """How well a sentence stands on its quotes, and in short codes what it lacks."""

    @property
    def support(self) -> Support:
        """The verdict."""
        ...

    @property
    def problems(self) -> Sequence[str]:
        """Empty if there are none."""
        ...


class SentenceVerifier(Protocol):
    """Tells whether quotes prove a sentence."""

    async def verify(self, sentence: str, quotes: Sequence[Citation], *, language: str) -> Judgment:
        """The judgment on `sentence`, written in `language`, by these quotes alone."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WritingBounds:
    """What an answer may cost.

    `timeout_s` counts from the moment the model is first asked, retries and verification
    included; `max_tokens` bounds the reply and `prompt_tokens`, by estimate, the prompt.
    """

    timeout_s: float
    max_tokens: int
    prompt_tokens: int


@dataclass(slots=True, kw_only=True)
class Writing:
    """An answer while it is written.

    `fault` says why its end is missing, as a short code; empty while nothing is missing.
    """

    language: str
    max_sentences: int
    shown: WrittenText = field(default_factory=WrittenText)
    withheld: int = 0
    fault: str = ""
    seen: set[str] = field(default_factory=set)

    @property
    def is_over(self) -> bool:
        """Whether nothing more may be added."""
        return (
            bool(self.fault)
            or len(self.shown.sentences) >= self.max_sentences
            or len(self.seen) >= DRAFTS_A_SENTENCE * self.max_sentences
        )


class SentenceWriter:
    """Never raises what the model or the verifier raises: it becomes the writing's fault."""

    def __init__(
        self,
        *,
        model: ChatModel,
        verifier: SentenceVerifier,
        bounds: WritingBounds,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._model = model
        self._verifier = verifier
        self._bounds = bounds
        self._clock = clock

    async def write(
        self, question: str, quotes: Sequence[Citation], writing: Writing
    ) -> AsyncGenerator[CitationFound | SentenceReady]:
        """Verified sentences as they come, and the citations that they bring."""
        deadline = self._clock() + self._bounds.timeout_s
        prompt = render_prompt(
            question,
            quotes,
            language=writing.language,
            max_sentences=writing.max_sentences,
            max_tokens=self._bounds.prompt_tokens,
        )
        if not prompt.quotes:
            writing.fault = "no quote fits the prompt"
            return
        try:
            async with aclosing(self._drafts(prompt, writing, deadline)) as drafts:
                async for draft in drafts:
                    for part in await self._judged(draft, prompt, writing, deadline):
                        yield part
                    if writing.is_over:
                        return
        except BackendError as error:
            # Our own words, with the remedy: nobody else tells the operator.
            logger.warning("answer not generated reason=%s", error)
            writing.fault = type(error).__name__

    async def _drafts(
        self, prompt: AnswerPrompt, writing: Writing, deadline: float
    ) -> AsyncGenerator[Draft]:
        """Single sentences, as the model completes them."""
        reader = DraftReader()
        request = ChatRequest(
            messages=prompt.messages,
            max_tokens=self._bounds.max_tokens,
            timeout_s=max(0.0, deadline - self._clock()),
            schema=prompt.schema,
        )
        async with aclosing(self._model.stream(request)) as events:
            async for event in events:
                for draft in _completed(reader, event):
                    for sentence in _sentences(draft, language=writing.language):
                        yield sentence
                if isinstance(event, ChatEnd) and event.reason in _CUT:
                    writing.fault = event.reason.value

    async def _judged(
        self, draft: Draft, prompt: AnswerPrompt, writing: Writing, deadline: float
    ) -> Sequence[CitationFound | SentenceReady]:
        """What is to be told of `draft`: nothing if it is withheld or was written before."""
        key = fold(draft.text)
        if key in writing.seen:
            return ()
        writing.seen.add(key)
        if fault_of_draft(draft, prompt.quotes, language=writing.language) is None:
            quotes = [prompt.quotes[one] for one in draft.citations]
            with anyio.move_on_after(deadline - self._clock()) as limit:
                judgment = await self._verifier.verify(
                    draft.text, quotes, language=writing.language
                )
                if judgment.support in SHOWN:
                    return writing.shown.add(draft.text, quotes, support=judgment.support)
            if limit.cancelled_caught:
                writing.fault = "timeout"
        writing.withheld += 1
        return ()


_CUT = (FinishReason.LENGTH, FinishReason.FILTERED)


def _completed(reader: DraftReader, event: ChatEvent) -> list[Draft]:
    return reader.feed(event.text) if isinstance(event, ChatDelta) else reader.close()


def _sentences(draft: Draft, *, language: str) -> list[Draft]:
    """One draft a sentence: each must stand by itself on what they cite together."""
    text = visible(draft.text)
    return [
        Draft(text=text[span.start : span.end], citations=draft.citations)
        for span in split_sentences(text, language=language)
    ]
