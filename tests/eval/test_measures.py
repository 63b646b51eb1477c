"""The suite's numbers, by hand."""

import json

import pytest

from core.types import Answer, AnswerStatus, ArticleHeader, Citation
from eval.answers import measure_answers, overlaps
from eval.collection import Collection, GoldQuote, Topic
from eval.intervals import estimate
from eval.report import as_dict
from retrieval.query import Question

HEADER = ArticleHeader(id="a", title="t", language="ar")


def topic(key: str, *, answerable: bool = True) -> Topic:
    gold = (GoldQuote(article_id="a", quote="وقعت المعاهدة"),) if answerable else ()
    return Topic(
        id=key,
        text=key,
        language="en",
        answerable=answerable,
        qrels={"a": 1} if answerable else {},
        gold=gold,
    )


def collection(*topics: Topic) -> Collection:
    return Collection(name="c", corpus=(), topics=topics, article_languages={"a": "ar", "b": "en"})


class Quoting:
    """An answerer that gives each question the quotes it was told to."""

    def __init__(self, quotes: dict[str, list[str]]) -> None:
        self._quotes = quotes

    async def answer(self, question: Question) -> Answer:
        quotes = self._quotes[question.text]
        citations = tuple(
            Citation(
                number=number,
                header=HEADER,
                quote=quote,
                start=0,
                end=len(quote),
                prefix="",
                suffix="",
                deep_link=None,
            )
            for number, quote in enumerate(quotes, start=1)
        )
        return Answer(
            id="i",
            status=AnswerStatus.ANSWERED if quotes else AnswerStatus.ABSTAINED,
            mode="extractive",
            text="",
            language="ar",
            sentences=(),
            citations=citations,
            confidence=0.5,
            newest_evidence=None,
            notices=(),
            timing_ms={},
        )


@pytest.mark.anyio
async def test_answer_measures_by_hand() -> None:
    whole = "وقعت المعاهدة في بيونغ يانغ"
    report = await measure_answers(
        Quoting({"q1": [whole], "q2": ["شيء", whole], "q3": [], "u1": [], "u2": ["شيء"]}),
        collection(
            topic("q1"),
            topic("q2"),
            topic("q3"),
            topic("u1", answerable=False),
            topic("u2", answerable=False),
        ),
        on_topic=lambda _: None,
    )
    measures = report.by_pair["all"]
    assert measures["first_quote"].mean == pytest.approx(1 / 3)
    assert measures["any_quote"].mean == pytest.approx(2 / 3)
    assert measures["abstention_precision"].mean == pytest.approx(1 / 2)
    assert measures["abstention_recall"].mean == pytest.approx(1 / 2)
    assert json.dumps(as_dict(report, per_topic=True), allow_nan=False)


def test_a_quote_overlaps_if_either_holds_the_other_in_the_same_article() -> None:
    quoted = Citation(
        number=1, header=HEADER, quote="ب ج", start=0, end=3, prefix="", suffix="", deep_link=None
    )
    assert overlaps(quoted, [GoldQuote(article_id="a", quote="أ ب ج د")])
    assert overlaps(quoted, [GoldQuote(article_id="a", quote="ج")])
    assert not overlaps(quoted, [GoldQuote(article_id="b", quote="ب ج")])
    assert not overlaps(quoted, [GoldQuote(article_id="a", quote="د")])


def test_an_interval_holds_the_mean_and_repeats() -> None:
    values = [0.0, 1.0, 1.0, 0.0, 1.0]
    found = estimate(values)
    assert found.mean == pytest.approx(0.6)
    assert found.low <= found.mean <= found.high
    assert estimate(values) == found
    assert estimate([]).n == 0
