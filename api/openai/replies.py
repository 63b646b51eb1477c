"""What OpenAI's clients get: completions, chunks, models and errors, as OpenAI shapes them."""

from typing import Literal

from pydantic import Field

from api.openai.requests import MODEL
from api.schemas.answers import AnswerOut
from api.schemas.fields import ResponseModel


class UrlCitationOut(ResponseModel):
    """Where a citation leads, and where it stands in the content."""

    url: str = Field(description="Lands on the very sentence of the article.")
    title: str = Field(description="The article's headline.")
    start_index: int = Field(description="First code point of the marker [1] in the content.")
    end_index: int = Field(description="One after its last.")


class AnnotationOut(ResponseModel):
    """A citation of the content."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitationOut = Field(description="Of an article that has a URL.")


class AnnotationDeltaOut(AnnotationOut):
    """A citation of a chunk's content; offsets count from the beginning of the whole content."""

    index: int = Field(description="Its place among all annotations: clients merge lists by it.")


class AssistantMessageOut(ResponseModel):
    """The answer as a message."""

    role: Literal["assistant"] = "assistant"
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

    index: Literal[0] = 0
    message: AssistantMessageOut = Field(description="The answer.")
    logprobs: None = Field(default=None, description="None.")
    finish_reason: Literal["stop"] = "stop"


class UsageOut(ResponseModel):
    """Lengths in tokens of the model that the index was built with, which reads the question."""

    prompt_tokens: int = Field(description="Of the question and the turns before it.")
    completion_tokens: int = Field(description="Of the content.")
    total_tokens: int = Field(description="Both.")


class ChatCompletionOut(ResponseModel):
    """A reply, whole."""

    id: str = Field(description="Names the reply.")
    object: Literal["chat.completion"] = "chat.completion"
    created: int = Field(description="Unix time in seconds.")
    model: str = Field(default=MODEL, description="Which answered.")
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

    index: Literal[0] = 0
    delta: ChunkDeltaOut = Field(description="What is new.")
    logprobs: None = Field(default=None, description="None.")
    finish_reason: Literal["stop"] | None = Field(default=None, description="In the last one.")


class ChatCompletionChunkOut(ResponseModel):
    """A part of a reply that comes as a stream; `[DONE]` follows the last one."""

    id: str = Field(description="Names the reply.")
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int = Field(description="Unix time in seconds.")
    model: str = Field(default=MODEL, description="Which answers.")
    choices: tuple[ChunkChoiceOut, ...] = Field(description="One; none in a chunk of usage.")
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

    id: str = Field(default=MODEL, description="Its name.")
    object: Literal["model"] = "model"
    created: int = Field(description="Unix time in seconds of its first version.")
    owned_by: Literal["sanad"] = "sanad"


class ModelsOut(ResponseModel):
    """All models."""

    object: Literal["list"] = "list"
    data: tuple[ModelOut, ...] = Field(description="One.")


class OpenAiErrorOut(ResponseModel):
    """What went wrong."""

    message: str = Field(
        description="What happened and what to do.", examples=["there is no model 'x'"]
    )
    type: str = Field(description="Whose fault it is.", examples=["invalid_request_error"])
    param: str | None = Field(description="The field at fault.", examples=["messages.0.content"])
    code: str = Field(description="Stable name of the kind.", examples=["invalid_request"])


class OpenAiErrorsOut(ResponseModel):
    """An error in OpenAI's shape."""

    error: OpenAiErrorOut = Field(description="The error.")
