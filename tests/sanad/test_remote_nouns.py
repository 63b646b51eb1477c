"""What a server tells becomes the same nouns as in process: nothing of an answer is lost."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from api.schemas.answers import AnswerOut
from api.schemas.articles import ArticleOut
from core.conflicts import Conflict, FigureClaim
from core.periods import Period, PeriodUse
from core.types import (
    Answer,
    AnswerSentence,
    AnswerStatus,
    Article,
    ArticleHeader,
    ArticleStatus,
    Citation,
    StoredArticle,
    Support,
)
from retrieval.citations import cite
from sanad.remote.nouns import answer_of, stored_article_of
from tests.api.news import ABSTENTION, ARABIC, ARTICLES, MIXED

QUOTED: Citation = replace(
    cite(ARABIC, number=1, start=0, end=20),
    also=(ArticleHeader.of(MIXED),),
    sources=2,
    answer_spans=((0, 4), (6, 9)),
)
ANSWERED = Answer(
    id="answer-3",
    status=AnswerStatus.PARTIAL,
    mode="generated",
    text=f"{QUOTED.quote} [1]",
    language="ar",
    sentences=(AnswerSentence(start=0, end=20, citations=(1,), support=Support.SUPPORTED),),
    citations=(QUOTED,),
    confidence=0.5,
    newest_evidence=datetime(2024, 6, 19, 11, 5, tzinfo=UTC),
    notices=("تنبيه 🌍",),
    timing_ms={"embed": 1.5},
    withheld=3,
    query="معاهدة؟",
    periods=(
        Period(
            text="في 2024",
            start=2,
            end=9,
            first=date(2024, 1, 1),
            last=None,
            use=PeriodUse.SINCE,
        ),
    ),
    conflicts=(
        Conflict(
            claims=(
                FigureClaim(
                    header=ArticleHeader.of(ARABIC), figure="200", start=61, end=64, citation=1
                ),
                FigureClaim(
                    header=ArticleHeader.of(MIXED),
                    figure="٢١٠",
                    start=1,
                    end=4,
                    also=(ArticleHeader.of(ARABIC),),
                    sources=2,
                ),
            )
        ),
    ),
)


@pytest.mark.parametrize("answer", [ANSWERED, ABSTENTION], ids=["answered", "abstained"])
def test_an_answer_survives_the_wire(answer: Answer) -> None:
    told = AnswerOut.model_validate_json(AnswerOut.from_answer(answer).model_dump_json())
    found = answer_of(told)
    assert AnswerOut.from_answer(found) == told
    # Of the article of a citation the wire tells what the citation shows.
    assert replace(found, citations=()) == replace(answer, citations=())
    for back, citation in zip(found.citations, answer.citations, strict=True):
        assert replace(back, header=citation.header) == citation


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.id)
def test_an_article_survives_the_wire(article: Article) -> None:
    stored = StoredArticle(
        article=replace(
            article,
            status=ArticleStatus.WITHHELD,
            embargoed_until=datetime(2030, 1, 1, tzinfo=UTC),
        ),
        content_hash="abc",
        version=7,
        passage_count=0,
    )
    told = ArticleOut.model_validate_json(ArticleOut.from_stored(stored).model_dump_json())
    assert stored_article_of(told) == stored
