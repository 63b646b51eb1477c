"""What becomes of a chat endpoint that is slow, dead, busy, odd or wrong."""

import json
import logging
from contextlib import aclosing

import pytest

from core.backends.chat_http import open_chat_model
from core.chat import ChatDelta, FinishReason
from core.errors import (
    ConfigError,
    GeneratorRejected,
    GeneratorUnavailable,
)
from core.settings import Settings
from tests.contracts.chat_endpoint import (
    JSON,
    ChatEndpoint,
    Reply,
    delta,
    event,
    refuses,
    says,
)
from tests.core.backends.chatting import SAID, chatting, request, told

pytestmark = pytest.mark.anyio

KEY = "hunter2-hunter2"


async def test_what_is_asked_is_what_the_protocol_says(endpoint: ChatEndpoint) -> None:
    endpoint.replies = [says(SAID)]
    settings = Settings(llm_base_url=endpoint.url + "/", llm_model="m-1", llm_api_key=KEY)
    async with open_chat_model(settings) as model:
        assert await told(model, request(schema={"type": "object"})) == (SAID, FinishReason.STOP)
        assert model.name == "m-1"
    [asked] = endpoint.asked
    assert asked.path == "/v1/chat/completions"
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert asked.body["messages"][1] == {"role": "user", "content": "سؤال؟"}
    assert (asked.body["model"], asked.body["max_tokens"]) == ("m-1", 50)
    assert asked.body["stream"] is True
    assert asked.body["response_format"]["json_schema"]["schema"] == {"type": "object"}


PASSING = [
    refuses(503),
    refuses(500),
    refuses(429),
    refuses(429, **{"Retry-After": "0"}),
    refuses(429, **{"Retry-After": "soon"}),
    refuses(429, **{"Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"}),
    Reply(is_dropped=True),
    Reply(chunks=(b"<html>captive portal</html>",), headers={"Content-Type": "text/html"}),
    Reply(chunks=(b"{",), headers=JSON),
    Reply(chunks=(b'{"choices": "none"}',), headers=JSON),
    Reply(chunks=(event("not json"),)),
    Reply(chunks=(event({"error": {"type": "server_error", "code": 500}}),)),
    Reply(chunks=()),
]


@pytest.mark.parametrize("fault", PASSING)
async def test_a_passing_fault_before_the_first_word_is_tried_again(
    endpoint: ChatEndpoint, fault: Reply
) -> None:
    endpoint.replies = [fault, fault, says(SAID)]
    async with chatting(endpoint.url) as model:
        assert await told(model, request()) == (SAID, FinishReason.STOP)
    assert len(endpoint.asked) == 3


@pytest.mark.parametrize("fault", PASSING)
async def test_a_lasting_fault_is_said_after_three_attempts(
    endpoint: ChatEndpoint, fault: Reply
) -> None:
    endpoint.replies = [fault]
    async with chatting(endpoint.url) as model:
        with pytest.raises(GeneratorUnavailable, match="SANAD_LLM_BASE_URL") as caught:
            await told(model, request())
    assert endpoint.url in str(caught.value)
    assert len(endpoint.asked) == 3


BROKEN_OFF = [
    says("half of", reason=None),
    says("half of", reason=None, is_dropped=True),
    Reply(chunks=(delta("half of"), event("{"))),
    Reply(chunks=(delta("half of"), event({"error": {"type": "overloaded"}}))),
]


@pytest.mark.parametrize("fault", BROKEN_OFF)
async def test_after_the_first_word_nothing_is_tried_again(
    endpoint: ChatEndpoint, fault: Reply
) -> None:
    endpoint.replies = [fault, says("whole")]
    said: list[str] = []
    async with chatting(endpoint.url) as model:
        with pytest.raises(GeneratorUnavailable):  # noqa: PT012 - the words come before it
            async with aclosing(model.stream(request())) as events:
                async for one in events:
                    assert isinstance(one, ChatDelta)
                    said.append(one.text)
    assert "".join(said) == "half of"
    assert len(endpoint.asked) == 1


async def test_a_reply_that_does_not_stream_is_read_all_the_same(endpoint: ChatEndpoint) -> None:
    whole = {"choices": [{"message": {"content": SAID}, "finish_reason": "length"}]}
    endpoint.replies = [Reply(chunks=(json.dumps(whole).encode(),), headers=JSON)]
    async with chatting(endpoint.url) as model:
        assert await told(model, request()) == (SAID, FinishReason.LENGTH)


async def test_a_schema_that_is_refused_is_left_out_from_then_on(endpoint: ChatEndpoint) -> None:
    endpoint.replies = [refuses(400, "response_format is not supported"), says(SAID)]
    async with chatting(endpoint.url) as model:
        for _ in range(2):
            assert (await told(model, request(schema={"type": "object"})))[0] == SAID
    has_schema = ["response_format" in asked.body for asked in endpoint.asked]
    assert has_schema == [True, False, False]


async def test_a_refusal_for_another_reason_does_not_cost_the_schema(
    endpoint: ChatEndpoint,
) -> None:
    endpoint.replies = [refuses(400, "too long"), refuses(400, "too long"), says(SAID)]
    async with chatting(endpoint.url) as model:
        with pytest.raises(GeneratorRejected, match=r"\(400\): invalid_request_error scripted"):
            await told(model, request(schema={"type": "object"}))
        await told(model, request(schema={"type": "object"}))
    assert "response_format" in endpoint.asked[-1].body


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        (401, "SANAD_LLM_API_KEY"),
        (403, "SANAD_LLM_API_KEY"),
        (404, "SANAD_LLM_MODEL"),
        (413, "413"),
    ],
)
async def test_a_refusal_is_not_tried_again_and_its_words_are_not_repeated(
    endpoint: ChatEndpoint, status: int, remedy: str
) -> None:
    endpoint.replies = [refuses(status, f"Incorrect API key provided: {KEY}")]
    async with chatting(endpoint.url) as model:
        with pytest.raises(GeneratorRejected, match=remedy) as caught:
            await told(model, request())
    assert KEY not in str(caught.value)
    assert len(endpoint.asked) == 1


async def test_a_server_that_says_more_than_was_asked_for_is_stopped(
    endpoint: ChatEndpoint,
) -> None:
    endpoint.replies = [says("x" * 100_000, size=1_000)]
    async with chatting(endpoint.url) as model:
        with pytest.raises(GeneratorUnavailable, match="more than was asked"):
            await told(model, request())


async def test_the_key_is_in_no_log_line(
    endpoint: ChatEndpoint, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    endpoint.replies = [refuses(503), refuses(401, KEY)]
    settings = Settings(llm_base_url=endpoint.url, llm_model="m", llm_api_key=KEY)
    async with open_chat_model(settings) as model:
        with pytest.raises(GeneratorRejected):
            await told(model, request())
    assert "chat endpoint failed attempt=1" in caplog.text
    assert KEY not in caplog.text
    assert "سؤال" not in caplog.text


@pytest.mark.parametrize("key", ["ключ", "a\nb", " a"])
async def test_a_key_that_no_header_can_carry_is_refused_at_the_start(key: str) -> None:
    settings = Settings(llm_base_url="http://localhost:1/v1", llm_model="m", llm_api_key=key)
    with pytest.raises(ConfigError, match="SANAD_LLM_API_KEY"):
        async with open_chat_model(settings):
            pass
