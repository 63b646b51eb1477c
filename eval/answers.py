"""Answer quality: whether a quote holds the gold, and whether Sanad knows what it lacks."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.types import Answer, AnswerStatus, Citation
from eval.collection import Collection, GoldQuote, Topic
from eval.intervals import Estimate, estimate
from retrieval.query import Question


class Answers(Protocol):
    """The answer door, in process or over HTTP."""

    async def answer(self, question: Question) -> Answer:
        """A cited answer or an abstention."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicAnswer:
    """What came of one topic; `first` and `any` say whether a quote overlaps the gold."""

    topic_id: str
    pair: str
    answerable: bool
    abstained: bool
    first: bool
    any: bool
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerReport:
    """Estimates by name, over all topics ("all") and by language pair.

    `first_quote` and `any_quote`: share of answerable topics whose first or any quote overlaps
    the gold; an abstention counts as a miss. `abstention_precision`: share of abstentions that
    were right; `abstention_recall`: share of unanswerable topics abstained on.
    """

    collection: str
    by_pair: dict[str, dict[str, Estimate]]
    per_topic: tuple[TopicAnswer, ...]


async def measure_answers(
    answerer: Answers, collection: Collection, *, on_topic: Callable[[Topic], None]
) -> AnswerReport:
    """Ask every topic and compare the quotes with the gold."""
    results = []
    for topic in collection.topics:
        answer = await answerer.answer(Question(text=topic.text))
        held = [overlaps(citation, topic.gold) for citation in answer.citations]
        results.append(
            TopicAnswer(
                topic_id=topic.id,
                pair=collection.pair(topic),
                answerable=topic.answerable,
                abstained=answer.status is AnswerStatus.ABSTAINED,
                first=bool(held) and held[0],
                any=any(held),
                confidence=answer.confidence,
            )
        )
        on_topic(topic)
    pairs = sorted({result.pair for result in results})
    return AnswerReport(
        collection=collection.name,
        by_pair={"all": _estimates(results)}
        | {pair: _estimates([r for r in results if r.pair == pair]) for pair in pairs},
        per_topic=tuple(results),
    )


def overlaps(citation: Citation, gold: Iterable[GoldQuote]) -> bool:
    """Whether `citation` quotes from a gold run of its article, or holds it."""
    return any(
        entry.article_id == citation.header.id
        and (entry.quote in citation.quote or citation.quote in entry.quote)
        for entry in gold
    )


def _estimates(results: Sequence[TopicAnswer]) -> dict[str, Estimate]:
    answerable = [result for result in results if result.answerable]
    unanswerable = [result for result in results if not result.answerable]
    abstentions = [result for result in results if result.abstained]
    return {
        "first_quote": estimate([float(result.first) for result in answerable]),
        "any_quote": estimate([float(result.any) for result in answerable]),
        "abstention_precision": estimate([float(not r.answerable) for r in abstentions]),
        "abstention_recall": estimate([float(result.abstained) for result in unanswerable]),
    }
