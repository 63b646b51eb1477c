"""A cited conversation of the official MCP client with `sanad serve`, over a real socket."""

from collections.abc import Iterator
from typing import Any

import anyio
import httpx
import pytest
from mcp import Client

from tests.sanad.conftest import CopyIndex, Indexed
from tests.sanad.server import Served, serving

pytestmark = pytest.mark.anyio

ARABIC = "كم حاوية ناول ميناء رأس المنار في 2024؟"
ENGLISH = "What did Moscow and Pyongyang sign in 2024?"
UNANSWERED = "Who won the chess world championship in 1850? ♟️"


@pytest.fixture(scope="module")
def served(sample_index: Indexed, copy_index: CopyIndex) -> Iterator[Served]:
    with serving(copy_index(sample_index)) as served:
        yield served


def text_of(result: Any) -> str:
    (content,) = result.content
    text: str = content.text
    return text


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_cited_conversation(served: Served, mode: Any) -> None:
    async with Client(f"{served.url}/mcp", mode=mode) as client:
        listed = await client.list_tools()
        assert [tool.name for tool in listed.tools] == ["search", "answer", "fetch_article"]

        found = await client.call_tool("search", {"query": ARABIC, "limit": 3})
        assert found.structured_content is not None
        assert len(found.structured_content["results"]) == 3

        for question in (ARABIC, ENGLISH):
            answered = await client.call_tool("answer", {"question": question})
            answer = answered.structured_content
            assert answer is not None
            assert answer["citations"]
            assert answer["text"] in text_of(answered)
            for citation in answer["citations"]:
                fetched = await client.call_tool(
                    "fetch_article",
                    {
                        "article_id": citation["article_id"],
                        "start": citation["start"],
                        "max_chars": len(citation["quote"]),
                    },
                )
                assert fetched.structured_content is not None
                assert fetched.structured_content["text"] == citation["quote"]


async def test_an_abstention_is_no_error(served: Served) -> None:
    async with Client(f"{served.url}/mcp") as client:
        result = await client.call_tool("answer", {"question": UNANSWERED})
    assert not result.is_error
    assert result.structured_content is not None
    assert result.structured_content["status"] == "abstained"
    assert "Nearest articles" in text_of(result)


async def test_an_error_of_a_tool_names_the_remedy(served: Served) -> None:
    async with Client(f"{served.url}/mcp") as client:
        result = await client.call_tool("search", {"query": "x", "limit": 99})
    assert result.is_error
    assert "#/limit" in text_of(result)


async def test_many_clients_are_served_at_once(served: Served) -> None:
    async def ask() -> None:
        async with Client(f"{served.url}/mcp") as client:
            result = await client.call_tool("search", {"query": ENGLISH})
            assert not result.is_error

    async with anyio.create_task_group() as tasks:
        for _ in range(8):
            tasks.start_soon(ask)


async def test_a_name_that_was_made_to_lead_here_is_refused(served: Served) -> None:
    async with httpx.AsyncClient(base_url=served.url, trust_env=False) as client:
        response = await client.post(
            "/mcp",
            json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"},
            headers={"Host": "evil.example", "Accept": "application/json, text/event-stream"},
        )
    assert response.status_code == 403
