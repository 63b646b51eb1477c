"""What became of the quotes and citations of a set of answers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from benchmarks.answers_sets import QuestionSet
from core.types import Answer, PassageFilter
from eval.answers.asking import Answers, Door, ask_topics
from eval.answers.measures import estimate_group
from eval.answers.runs import AnsweredTopic
from eval.intervals import Estimate
from retrieval.query import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class SetChecks:
    """Counts of a set.

    `answers` quote something; `held_back` are abstentions whose quotes were asked for all the
    same. `quotes` are those of both, `named` the citations that sentences name. `broken` tells
    each that does not stand or does not resolve.
    """

    name: str
    asked: int
    answers: int
    held_back: int
    quotes: int
    named: int
    broken: list[str]
    first_quote: float | None = None
    any_quote: float | None = None

    def row(self) -> dict[str, object]:
        """A line of a table, and of the result."""
        return {
            "set": self.name,
            "asked": self.asked,
            "answers": self.answers,
            "held back": self.held_back,
            "quotes": self.quotes,
            "citations named": self.named,
            "broken": len(self.broken),
            "gold in first quote": self.first_quote,
            "in any": self.any_quote,
        }


@dataclass(frozen=True, slots=True)
class _Within:
    """An answer door that asks everything within a filter, and what is left out besides."""

    answers: Answers
    where: PassageFilter

    async def answer(self, question: Question) -> Answer:
        left_out = question.where.except_articles
        return await self.answers.answer(
            replace(question, where=replace(self.where, except_articles=left_out))
        )


async def check_set(one: QuestionSet, door: Door) -> SetChecks:
    """Ask every topic of `one` and look at every quote and citation."""
    inner = replace(
        door,
        answers=_Within(door.answers, one.where),
        withheld=None if door.withheld is None else _Within(door.withheld, one.where),
    )
    run = await ask_topics(
        inner,
        one.collection,
        name=one.name,
        withdrawn=one.withdrawn,
        on_topic=lambda _: None,
    )
    measures = estimate_group([topic for topic in run.topics if topic.gold])
    return SetChecks(
        name=one.name,
        asked=len(run.topics),
        answers=sum(bool(topic.citations) for topic in run.topics),
        held_back=sum(bool(topic.withheld) for topic in run.topics),
        quotes=sum(len(topic.citations) + len(topic.withheld) for topic in run.topics),
        named=sum(len(each.citations) for topic in run.topics for each in topic.sentences),
        broken=[f"{one.name}: {line}" for topic in run.topics for line in broken(topic)],
        first_quote=_mean(measures["first_quote"]),
        any_quote=_mean(measures["any_quote"]),
    )


def broken(topic: AnsweredTopic) -> list[str]:
    """Each quote of `topic` that does not stand, and each citation that does not resolve."""
    resolving = {one.number for one in topic.citations if one.resolves}
    quotes = [
        f"topic {topic.id}: quote {one.number} of {one.article_id} does not stand at "
        f"{one.start}-{one.end}"
        for one in (*topic.citations, *topic.withheld)
        if not (one.is_exact and one.resolves)
    ]
    citations = [
        f"topic {topic.id}: sentence {place} names citation {number}, which does not resolve"
        for place, each in enumerate(topic.sentences, 1)
        for number in each.citations
        if number not in resolving
    ]
    return quotes + citations


def totals(sets: Sequence[SetChecks]) -> SetChecks:
    """The sums over `sets`; shares are told of each only."""
    return SetChecks(
        name="all",
        asked=sum(one.asked for one in sets),
        answers=sum(one.answers for one in sets),
        held_back=sum(one.held_back for one in sets),
        quotes=sum(one.quotes for one in sets),
        named=sum(one.named for one in sets),
        broken=[line for one in sets for line in one.broken],
    )


def _mean(found: Estimate) -> float | None:
    return round(found.mean, 4) if found.n else None
