"""Composes what answers questions: quotes alone, or worded by a chat model, in conversation."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from core.ports import ChatModel
from core.settings import Settings
from retrieval.answering.events import Answerer
from retrieval.conversation.answering import ConversationalAnswerer
from retrieval.conversation.rewriting import RuleRewriter

if TYPE_CHECKING:
    from retrieval.verification.verifier import Verifier
    from sanad.composition import Models, Reader

REWRITING_SHARE = 0.2
"""Of the time for a generated answer: what a follow-up question may take to be rewritten."""


AroundModel = Callable[[ChatModel], ChatModel]


def _as_it_is(model: ChatModel) -> ChatModel:
    return model


@asynccontextmanager
async def open_answerer(
    settings: Settings, reader: "Reader", *, around: AroundModel = _as_it_is
) -> AsyncIterator[Answerer]:
    """The answerer that the settings ask for, over `reader`; its connections close with the block.

    Args:
        settings: They name the chat endpoint, if there shall be one.
        reader: Finds what is quoted.
        around: Puts something around the chat model, such as what counts its calls.

    Raises:
        ConfigError: the address or the key of the chat endpoint cannot be used.
    """
    if settings.llm_base_url is None:
        yield ConversationalAnswerer(reader.answerer, rewriter=RuleRewriter())
        return
    # Here and not above: without an endpoint nobody needs an HTTP client.
    from core.backends.chat_http import open_chat_model  # noqa: PLC0415
    from retrieval.answering.generated import GeneratedAnswerer  # noqa: PLC0415
    from retrieval.answering.metering import MeteredModel  # noqa: PLC0415
    from retrieval.answering.writing import SentenceWriter, WritingBounds  # noqa: PLC0415
    from retrieval.conversation.rewriting import ModelRewriter  # noqa: PLC0415
    from sanad.clock import utc_now  # noqa: PLC0415

    rewriting_s = REWRITING_SHARE * settings.llm_timeout_s
    async with open_chat_model(settings) as endpoint:
        model = around(MeteredModel(endpoint))
        writer = SentenceWriter(
            model=model,
            verifier=open_verifier(reader.models),
            bounds=WritingBounds(
                timeout_s=settings.llm_timeout_s - rewriting_s,
                max_tokens=settings.llm_max_tokens,
                prompt_tokens=settings.llm_prompt_tokens,
            ),
        )
        yield ConversationalAnswerer(
            GeneratedAnswerer(quoting=reader.answerer, writer=writer, now=utc_now),
            rewriter=ModelRewriter(model, timeout_s=rewriting_s),
        )


def open_verifier(models: "Models") -> "Verifier":
    """What tells whether a sentence stands on its quotes, with the models of the read path."""
    # Here and not above: an answer of quotes alone proves itself.
    from retrieval.verification.verifier import Verifier  # noqa: PLC0415

    return Verifier(
        embedder=models.embedder.embedder,
        counter=models.embedder.token_counter,
        codec=models.cohort.codec,
    )
