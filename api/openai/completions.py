"""From an answer to a completion."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from api.openai.citations import annotations_of
from api.openai.replies import AssistantMessageOut, ChatCompletionOut, ChoiceOut, UsageOut
from api.schemas.answers import AnswerOut
from core.types import Answer

CountUsage = Callable[[str], Awaitable[UsageOut | None]]
"""The usage of a reply with this content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What every part of a reply carries."""

    id: str
    created: int


def content_of(answer: Answer) -> str:
    """What is shown of `answer`: its text and, after a blank line, its notices, one a line.

    A chat shows the content alone: that sources differ, or that the quotes may not answer, must
    not be lost there.
    """
    return "\n\n".join([answer.text, *(["\n".join(answer.notices)] if answer.notices else [])])


async def completion(reply: Reply, answer: Answer, *, count_usage: CountUsage) -> ChatCompletionOut:
    """`answer` as a completion."""
    content = content_of(answer)
    message = AssistantMessageOut(content=content, annotations=tuple(annotations_of(answer)))
    return ChatCompletionOut(
        id=reply.id,
        created=reply.created,
        choices=(ChoiceOut(message=message),),
        usage=await count_usage(content),
        sanad=AnswerOut.from_answer(answer),
    )
