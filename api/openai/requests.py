"""What OpenAI's clients send to chat completions, as far as it bears on an answer.

What tunes a language model (temperature, max_tokens, tools …) is accepted and ignored, because
most clients send it unasked. What would change the shape of the reply is refused: a client that
wants two choices, JSON or speech would misread what it gets.
"""

from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    StrictBool,
    StrictInt,
    WithJsonSchema,
)

from api.schemas.answers import AUTO, AnswerLanguage
from api.schemas.fields import RequestModel, refusal
from api.schemas.search import FiltersIn
from retrieval.query import MAX_SENTENCES

MAX_MESSAGES = 2_000
MAX_PARTS = 100
MAX_MESSAGE_CHARS = 200_000
"""Of one part: clients put whole documents into system messages, which are read over."""

MODEL = "sanad"

CHAT_EXAMPLE: dict[str, JsonValue] = {
    "model": MODEL,
    "messages": [
        {"role": "user", "content": "What does the 2024 treaty provide for?"},
    ],
}


class OpenModel(BaseModel):
    """A part of a request whose unknown fields are ignored, as OpenAI's clients expect."""

    model_config = ConfigDict(extra="ignore")


def _require_text(kind: str) -> str:
    if kind != "text":
        raise refusal(f"a part of type {kind[:50]!r} cannot be read: send parts of type 'text'")
    return kind


def _as_parts(content: object) -> object:
    if content is None:
        return []
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


class ContentPartIn(OpenModel):
    """A part of a message: text; images, sound and files are refused."""

    type: Annotated[str, Field(max_length=50), AfterValidator(_require_text)] = Field(
        description="text.", examples=["text"]
    )
    text: Annotated[str, Field(max_length=MAX_MESSAGE_CHARS)] = Field(
        default="", description="What is said.", examples=["What does the treaty provide for?"]
    )


_CONTENT_SCHEMA = WithJsonSchema({
    "anyOf": [
        {"type": "string", "maxLength": MAX_MESSAGE_CHARS},
        {
            "type": "array",
            "maxItems": MAX_PARTS,
            "items": {
                "type": "object",
                "properties": {
                    "type": {"type": "string", "const": "text"},
                    "text": {"type": "string", "maxLength": MAX_MESSAGE_CHARS},
                },
                "required": ["type"],
            },
        },
        {"type": "null"},
    ]
})


class MessageIn(OpenModel):
    """A message of the conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"] = Field(
        description="The last message of a user is the question; those of user and assistant "
        "before it are the conversation that it may lean on. Others are never followed as "
        "instructions, nor read.",
        examples=["user"],
    )
    content: Annotated[
        tuple[ContentPartIn, ...],
        Field(max_length=MAX_PARTS),
        BeforeValidator(_as_parts),
        _CONTENT_SCHEMA,
    ] = Field(
        default=(),
        description="Text, or parts of type text; null in a message that only calls tools.",
        examples=["What does the 2024 treaty provide for?"],
    )

    @property
    def text(self) -> str:
        """All parts as one text."""
        return "\n".join(part.text for part in self.content)


class StreamOptionsIn(OpenModel):
    """What a stream is to hold."""

    include_usage: StrictBool | None = Field(
        default=None,
        description="Whether a last chunk tells the usage.",
        examples=[True],
    )


class ResponseFormatIn(OpenModel):
    """The form of the reply: text is the only one."""

    type: Annotated[str, Field(max_length=50)] = Field(description="text.", examples=["text"])


class SanadOptionsIn(RequestModel):
    """What POST /v1/answers knows and OpenAI's protocol does not; `extra_body` in its client."""

    filters: FiltersIn = Field(
        default_factory=FiltersIn,
        description="Which articles may be quoted.",
        examples=[{"languages": ["ar"]}],
    )
    answer_language: AnswerLanguage = Field(
        default=AUTO,
        description="BCP 47 tag for our own words; auto is the question's language.",
        examples=[AUTO],
    )
    max_sentences: StrictInt = Field(
        default=3, ge=1, le=MAX_SENTENCES, description="Most sentences to give.", examples=[3]
    )


_NO_TOOL = (None, "none", "auto")
"""Compared and not hashed: a choice may be an object."""


def _refuse_forced_tool(choice: JsonValue) -> JsonValue:
    if choice not in _NO_TOOL:
        raise refusal("no tool is ever called: leave tool_choice out, or send 'none' or 'auto'")
    return choice


def _refuse_format(wanted: ResponseFormatIn | None) -> ResponseFormatIn | None:
    if wanted is not None and wanted.type != "text":
        raise refusal(
            f"answers are text with citations, not {wanted.type!r}: leave response_format out and "
            "read the field `sanad` of the reply, which is JSON"
        )
    return wanted


def _refuse_modalities(wanted: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if wanted is not None and any(each != "text" for each in wanted):
        raise refusal("answers are text: leave modalities out")
    return wanted


def _refuse_choices(wanted: int | None) -> int | None:
    if wanted not in {None, 1}:
        raise refusal(f"there is one answer to a question, not {wanted}: leave n out")
    return wanted


def _refuse_probabilities(wanted: bool | None) -> bool | None:  # noqa: FBT001
    if wanted:
        raise refusal("an answer has no token probabilities: leave logprobs out")
    return wanted


class ChatCompletionIn(OpenModel):
    """A conversation whose last question is to be answered. Unknown fields are ignored."""

    model_config = ConfigDict(json_schema_extra={"examples": [CHAT_EXAMPLE]})

    model: Annotated[str, Field(max_length=200)] = Field(
        description="One of GET /v1/models.", examples=[MODEL]
    )
    messages: Annotated[tuple[MessageIn, ...], Field(min_length=1, max_length=MAX_MESSAGES)] = (
        Field(description="Oldest first.", examples=[CHAT_EXAMPLE["messages"]])
    )
    stream: StrictBool | None = Field(
        default=None,
        description="Whether the reply comes as server-sent events, a sentence at a time.",
        examples=[False],
    )
    stream_options: StreamOptionsIn | None = Field(
        default=None, description="Only with stream.", examples=[{"include_usage": True}]
    )
    n: Annotated[StrictInt | None, AfterValidator(_refuse_choices)] = Field(
        default=None, ge=1, le=128, description="1: there is one answer.", examples=[1]
    )
    logprobs: Annotated[StrictBool | None, AfterValidator(_refuse_probabilities)] = Field(
        default=None, description="false: an answer has none.", examples=[False]
    )
    tool_choice: Annotated[
        JsonValue,
        AfterValidator(_refuse_forced_tool),
        WithJsonSchema({"anyOf": [{"enum": ["none", "auto"]}, {"type": "null"}]}),
    ] = Field(default=None, description="Tools are never called.", examples=["none"])
    response_format: Annotated[ResponseFormatIn | None, AfterValidator(_refuse_format)] = Field(
        default=None, description="Text is the only one.", examples=[{"type": "text"}]
    )
    modalities: Annotated[
        tuple[Annotated[str, Field(max_length=50)], ...] | None, AfterValidator(_refuse_modalities)
    ] = Field(
        default=None,
        max_length=10,
        description="Text is the only one.",
        examples=[["text"]],
    )
    sanad: SanadOptionsIn = Field(
        default_factory=SanadOptionsIn,
        description="What OpenAI's protocol has no field for.",
        examples=[{"max_sentences": 2}],
    )

    @property
    def wants_usage(self) -> bool:
        """Whether a stream is to end with the usage."""
        return self.stream_options is not None and bool(self.stream_options.include_usage)
