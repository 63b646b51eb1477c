"""Every topic of a collection asked, and each answer held against the archive."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from core.errors import InputError
from core.types import Answer, AnswerStatus, Citation, PassageFilter
from eval.answers.checking import Articles, check_citations, own_language
from eval.answers.citation_support import SupportTest, check_sentences
from eval.answers.runs import AnsweredTopic, AnswerRun
from eval.answers.withdrawal import is_withdrawn, without_answer
from eval.collection import Collection, Topic
from eval.timings import timings
from retrieval.query import Question


class Answers(Protocol):
    """The answer door, in process or over HTTP."""

    async def answer(self, question: Question) -> Answer:
        """A cited answer or an abstention."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What is measured, with what it is measured by.

    Attributes:
        answers: What readers get.
        withheld: The same, never abstaining; None where what it holds back is not to be had.
        articles: The archive, to slice quotes out of anew.
        support: The test of citations.
    """

    answers: Answers
    withheld: Answers | None
    articles: Articles
    support: SupportTest


async def ask_topics(
    door: Door,
    collection: Collection,
    *,
    name: str,
    withdrawn: float,
    on_topic: Callable[[Topic], None],
) -> AnswerRun:
    """Ask every topic; of the answerable ones, the share `withdrawn` without what answers it.

    The manifest holds the timings, of what readers get: `seconds` in all, `p50_ms` and `p95_ms`.

    Raises:
        InputError: a topic cannot be asked; the message names it.
    """
    topics, taken_ms = [], []
    for topic in collection.topics:
        question = _question(topic, is_withdrawn=is_withdrawn(topic, share=withdrawn))
        started = time.perf_counter()
        answer = await door.answers.answer(question)
        taken_ms.append((time.perf_counter() - started) * 1e3)
        topics.append(await _checked(door, collection, topic, question=question, answer=answer))
        on_topic(topic)
    return AnswerRun(name=name, topics=tuple(topics), manifest={"timings": timings(taken_ms)})


async def _checked(
    door: Door, collection: Collection, topic: Topic, *, question: Question, answer: Answer
) -> AnsweredTopic:
    left_out = bool(question.where.except_articles)
    gold = () if left_out else topic.gold
    withheld: tuple[Citation, ...] = ()
    if answer.status is AnswerStatus.ABSTAINED and door.withheld is not None:
        withheld = (await door.withheld.answer(question)).citations
    return AnsweredTopic(
        id=topic.id,
        text=topic.text,
        language=topic.language,
        pair=collection.pair(topic),
        kind=topic.kind,
        answerable=topic.answerable and not left_out,
        is_withdrawn=left_out,
        gold=gold,
        status=answer.status,
        mode=answer.mode,
        confidence=answer.confidence,
        answer=answer.text,
        own_language=own_language(answer),
        sentences=await check_sentences(answer, test=door.support),
        citations=await check_citations(answer.citations, gold, articles=door.articles),
        withheld=await check_citations(withheld, gold, articles=door.articles),
    )


def _question(topic: Topic, *, is_withdrawn: bool) -> Question:
    where = without_answer(topic) if is_withdrawn else PassageFilter()
    try:
        return Question(text=topic.text, where=where)
    except InputError as error:
        raise InputError(f"topic {topic.id}: {error}") from error
