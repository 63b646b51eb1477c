"""An answer that is told as it comes is the answer that is given whole."""

from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from core.types import Answer, AnswerStatus
from retrieval.answering.events import (
    AnswerDone,
    AnswerEvent,
    CitationFound,
    PassagesFound,
    SentenceReady,
    last_answer,
)
from retrieval.query import Question
from tests.retrieval.small_archive import PORT, TREATY, Archive, article

pytestmark = pytest.mark.anyio

TREATY_QUESTION = Question(text="على ماذا تنص المعاهدة من المساعدة المتبادلة؟")
UNRELATED = Question(text="Who invented sourdough bread baking?")


async def told(archive: Archive, question: Question) -> list[AnswerEvent]:
    return [event async for event in archive.answerer.stream(question)]


def untimed(answer: Answer) -> Answer:
    return replace(answer, id="", timing_ms={})


async def test_passages_come_first_and_the_answer_last(archive: Archive) -> None:
    await archive.add([article("treaty", TREATY, "ar"), article("port", PORT, "en")])
    events = await told(archive, TREATY_QUESTION)
    assert isinstance(events[0], PassagesFound)
    assert {hit.header.id for hit in events[0].hits} == {"treaty", "port"}
    assert isinstance(events[-1], AnswerDone)
    assert [type(event) for event in events[1:-1]] == [CitationFound, SentenceReady] * (
        len(events[1:-1]) // 2
    )


async def test_the_sentences_add_up_to_the_text_and_point_into_it(archive: Archive) -> None:
    await archive.add([article("treaty", TREATY, "ar"), article("port", PORT, "en")])
    events = await told(archive, TREATY_QUESTION)
    text, known = "", {}
    for event in events:
        if isinstance(event, CitationFound):
            known[event.citation.number] = event.citation
        if isinstance(event, SentenceReady):
            text += event.text
            [number] = event.sentence.citations
            assert text[event.sentence.start : event.sentence.end] == known[number].quote
    assert isinstance(events[-1], AnswerDone)
    answer = events[-1].answer
    assert answer.status is not AnswerStatus.ABSTAINED
    assert answer.text == text
    assert answer.citations == tuple(known.values())
    assert answer.sentences == tuple(
        event.sentence for event in events if isinstance(event, SentenceReady)
    )


@pytest.mark.parametrize("question", [TREATY_QUESTION, UNRELATED])
async def test_the_answer_given_whole_is_the_same(archive: Archive, question: Question) -> None:
    await archive.add([article("treaty", TREATY, "ar"), article("port", PORT, "en")])
    events = await told(archive, question)
    assert isinstance(events[-1], AnswerDone)
    assert untimed(await archive.answerer.answer(question)) == untimed(events[-1].answer)


async def test_an_abstention_has_passages_and_its_end_only(archive: Archive) -> None:
    await archive.add([article("port", PORT, "en")])
    passages, done = await told(archive, UNRELATED)
    assert isinstance(passages, PassagesFound)
    assert [hit.header.id for hit in passages.hits] == ["port"]
    assert isinstance(done, AnswerDone)
    assert done.answer.status is AnswerStatus.ABSTAINED


async def test_an_empty_archive_tells_that_no_passage_was_found(archive: Archive) -> None:
    passages, _ = await told(archive, UNRELATED)
    assert passages == PassagesFound(hits=())


async def test_events_without_an_end_are_a_fault() -> None:
    async def endless_talk() -> AsyncGenerator[AnswerEvent]:
        yield PassagesFound(hits=())

    with pytest.raises(ValueError, match="without an answer"):
        await last_answer(endless_talk())
