"""What every chat model keeps: the double, a scripted endpoint, and a real server."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing

import anyio
import pytest

from core.backends.chat_http import open_chat_model
from core.backends.memory_chat import ScriptedChatModel
from core.chat import ChatDelta, ChatEnd, ChatEvent, ChatMessage, ChatRequest, FinishReason
from core.errors import GeneratorRejected
from core.ports import ChatModel
from core.settings import Settings
from tests.contracts.chat_endpoint import Reply, running_endpoint, says
from tests.contracts.real_chat_server import KEY, needs_real_server, real_chat_server

pytestmark = pytest.mark.anyio

LONG = "Ships ⛴ سفن 船 " * 20
PATIENCE_S = 300.0
"""A real model on a busy machine takes its time."""

REAL = pytest.param("real", marks=needs_real_server)


def request(text: str = "Say hello.", *, max_tokens: int = 8, **more: object) -> ChatRequest:
    given: dict[str, object] = {"timeout_s": PATIENCE_S} | more
    messages = (ChatMessage(role="user", text=text),)
    return ChatRequest(messages=messages, max_tokens=max_tokens, **given)  # type: ignore[arg-type]


async def told(model: ChatModel, asked: ChatRequest) -> list[ChatEvent]:
    async with aclosing(model.stream(asked)) as events:
        return [event async for event in events]


def cut_reply(asked: object) -> Reply:
    """LONG, cut at as many characters as tokens are allowed."""
    bound = asked.body["max_tokens"]  # type: ignore[attr-defined]
    return says(LONG[:bound], size=3, reason="length" if bound < len(LONG) else "stop")


@pytest.fixture(scope="module")
def real_url() -> Iterator[str]:
    with real_chat_server() as url:
        yield url


@pytest.fixture(params=["double", "scripted", REAL])
async def model(request: pytest.FixtureRequest) -> AsyncIterator[ChatModel]:
    if request.param == "double":
        yield ScriptedChatModel([LONG])
        return
    with running_endpoint() as endpoint:
        endpoint.replies = [cut_reply]
        is_real = request.param == "real"
        url = request.getfixturevalue("real_url") if is_real else endpoint.url
        settings = Settings(
            llm_base_url=url, llm_model="smollm2", llm_api_key=KEY, llm_concurrency=1
        )
        async with open_chat_model(settings) as opened:
            yield opened


async def test_a_reply_is_deltas_and_then_one_end(model: ChatModel) -> None:
    *deltas, end = await told(model, request(max_tokens=6))
    assert deltas
    assert all(isinstance(delta, ChatDelta) and delta.text for delta in deltas)
    assert isinstance(end, ChatEnd)


async def test_a_reply_at_its_bound_says_that_it_is_cut(model: ChatModel) -> None:
    *deltas, end = await told(model, request("Count to a hundred.", max_tokens=4))
    assert end.reason is FinishReason.LENGTH  # type: ignore[union-attr]  # a ChatEnd
    assert len(deltas) <= 4


async def test_whoever_leaves_early_frees_the_place_for_the_next(model: ChatModel) -> None:
    asked = request("Tell a very long story.", max_tokens=300)
    async with aclosing(model.stream(asked)) as events:
        assert isinstance(await anext(events), ChatDelta)
    assert len(await told(model, request(max_tokens=2))) >= 2


async def test_a_cancelled_caller_frees_the_place_for_the_next(model: ChatModel) -> None:
    async def read_for_ever() -> None:
        while True:
            await told(model, request("Tell a very long story.", max_tokens=300))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(read_for_ever)
        await anyio.sleep(0.2)
        tasks.cancel_scope.cancel()
    assert len(await told(model, request(max_tokens=2))) >= 2


@needs_real_server
async def test_a_real_server_keeps_to_the_schema(real_url: str) -> None:
    settings = Settings(llm_base_url=real_url, llm_model="smollm2", llm_api_key=KEY)
    schema = {
        "type": "object",
        "properties": {"colour": {"type": "string", "enum": ["red", "blue"]}},
        "required": ["colour"],
        "additionalProperties": False,
    }
    async with open_chat_model(settings) as opened:
        *deltas, end = await told(
            opened, request("A colour?", max_tokens=30, schema=schema, timeout_s=PATIENCE_S)
        )
    said = "".join(piece.text for piece in deltas if isinstance(piece, ChatDelta))
    assert json.loads(said)["colour"] in {"red", "blue"}
    assert isinstance(end, ChatEnd)
    assert end.reason is FinishReason.STOP
    assert end.usage is not None
    assert end.usage.prompt_tokens > 5


@needs_real_server
async def test_a_real_server_refuses_a_wrong_key_and_an_endless_prompt(real_url: str) -> None:
    wrong = Settings(llm_base_url=real_url, llm_model="smollm2", llm_api_key="wrong")
    async with open_chat_model(wrong) as opened:
        with pytest.raises(GeneratorRejected, match="SANAD_LLM_API_KEY"):
            await told(opened, request())
    right = Settings(llm_base_url=real_url, llm_model="smollm2", llm_api_key=KEY)
    async with open_chat_model(right) as opened:
        with pytest.raises(GeneratorRejected, match="exceed_context_size_error"):
            await told(opened, request("port " * 3_000))
