"""An example of every part of every response, made of one small archive."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel

from api.cursors import cursor_of
from api.openai.documentation import openai_examples
from api.openai.replies import ModelOut, ModelsOut
from api.schemas.article_list import ArticleListOut, ListedArticleOut
from api.schemas.articles import (
    ArticleHeaderOut,
    ArticleOut,
    ArticlePassageOut,
    ArticlePassagesOut,
    ArticlePutOut,
    CorrectionOut,
)
from api.schemas.conflicts import ConflictOut, FigureClaimOut
from api.schemas.explanation import ExplanationOut
from api.schemas.feedback import FeedbackPageOut
from api.schemas.operations import HealthOut, IndexOut, ReadyOut, RerankerOut
from api.schemas.search import SearchOut
from api.schemas.visitors import VisitorOut
from api.stream_example import ARTICLE, EVENTS, HEADER, RESULT
from core.feedback import Feedback, FeedbackPage, FeedbackVerdict
from core.identity import EmbedderIdentity, IndexIdentity, RerankerIdentity
from core.ports import Verdict
from core.serving import ServingFigures
from core.types import IndexStatus, Passage, StoredArticle
from retrieval.query import Contribution, Explanation

_STORED = StoredArticle(
    article=ARTICLE,
    content_hash="5b0c6d1f2e3a49788c1d0b9e7f6a5d4c3b2a19080706f5e4d3c2b1a09f8e7d6c",
    version=1,
    passage_count=1,
)
_PASSAGE = Passage(
    id="6c1b6f0e-6b43-5b0e-8d5a-6f2f4b0c9d11",
    article_id=ARTICLE.id,
    order=0,
    start=0,
    end=len(ARTICLE.body),
    text=ARTICLE.body,
    language="en",
    tokens=8,
)
_EXPLANATION = Explanation(
    dense_score=0.84,
    dense_rank=1,
    lexical_score=6.1,
    lexical_rank=1,
    dense_normalised=6.2,
    lexical_normalised=1.0,
    lexical_weight=1.05,
    question_language="en",
    fused_rank=1,
    contributions=(
        Contribution(name="dense", value=6.2, weight=1.0, note="rank 1, cosine 0.840"),
        Contribution(name="lexical", value=1.0, weight=1.05, note="rank 1 of the words"),
    ),
)
_IDENTITY = IndexIdentity(
    embedder=EmbedderIdentity(
        model="bundled",
        revision="0.3.0",
        dimension=384,
        pooling="mean",
        precision="int8",
        query_prompt="query: ",
        passage_prompt="passage: ",
        max_tokens=512,
    ),
    chunker="sentences-3",
    normaliser="display-2",
    lexical="terms-4",
    tokens="codes-1",
)
_RERANKER = RerankerIdentity(
    model="a-cross-encoder", revision="1f2e3d4c", precision="fp32", max_tokens=512
)
_FIGURES = ServingFigures(
    hits=120,
    misses=40,
    cached=40,
    cached_bytes=1_200_000,
    waiting=0,
    batches=35,
    batch_texts=90,
    rejected_busy=0,
)
_FEEDBACK = Feedback(
    id="7f3c9e2b5d6f4a1c8e0b2d4f6a8c0e1f",
    at=datetime(2026, 2, 4, 8, 30, tzinfo=UTC),
    answer_id="0d9f6f4e-6a52-4c1e-9d0e-3f5b6c7d8e9f",
    verdict=FeedbackVerdict.HELPFUL,
)
_CURSOR = cursor_of(b"1", given_for="feedback")
_LATER = datetime(2026, 2, 4, 8, 45, tzinfo=UTC)
_EMPTY_STATUS = IndexStatus(articles=1, passages=1, languages={"en": 1})


def _claim(figure: str, *, start: int) -> FigureClaimOut:
    return FigureClaimOut(
        article=ArticleHeaderOut.from_header(HEADER),
        figure=figure,
        start=start,
        end=start + len(figure),
        citation=1,
        also=(),
        sources=1,
    )


_WHOLE: tuple[BaseModel, ...] = (
    *(example for _, example in EVENTS),
    SearchOut(
        query_id="7d2f0a44-0f6f-4f43-9a8e-3c1f5d2b6a70",
        results=(
            RESULT.model_copy(update={"explain": ExplanationOut.from_explanation(_EXPLANATION)}),
        ),
        notices=(),
        timing_ms={"embed": 4.1, "search": 3.2},
    ),
    ConflictOut(claims=(_claim("11 days", start=10), _claim("12 days", start=42))),
    CorrectionOut(at=datetime(2026, 2, 4, tzinfo=UTC), text="It ended on Monday, not on Sunday."),
    ArticleOut.from_stored(_STORED),
    ArticlePassagesOut(article_id=ARTICLE.id, passages=(ArticlePassageOut.from_passage(_PASSAGE),)),
    ArticlePutOut.from_verdict(ARTICLE.id, Verdict.INDEXED, _STORED),
    IndexOut.from_status(
        _EMPTY_STATUS,
        identity=_IDENTITY,
        figures=_FIGURES,
        reranker=RerankerOut.from_identity(_RERANKER, depth=30),
    ),
    ArticleListOut(articles=(ListedArticleOut.from_stored(_STORED),), cursor=None),
    FeedbackPageOut.from_page(
        FeedbackPage(entries=(_FEEDBACK,), place="1", has_more=False), cursor=_CURSOR
    ),
    VisitorOut(token="eyJzIjoiYWxtYWRhciJ9.aX7Q.Zk3uYw", expires_at=_LATER, expires_in=900),
    ModelsOut(data=(ModelOut(created=1_795_824_000),)),
    *openai_examples(),
    HealthOut(),
    ReadyOut(),
)


def response_examples() -> dict[str, dict[str, Any]]:
    """JSON values by the name of the schema that each is the fullest example of."""
    found: dict[str, dict[str, Any]] = {}
    for whole in _WHOLE:
        for part in _parts(whole):
            example, name = part.model_dump(mode="json"), type(part).__name__
            if len(example) > len(found.get(name, ())):
                found[name] = example
    return found


def _parts(value: object) -> Iterator[BaseModel]:
    """Every model in `value`, itself included."""
    if isinstance(value, BaseModel):
        yield value
        for field in type(value).model_fields:
            yield from _parts(getattr(value, field))
    elif isinstance(value, tuple):
        for each in value:
            yield from _parts(each)
