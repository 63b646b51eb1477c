"""`sanad ask` at a terminal: who says the same, and figures that differ."""

from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO

from rich.console import Console

from api.schemas.answers import AnswerOut
from core.types import Answer, AnswerStatus, Article
from retrieval.citations import cite
from sanad.terminal import print_answer

NOTICE = "تختلف المصادر في هذا الرقم، والأحدث أولاً: ١٥ (المدار، 2025-06-11); 12 (Faro، 2025-06-10)"


def printed(answer: Answer) -> str:
    out = StringIO()
    print_answer(AnswerOut.from_answer(answer), Console(file=out, width=80))
    return out.getvalue()


def test_agreeing_articles_stand_below_the_source_with_their_outlet_and_date() -> None:
    article = Article(
        id="a",
        title="غرق عبّارة",
        body="لقي ١٥ شخصاً مصرعهم.",
        language="ar",
        source="المدار",
        published_at=datetime(2025, 6, 11, tzinfo=UTC),
    )
    other = replace(article, id="b", title="Ferry sinks", source="Faro\u202e", language="en")
    also = (cite(other, number=9, start=0, end=1).header,)
    citation = cite(article, number=1, start=0, end=len(article.body), also=also, sources=2)
    answer = Answer(
        id="1",
        status=AnswerStatus.ANSWERED,
        mode="extractive",
        text="…",
        language="ar",
        sentences=(),
        citations=(citation, replace(citation, number=2, also=(), sources=1)),
        confidence=0.9,
        newest_evidence=None,
        notices=(NOTICE,),
        timing_ms={},
    )
    shown = printed(answer)
    assert NOTICE in shown
    assert shown.count("= ") == 1
    assert "    = Ferry sinks  (Faro\u2060 · 2025-06-11 · en)" in shown
    assert shown.count("2 independent sources") == 1
