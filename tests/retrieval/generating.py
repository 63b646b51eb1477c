"""Generated answers over a small archive and a scripted endpoint that speaks real HTTP."""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager

import httpx

from core.backends.chat_http import HttpChatModel, Patience
from core.types import Answer
from retrieval.answering.events import AnswerDone, AnswerEvent
from retrieval.answering.generated import GeneratedAnswerer
from retrieval.answering.writing import SentenceVerifier, SentenceWriter, WritingBounds
from retrieval.query import Question
from tests.contracts.chat_endpoint import Asked, Reply, sentences
from tests.retrieval.small_archive import NOW, Archive
from tests.retrieval.strict_verifier import StrictVerifier

CRANES = (
    "The port of Ras Manar handled 2.07 million containers in 2024.\n"
    "Its director Salim Haddad said that two new cranes would arrive in spring.\n"
    "The port of Ras Manar lost 110 thousand containers to its rival in 2023."
)
HOW_MANY = "How many containers did the port of Ras Manar handle in 2024?"
TRUE = "The port of Ras Manar handled 2.07 million containers in 2024."
CRANES_COME = "Two new cranes would arrive in spring, said its director Salim Haddad."
LIE = "The port of Ras Manar handled 9.99 million containers in 2024."


def quotes_in(asked: Asked) -> dict[str, str]:
    """Texts of the quotes in a prompt by id."""
    lines = asked.body["messages"][1]["content"].split("\n")
    objects = [json.loads(line) for line in lines if line.startswith('{"id"')]
    return {one["id"]: one["text"] for one in objects}


def id_of(asked: Asked, words: str) -> str:
    """The id of the quote that holds `words`."""
    return next(key for key, text in quotes_in(asked).items() if words in text)


def writes(*texts: str, **more: object) -> Callable[[Asked], Reply]:
    """A reply of these sentences, each citing all quotes that it is given."""
    return lambda asked: sentences(*((text, list(quotes_in(asked))) for text in texts), **more)


@asynccontextmanager
async def generating(
    archive: Archive,
    url: str,
    *,
    timeout_s: float = 20.0,
    max_tokens: int = 300,
    verifier: SentenceVerifier | None = None,
    headers: dict[str, str] | None = None,
) -> AsyncIterator[GeneratedAnswerer]:
    async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False) as client:
        model = HttpChatModel(
            client,
            model="m",
            concurrency=2,
            max_waiting=0,
            patience=Patience(first_pause_s=0.01, silence_s=timeout_s),
        )
        yield GeneratedAnswerer(
            quoting=archive.answerer,
            writer=SentenceWriter(
                model=model,
                verifier=verifier or StrictVerifier(),
                bounds=WritingBounds(
                    timeout_s=timeout_s, max_tokens=max_tokens, prompt_tokens=4_000
                ),
            ),
            now=lambda: NOW,
        )


async def told(answerer: GeneratedAnswerer, question: str, **more: object) -> Sequence[AnswerEvent]:
    asked = Question(text=question, **more)  # type: ignore[arg-type]  # fields by name
    async with aclosing(answerer.stream(asked)) as events:
        return [event async for event in events]


def answer_of(events: Sequence[AnswerEvent]) -> Answer:
    last = events[-1]
    assert isinstance(last, AnswerDone)
    return last.answer
