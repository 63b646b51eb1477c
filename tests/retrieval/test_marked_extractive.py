"""Extractive answers carry the short answers of their quotes, where they answer at all."""

from dataclasses import replace

import pytest

from core.identity import IndexIdentity
from core.types import AnswerStatus
from retrieval.answering.extractive import ExtractiveAnswerer
from retrieval.answering.spans.marking import AnswerMarker
from retrieval.answering.spans.model import span_model
from retrieval.query import Question
from tests.retrieval.small_archive import NOW, PORT, TREATY, Archive, article

pytestmark = pytest.mark.anyio

BODIES = {"treaty": TREATY, "port": PORT}


@pytest.fixture
async def answerer(identity: IndexIdentity) -> ExtractiveAnswerer:
    archive = await Archive.of_the_bundled_model(identity)
    await archive.add([article("treaty", TREATY, "ar"), article("port", PORT, "en")])
    return ExtractiveAnswerer(
        searcher=archive.searcher,
        locator=archive.locator,
        articles=archive.store,
        now=lambda: NOW,
        marker=AnswerMarker(replace(span_model(), sure_above=0.0), archive.locator),
    )


@pytest.mark.parametrize(
    ("question", "marked"),
    [
        ("متى وقّعت موسكو وبيونغ يانغ معاهدة الشراكة؟", "19 يونيو 2024"),
        ("How many containers did the port of Ras Manar handle?", "2.07 million"),
    ],
)
async def test_an_answer_marks_what_was_asked_for(
    answerer: ExtractiveAnswerer, question: str, marked: str
) -> None:
    answer = await answerer.answer(Question(text=question))
    assert answer.status is AnswerStatus.ANSWERED
    first, *others = answer.citations
    [(start, end)] = first.answer_spans
    assert first.start <= start < end <= first.end
    assert BODIES[first.header.id][start:end] == marked
    assert all(citation.answer_spans == () for citation in others)


async def test_a_partial_answer_marks_nothing(answerer: ExtractiveAnswerer) -> None:
    question = Question(text="When was the bridge of Salalah painted?")
    answer = await answerer.never_abstaining().answer(question)
    assert answer.status is AnswerStatus.PARTIAL
    assert answer.citations
    assert all(citation.answer_spans == () for citation in answer.citations)
