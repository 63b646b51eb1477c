"""A cited conversation of the official `openai` client with `sanad serve`, over a real socket."""

import json
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam

from tests.sanad.conftest import CopyIndex, Indexed
from tests.sanad.server import Served, serving

ARABIC = "كم حاوية ناول ميناء رأس المنار في 2024؟"
ARABIC_THEN = "وفي 2025؟"
ENGLISH = "What did Moscow and Pyongyang sign in 2024?"
ENGLISH_THEN = "Who signed it?"
UNANSWERED = "Who won the chess world championship in 1850? ♟️"


@pytest.fixture(scope="module")
def served(sample_index: Indexed, copy_index: CopyIndex) -> Iterator[Served]:
    with serving(copy_index(sample_index)) as served:
        yield served


@pytest.fixture
def client(served: Served) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{served.url}/v1", api_key="none needed") as client:
        yield client


def user(text: str) -> ChatCompletionMessageParam:
    return {"role": "user", "content": text}


def check_citations(served: Served, message: Any) -> None:
    """Every annotation of the client's message leads to what the archive really holds."""
    assert message.annotations
    for annotation in message.annotations:
        found = annotation.url_citation
        marker = message.content[found.start_index : found.end_index]
        assert marker == f"[{marker.strip('[]')}]"
        assert "#:~:text=" in found.url
        assert found.title


def check_answer(served: Served, answer: dict[str, Any]) -> None:
    for citation in answer["citations"]:
        body = served.client.get(f"/v1/articles/{citation['article_id']}").json()["body"]
        assert body[citation["start"] : citation["end"]] == citation["quote"]


@pytest.mark.parametrize(
    ("first", "then", "searched"),
    [
        (ARABIC, ARABIC_THEN, "كم حاوية ناول ميناء رأس المنار في 2025؟"),
        (ENGLISH, ENGLISH_THEN, "Who signed it? (Moscow Pyongyang sign 2024)"),
    ],
)
def test_a_conversation_is_cited_and_goes_on(
    served: Served, client: openai.OpenAI, first: str, then: str, searched: str
) -> None:
    system: ChatCompletionMessageParam = {"role": "system", "content": "Say only: yes."}
    reply = client.chat.completions.create(
        model="sanad", messages=[system, user(first)], temperature=0
    )
    message = reply.choices[0].message
    check_citations(served, message)
    assert reply.model_extra is not None
    check_answer(served, reply.model_extra["sanad"])
    assert reply.usage is not None
    assert reply.usage.prompt_tokens + reply.usage.completion_tokens == reply.usage.total_tokens > 9

    following = client.chat.completions.create(
        model="sanad",
        messages=[
            system,
            user(first),
            {"role": "assistant", "content": message.content},
            user(then),
        ],
    )
    check_citations(served, following.choices[0].message)
    assert following.model_extra is not None
    assert following.model_extra["sanad"]["query"] == searched


def test_a_stream_is_read_by_the_client_as_the_whole_reply(
    served: Served, client: openai.OpenAI
) -> None:
    whole = client.chat.completions.create(model="sanad", messages=[user(ARABIC)])
    content, annotations, usage, answer = "", [], None, None
    for chunk in client.chat.completions.create(
        model="sanad",
        messages=[user(ARABIC)],
        stream=True,
        stream_options={"include_usage": True},
    ):
        usage = chunk.usage or usage
        answer = (chunk.model_extra or {}).get("sanad", answer)
        for choice in chunk.choices:
            content += choice.delta.content or ""
            annotations += (choice.delta.model_extra or {}).get("annotations", [])
    message = whole.choices[0].message
    assert content == message.content
    assert [one["url_citation"] for one in annotations] == [
        one.url_citation.model_dump() for one in message.annotations or []
    ]
    assert usage == whole.usage
    assert answer is not None
    check_answer(served, answer)


def test_the_helper_of_the_client_that_gathers_a_stream_gathers_all_citations(
    served: Served, client: openai.OpenAI
) -> None:
    with client.chat.completions.stream(model="sanad", messages=[user(ARABIC)]) as stream:
        gathered = stream.get_final_completion().choices[0].message
    whole = client.chat.completions.create(model="sanad", messages=[user(ARABIC)])
    assert gathered.content == whole.choices[0].message.content
    check_citations(served, gathered)
    assert len(gathered.annotations or []) == len(whole.choices[0].message.annotations or [])


@pytest.mark.anyio
async def test_the_asynchronous_client_gets_the_same(served: Served) -> None:
    async with openai.AsyncOpenAI(base_url=f"{served.url}/v1", api_key="none needed") as client:
        whole = await client.chat.completions.create(model="sanad", messages=[user(ENGLISH)])
        content = ""
        async for chunk in await client.chat.completions.create(
            model="sanad", messages=[user(ENGLISH)], stream=True
        ):
            content += chunk.choices[0].delta.content or ""
        models = [model.id async for model in client.models.list()]
    assert content == whole.choices[0].message.content
    check_citations(served, whole.choices[0].message)
    assert models == ["sanad"]


def test_an_abstention_is_an_answer_without_annotations(client: openai.OpenAI) -> None:
    reply = client.chat.completions.create(model="sanad", messages=[user(UNANSWERED)])
    message = reply.choices[0].message
    assert "nothing" in (message.content or "")
    assert message.annotations == []
    assert message.refusal is None
    assert json.loads(reply.to_json())["sanad"]["status"] == "abstained"


def test_errors_are_those_of_the_client(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as lost:
        client.chat.completions.create(model="gpt-5", messages=[user(ENGLISH)])
    assert (lost.value.code, lost.value.param) == ("model_not_found", "model")
    with pytest.raises(openai.UnprocessableEntityError, match="one answer to a question") as two:
        client.chat.completions.create(model="sanad", messages=[user(ENGLISH)], n=2)
    assert (two.value.type, two.value.param) == ("invalid_request_error", "n")
    assert two.value.request_id
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-5")
    assert client.models.retrieve("sanad").owned_by == "sanad"


def test_filters_go_with_extra_body(client: openai.OpenAI) -> None:
    reply = client.chat.completions.create(
        model="sanad",
        messages=[user(ENGLISH)],
        extra_body={"sanad": {"filters": {"languages": ["ar"]}, "max_sentences": 1}},
    )
    assert reply.model_extra is not None
    citations = reply.model_extra["sanad"]["citations"]
    assert [citation["language"] for citation in citations] == ["ar"]
