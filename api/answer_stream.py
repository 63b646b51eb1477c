"""From the events of an answerer to those of the wire."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial

import anyio.to_thread

from api.event_stream import ServerEvent
from api.schemas.answer_events import DeltaOut, PassagesOut
from api.schemas.answers import AnswerOut, CitationOut
from retrieval.answering.events import (
    AnswerDone,
    AnswerEvent,
    CitationFound,
    PassagesFound,
    SentenceReady,
)


async def answer_stream(
    events: AsyncGenerator[AnswerEvent], *, query: str
) -> AsyncGenerator[ServerEvent]:
    """`events` on the wire, one for one; closes them however it ends.

    Args:
        events: Of the answer.
        query: Whose words are marked in the passages.
    """
    async with aclosing(events):
        async for event in events:
            yield await _on_the_wire(event, query=query)


async def _on_the_wire(event: AnswerEvent, *, query: str) -> ServerEvent:
    match event:
        case PassagesFound():
            # Highlights stem every word of every passage.
            respond = partial(PassagesOut.from_found, event, query=query)
            passages = await anyio.to_thread.run_sync(respond)
            return ServerEvent(name="passages", data=passages.model_dump_json())
        case CitationFound(citation=citation):
            data = CitationOut.from_citation(citation).model_dump_json()
            return ServerEvent(name="citation", data=data)
        case SentenceReady():
            return ServerEvent(name="delta", data=DeltaOut.from_ready(event).model_dump_json())
        case AnswerDone(answer=answer):
            data = AnswerOut.from_answer(answer).model_dump_json()
            return ServerEvent(name="answer", data=data)
