"""What OpenAI's clients get: completions, chunks, models and errors, as OpenAI shapes them."""

from typing import Literal

from pydantic import Field

from api.openai.requests import MODEL
from api.schemas.answers import AnswerOut
from api.schemas.fields import ResponseModel
from api.schemas.shown import Count, Offset, ShownId, ShownLabel, ShownTitle, Timestamp, Words


class UrlCitationOut(ResponseModel):
    """Where a citation leads, and where it stands in the content."""

    url: Words = Field(description="Lands on the very sentence of the article.")
    title: ShownTitle = Field(description="The article's headline.")
    start_index: Offset = Field(description="First code point of the marker [1] in the content.")
    end_index: Offset = Field(description="One after its last.")


class AnnotationOut(ResponseModel):
    """A citation of the content."""

    type: Literal["url_citation"] = Field(default="url_citation", description="Of this kind.")
    url_citation: UrlCitationOut = Field(description="Of an article that has a URL.")


class AnnotationDeltaOut(AnnotationOut):
    """A citation of a chunk's content; offsets count from the beginning of the whole content."""

    index: Count = Field(description="Its place among all annotations: clients merge lists by it.")


class AssistantMessageOut(ResponseModel):
    """The answer as a message."""

    role: Literal["assistant"] = Field(default="assistant", description="Who says it.")
    content: str = Field(
        description="The answer's text with markers [1]; after a blank line, what a reader should "
        "know of it, a notice a line."
    )
    refusal: None = Field(default=None, description="Never: an abstention is an answer.")
    annotations: tuple[AnnotationOut, ...] = Field(
        description="One for each marker whose article has a URL; `sanad` has all citations."
    )


class ChoiceOut(ResponseModel):
    """The one choice."""

    index: Literal[0] = Field(default=0, description="The first.")
    message: AssistantMessageOut = Field(description="The answer.")
    logprobs: None = Field(default=None, description="None.")
    finish_reason: Literal["stop"] = Field(default="stop", description="It is whole.")


class UsageOut(ResponseModel):
    """Lengths in tokens of the model that the index was built with, which reads the question."""

    prompt_tokens: Count = Field(description="Of the question and the turns before it.")
    completion_tokens: Count = Field(description="Of the content.")
    total_tokens: Count = Field(description="Both.")


class ChatCompletionOut(ResponseModel):
    """A reply, whole."""

    id: ShownId = Field(description="Names the reply.")
    object: Literal["chat.completion"] = Field(
        default="chat.completion", description="What this is."
    )
    created: Timestamp = Field(description="Unix time in seconds.")
    model: ShownId = Field(default=MODEL, description="Which answered.")
    choices: tuple[ChoiceOut] = Field(description="One.")
    usage: UsageOut | None = Field(description="Null where tokens are not counted.")
    sanad: AnswerOut = Field(
        description="The answer as POST /v1/answers gives it: quotes with their offsets, "
        "confidence, what was searched."
    )


class ChunkDeltaOut(ResponseModel):
    """What a chunk adds to the message."""

    role: Literal["assistant"] | None = Field(
        default=None,
        exclude_if=lambda value: value is None,
        description="In the first chunk.",
    )
    content: str | None = Field(
        default=None,
        exclude_if=lambda value: value is None,
        description="To be appended: a sentence with its markers.",
    )
    annotations: tuple[AnnotationDeltaOut, ...] = Field(
        default=(),
        exclude_if=lambda value: not value,
        description="Citations of this content.",
    )


class ChunkChoiceOut(ResponseModel):
    """The one choice as it grows."""

    index: Literal[0] = Field(default=0, description="The first.")
    delta: ChunkDeltaOut = Field(description="What is new.")
    logprobs: None = Field(default=None, description="None.")
    finish_reason: Literal["stop"] | None = Field(default=None, description="In the last one.")


class ChatCompletionChunkOut(ResponseModel):
    """A part of a reply that comes as a stream; `[DONE]` follows the last one."""

    id: ShownId = Field(description="Names the reply.")
    object: Literal["chat.completion.chunk"] = Field(
        default="chat.completion.chunk", description="What this is."
    )
    created: Timestamp = Field(description="Unix time in seconds.")
    model: ShownId = Field(default=MODEL, description="Which answers.")
    choices: tuple[ChunkChoiceOut, ...] = Field(
        max_length=1, description="One; none in a chunk of usage."
    )
    usage: UsageOut | None = Field(
        default=None,
        exclude_if=lambda value: value is None,
        description="In a chunk of its own, if asked for.",
    )
    sanad: AnswerOut | None = Field(
        default=None,
        exclude_if=lambda value: value is None,
        description="The whole answer, in the chunk that has the finish_reason.",
    )


class ModelOut(ResponseModel):
    """What may be named as `model`."""

    id: ShownId = Field(default=MODEL, description="Its name.")
    object: Literal["model"] = Field(default="model", description="What this is.")
    created: Timestamp = Field(description="Unix time in seconds of its first version.")
    owned_by: Literal["sanad"] = Field(default="sanad", description="Whose it is.")


class ModelsOut(ResponseModel):
    """All models."""

    object: Literal["list"] = Field(default="list", description="What this is.")
    data: tuple[ModelOut, ...] = Field(max_length=1, description="One.")


class OpenAiErrorOut(ResponseModel):
    """What went wrong."""

    message: Words = Field(
        description="What happened and what to do.", examples=["there is no model 'x'"]
    )
    type: ShownLabel = Field(description="Whose fault it is.", examples=["invalid_request_error"])
    param: Words | None = Field(description="The field at fault.", examples=["messages.0.content"])
    code: ShownLabel = Field(description="Stable name of the kind.", examples=["invalid_request"])


class OpenAiErrorsOut(ResponseModel):
    """An error in OpenAI's shape."""

    error: OpenAiErrorOut = Field(
        description="The error.",
        examples=[
            {
                "message": "there is no model 'x'",
                "type": "invalid_request_error",
                "param": "model",
                "code": "model_not_found",
            }
        ],
    )
