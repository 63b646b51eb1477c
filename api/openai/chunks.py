"""From the events of an answerer to chunks: each sentence once it is verified."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field

from api.event_stream import ServerEvent
from api.openai.citations import sentence_annotations
from api.openai.completions import CountUsage, Reply, content_of
from api.openai.replies import (
    AnnotationDeltaOut,
    ChatCompletionChunkOut,
    ChunkChoiceOut,
    ChunkDeltaOut,
    UsageOut,
)
from api.schemas.answers import AnswerOut
from core.types import Answer, Citation
from retrieval.answering.events import (
    AnswerDone,
    AnswerEvent,
    CitationFound,
    PassagesFound,
    SentenceReady,
)

DONE = "[DONE]"


async def chunk_stream(
    reply: Reply, events: AsyncGenerator[AnswerEvent], *, count_usage: CountUsage | None
) -> AsyncGenerator[ServerEvent]:
    """`events` as chunks; closes them however it ends.

    Args:
        reply: What all chunks carry.
        events: Of the answer.
        count_usage: For the chunk of usage; None if none is wanted.
    """
    growing = GrowingReply(reply)
    async with aclosing(events):
        async for event in events:
            for chunk in growing.told_by(event):
                yield _sent(chunk)
    if count_usage is not None:
        usage = await count_usage(growing.content)
        yield _sent(growing.chunk(choices=(), usage=usage))
    yield ServerEvent(name="", data=DONE)


@dataclass(slots=True)
class GrowingReply:
    """A message as far as it was sent: `content` is all of it, `annotated` counts its citations."""

    reply: Reply
    content: str = ""
    citations: dict[int, Citation] = field(default_factory=dict)
    annotated: int = 0

    def told_by(self, event: AnswerEvent) -> list[ChatCompletionChunkOut]:
        """The chunks that tell of the next `event`."""
        match event:
            case PassagesFound():
                return [self._adding(ChunkDeltaOut(role="assistant", content=""))]
            case CitationFound(citation=citation):
                self.citations[citation.number] = citation
                return []
            case SentenceReady():
                self.content += event.text
                found = sentence_annotations(self.content, event.sentence, self.citations)
                annotations = tuple(
                    AnnotationDeltaOut(index=index, url_citation=annotation.url_citation)
                    for index, annotation in enumerate(found, start=self.annotated)
                )
                self.annotated += len(annotations)
                return [self._adding(ChunkDeltaOut(content=event.text, annotations=annotations))]
            case AnswerDone(answer=answer):
                return self._finished(answer)

    def _finished(self, answer: Answer) -> list[ChatCompletionChunkOut]:
        whole = content_of(answer)
        # What was sent cannot be taken back: an answerer only ever adds.
        assert whole.startswith(self.content)
        rest = whole[len(self.content) :]
        self.content = whole
        choice = ChunkChoiceOut(delta=ChunkDeltaOut(), finish_reason="stop")
        last = self.chunk(choices=(choice,), answer=answer)
        return [*([self._adding(ChunkDeltaOut(content=rest))] if rest else []), last]

    def _adding(self, delta: ChunkDeltaOut) -> ChatCompletionChunkOut:
        return self.chunk(choices=(ChunkChoiceOut(delta=delta),))

    def chunk(
        self,
        *,
        choices: tuple[ChunkChoiceOut, ...],
        usage: UsageOut | None = None,
        answer: Answer | None = None,
    ) -> ChatCompletionChunkOut:
        """A chunk of this reply."""
        return ChatCompletionChunkOut(
            id=self.reply.id,
            created=self.reply.created,
            choices=choices,
            usage=usage,
            sanad=None if answer is None else AnswerOut.from_answer(answer),
        )


def _sent(chunk: ChatCompletionChunkOut) -> ServerEvent:
    return ServerEvent(name="", data=chunk.model_dump_json())
