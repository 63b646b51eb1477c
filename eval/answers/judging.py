"""Kept answers judged again by another test of support, and how far the two agree."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from core.types import ArticleHeader, Citation, Support
from eval.agreement import Agreement, measure_agreement
from eval.answers.citation_support import SupportTest, check_cited
from eval.answers.measures import estimate_group
from eval.answers.runs import AnsweredTopic, AnswerRun, CheckedCitation, CheckedSentence
from eval.grades import GRADES, ItemKey
from eval.intervals import Estimate

NAMES = ("citation_recall", "citation_precision")

_SUPPORTED, _UNSUPPORTED = GRADES[-1].value, GRADES[0].value


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """NAMES by our test and by the judge over the same answers, and their agreement.

    `agreement` is over the sentences that are no quotes; its kappa of relevant or not is that of
    supported or not.
    """

    answers: int
    ours: dict[str, Estimate]
    judge: dict[str, Estimate]
    agreement: Agreement
    disagreements: tuple[tuple[str, CheckedSentence], ...]


async def judge_answers(
    run: AnswerRun, judge: SupportTest, *, most: int | None, on_topic: Callable[[], None]
) -> Judged:
    """Have `judge` look at every sentence of the first `most` answers with words of their own.

    Disagreements are sentences by topic id, as we judged them.
    """
    chosen = [topic for topic in run.topics if own_sentences(topic)][:most]
    judged = []
    for topic in chosen:
        sentences = [await _judge(topic, sentence, judge) for sentence in topic.sentences]
        judged.append(replace(topic, sentences=tuple(sentences)))
        on_topic()
    ours, theirs = _grades(chosen), _grades(judged)
    kept = {_key(topic, place): one for topic in chosen for place, one in own_sentences(topic)}
    return Judged(
        answers=len(chosen),
        ours={name: estimate_group(chosen)[name] for name in NAMES},
        judge={name: estimate_group(judged)[name] for name in NAMES},
        agreement=measure_agreement(ours, theirs, names=("our test", "the judge")),
        disagreements=tuple(
            (key.topic_id, one) for key, one in kept.items() if ours[key] != theirs[key]
        ),
    )


def own_sentences(topic: AnsweredTopic) -> list[tuple[int, CheckedSentence]]:
    """The sentences of `topic` that are no quotes, each with its place."""
    return [
        (place, one)
        for place, one in enumerate(topic.sentences)
        if one.support != Support.QUOTED.value
    ]


async def _judge(
    topic: AnsweredTopic, sentence: CheckedSentence, judge: SupportTest
) -> CheckedSentence:
    cited = [_citation(one) for one in topic.citations if one.number in sentence.citations]
    found = await check_cited(sentence.text, cited, test=judge, language=topic.own_language)
    return replace(sentence, is_supported=found.is_supported, relevant=found.relevant)


def _citation(one: CheckedCitation) -> Citation:
    return Citation(
        number=one.number,
        header=ArticleHeader(id=one.article_id, title=one.title, language=one.language),
        quote=one.quote,
        start=one.start,
        end=one.end,
        prefix="",
        suffix="",
        deep_link=None,
    )


def _grades(topics: Sequence[AnsweredTopic]) -> dict[ItemKey, int]:
    return {
        _key(topic, place): _SUPPORTED if one.is_supported else _UNSUPPORTED
        for topic in topics
        for place, one in own_sentences(topic)
    }


def _key(topic: AnsweredTopic, place: int) -> ItemKey:
    return ItemKey(topic_id=topic.id, article_id="", passage_id=str(place))
