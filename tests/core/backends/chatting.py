"""A chat model over a scripted endpoint, and what a test asks of it."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import httpx

from core.backends.chat_http import HttpChatModel, Patience
from core.chat import ChatEnd, ChatMessage, ChatRequest, FinishReason

SAID = "قال الوزير إن السفن ⛴ ستصل"


def request(*, timeout_s: float = 20.0, **more: object) -> ChatRequest:
    messages = (ChatMessage(role="system", text="قواعد"), ChatMessage(role="user", text="سؤال؟"))
    return ChatRequest(messages=messages, max_tokens=50, timeout_s=timeout_s, **more)  # type: ignore[arg-type]


@asynccontextmanager
async def chatting(
    url: str, *, concurrency: int = 4, max_waiting: int = 4, silence_s: float = 10.0
) -> AsyncIterator[HttpChatModel]:
    patience = Patience(first_pause_s=0.01, connect_s=2, silence_s=silence_s, jitter=lambda: 0.5)
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        yield HttpChatModel(
            client,
            model="m",
            concurrency=concurrency,
            max_waiting=max_waiting,
            patience=patience,
        )


async def told(model: HttpChatModel, asked: ChatRequest) -> tuple[str, FinishReason]:
    said = ""
    async with aclosing(model.stream(asked)) as events:
        async for one in events:
            if isinstance(one, ChatEnd):
                return said, one.reason
            said += one.text
    raise AssertionError("the reply has no end")
