"""What the OpenAPI document says of a completion that comes as server-sent events."""

from api.event_stream import MEDIA_TYPE, ServerEvent
from api.openai.chunks import DONE, GrowingReply
from api.openai.citations import annotations_of
from api.openai.completions import Reply, content_of
from api.openai.errors import CHUNKS
from api.openai.replies import (
    AnnotationDeltaOut,
    AssistantMessageOut,
    ChatCompletionChunkOut,
    ChatCompletionOut,
    ChoiceOut,
    ChunkChoiceOut,
    ChunkDeltaOut,
    UsageOut,
)
from api.responses import Responses
from api.schemas.answers import AnswerOut
from api.stream_example import ANSWER, CITATION, SENTENCE
from retrieval.answering.events import (
    AnswerDone,
    AnswerEvent,
    CitationFound,
    PassagesFound,
    SentenceReady,
)

_EVENTS: tuple[AnswerEvent, ...] = (
    PassagesFound(hits=()),
    CitationFound(citation=CITATION),
    SentenceReady(text=ANSWER.text, sentence=SENTENCE),
    AnswerDone(answer=ANSWER),
)

_REPLY = Reply(id="chatcmpl-0d9f6f4e6a524c1e9d0e3f5b6c7d8e9f", created=1_795_824_000)


def _example() -> str:
    growing = GrowingReply(_REPLY)
    sent = [chunk.model_dump_json() for event in _EVENTS for chunk in growing.told_by(event)]
    return b"".join(
        CHUNKS.encode(ServerEvent(name="", data=data), number=number)
        for number, data in enumerate([*sent, DONE], start=1)
    ).decode("utf-8")


def openai_examples() -> tuple[ChatCompletionOut, ChatCompletionChunkOut]:
    """A completion, and a chunk with every part that some chunk has."""
    answer = AnswerOut.from_answer(ANSWER)
    usage = UsageOut(prompt_tokens=9, completion_tokens=12, total_tokens=21)
    message = AssistantMessageOut(
        content=content_of(ANSWER), annotations=tuple(annotations_of(ANSWER))
    )
    annotations = tuple(
        AnnotationDeltaOut(index=index, url_citation=each.url_citation)
        for index, each in enumerate(message.annotations)
    )
    delta = ChunkDeltaOut(role="assistant", content=ANSWER.text, annotations=annotations)
    return (
        ChatCompletionOut(
            id=_REPLY.id,
            created=_REPLY.created,
            choices=(ChoiceOut(message=message),),
            usage=usage,
            sanad=answer,
        ),
        ChatCompletionChunkOut(
            id=_REPLY.id,
            created=_REPLY.created,
            choices=(ChunkChoiceOut(delta=delta),),
            usage=usage,
            sanad=answer,
        ),
    )


CHUNKED: Responses = {
    200: {
        "content": {
            MEDIA_TYPE: {
                "itemSchema": {
                    "type": "object",
                    "required": ["data"],
                    "properties": {"data": {"type": "string"}},
                    "description": "A ChatCompletionChunkOut an event, [DONE] last; a fault after "
                    "the first one is an OpenAiErrorsOut, and nothing follows it.",
                },
                "example": _example(),
            }
        }
    }
}
"""An entry of FastAPI's `responses` beside the JSON that it documents by itself."""
