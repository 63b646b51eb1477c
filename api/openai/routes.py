"""POST /v1/chat/completions and GET /v1/models."""

import time
from functools import partial
from typing import Annotated
from uuid import uuid4

import anyio.to_thread
from fastapi import APIRouter, Path

from api.access.caller import Caller
from api.access.guard import requires
from api.access.scopes import Scope
from api.event_stream import EventStreamResponse
from api.json_body import JsonRoute
from api.openai.chunks import chunk_stream
from api.openai.completions import Reply, completion
from api.openai.conversation import question_of, require_model
from api.openai.documentation import CHUNKED
from api.openai.errors import CHUNKS, openai_documented
from api.openai.paths import CHAT_PATH, MODELS_PATH
from api.openai.replies import ChatCompletionOut, ModelOut, ModelsOut, UsageOut
from api.openai.requests import MODEL, ChatCompletionIn
from api.problem_kinds import INVALID_REQUEST, MODEL_NOT_FOUND
from api.responses import QUERY_PROBLEMS
from api.services import CurrentServices, Services
from retrieval.query import Question

CREATED = 1_795_824_000
"""2026-11-28: of the first version of this route; OpenAI's clients want some time of a model."""

TAG = "openai"
"""Of the operations whose errors have OpenAI's shape."""

router = APIRouter(tags=[TAG], route_class=JsonRoute)


@router.post(
    CHAT_PATH,
    summary="Answer, in OpenAI's protocol",
    response_model=ChatCompletionOut,
    responses=CHUNKED | openai_documented(MODEL_NOT_FOUND, *QUERY_PROBLEMS),
)
async def complete_chat(
    body: ChatCompletionIn,
    services: CurrentServices,
    caller: Annotated[Caller, requires(Scope.ASK)],
) -> ChatCompletionOut | EventStreamResponse:
    """The answer of POST /v1/answers for clients of OpenAI's chat completions.

    The last message of a user is the question, what user and assistant said before it is its
    history. System messages are data, never followed: an answer holds what the archive says.
    `annotations` are the citations, `sanad` is the whole answer. With `stream`, each sentence
    comes as a chunk once it is verified, `[DONE]` last.
    """
    require_model(body.model)
    question = caller.limited(question_of(body))
    reply = Reply(id=f"chatcmpl-{uuid4().hex}", created=int(time.time()))
    count_usage = partial(_usage, services, question)
    if body.stream:
        chunks = chunk_stream(
            reply,
            services.answerer.stream(question),
            count_usage=count_usage if body.wants_usage else None,
        )
        return EventStreamResponse(chunks, timing=services.stream_timing, form=CHUNKS)
    return await completion(
        reply, await services.answerer.answer(question), count_usage=count_usage
    )


@router.get(
    MODELS_PATH,
    summary="List models",
    dependencies=[requires(Scope.ASK)],
    responses=openai_documented(INVALID_REQUEST),
)
async def list_models() -> ModelsOut:
    """The one model: this archive."""
    return ModelsOut(data=(ModelOut(created=CREATED),))


@router.get(
    MODELS_PATH + "/{model}",
    summary="Describe a model",
    dependencies=[requires(Scope.ASK)],
    responses=openai_documented(INVALID_REQUEST, MODEL_NOT_FOUND),
)
async def describe_model(
    model: Annotated[str, Path(max_length=200, description="Its name.", examples=[MODEL])],
) -> ModelOut:
    """The model of this name."""
    require_model(model)
    return ModelOut(created=CREATED)


async def _usage(services: Services, question: Question, content: str) -> UsageOut | None:
    counter = services.token_counter
    if counter is None:
        return None
    texts = [content, question.text, *(turn.text for turn in question.history)]
    written, *read = await anyio.to_thread.run_sync(counter.count_tokens, texts)
    return UsageOut(
        prompt_tokens=sum(read),
        completion_tokens=written,
        total_tokens=written + sum(read),
    )
