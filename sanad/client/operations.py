"""What each call of a client sends, and how its reply is read; the same for both clients."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar
from uuid import uuid4

import httpx

from api.schemas.answers import AnswerOut
from api.schemas.articles import ArticleOut, ArticlePassagesOut, ArticlePutOut
from api.schemas.feedback import FeedbackTakenOut
from api.schemas.operations import IndexOut
from api.schemas.search import SearchOut
from core.feedback import FeedbackVerdict
from core.types import Article
from retrieval.query import Question, SearchQuery
from sanad.client.bodies import article_body, article_path, question_body, search_body
from sanad.client.replies import reads, reads_nothing, reads_text

Result = TypeVar("Result")

CitationFormat = Literal["csl-json", "bibtex", "ris"]

Place = tuple[str, int, int]
"""A quote: article id, start and end in its body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that may be sent again: `body` is sent as JSON, `content` as it is."""

    method: str
    path: str
    body: Mapping[str, object] | None = None
    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation(Generic[Result]):
    """A request, and how its response is read."""

    call: Call
    read: Callable[[httpx.Response], Result]


def asking(question: Question) -> Operation[AnswerOut]:
    """POST /v1/answers."""
    return Operation(call=_post("/v1/answers", question_body(question)), read=reads(AnswerOut))


def streaming(question: Question) -> Call:
    """POST /v1/answers, as events."""
    return _post("/v1/answers", question_body(question, stream=True))


def searching(
    query: SearchQuery, *, explain: bool, cursor: str | None = None
) -> Operation[SearchOut]:
    """POST /v1/search."""
    body = search_body(query, explain=explain, cursor=cursor)
    return Operation(call=_post("/v1/search", body), read=reads(SearchOut))


def reading(article_id: str) -> Operation[ArticleOut]:
    """GET /v1/articles/{id}."""
    return Operation(call=_get(article_path(article_id)), read=reads(ArticleOut))


def reading_passages(article_id: str) -> Operation[ArticlePassagesOut]:
    """GET /v1/articles/{id}/passages."""
    path = f"{article_path(article_id)}/passages"
    return Operation(call=_get(path), read=reads(ArticlePassagesOut))


def publishing(article: Article) -> Operation[ArticlePutOut]:
    """PUT /v1/articles/{id}."""
    call = Call(
        method="PUT",
        path=article_path(article.id),
        body=article_body(article),
    )
    return Operation(call=call, read=reads(ArticlePutOut))


def removing(article_id: str) -> Operation[None]:
    """DELETE /v1/articles/{id}, carried out once however often it is sent."""
    call = Call(method="DELETE", path=article_path(article_id), headers=_named())
    return Operation(call=call, read=reads_nothing)


def describing() -> Operation[IndexOut]:
    """GET /v1/index."""
    return Operation(call=_get("/v1/index"), read=reads(IndexOut))


def judging(
    answer_id: str, verdict: FeedbackVerdict, *, citation: int | None, comment: str | None
) -> Operation[FeedbackTakenOut]:
    """POST /v1/feedback, kept once however often it is sent."""
    told = {"answer_id": answer_id, "verdict": str(verdict)}
    given = {"citation": citation, "comment": comment}
    body = told | {name: value for name, value in given.items() if value is not None}
    return Operation(
        call=_post("/v1/feedback", body, headers=_named()), read=reads(FeedbackTakenOut)
    )


def citing(places: Iterable[Place], *, form: CitationFormat) -> Operation[str]:
    """POST /v1/citations/export."""
    citations = [
        {"article_id": article_id, "start": start, "end": end} for article_id, start, end in places
    ]
    body: dict[str, object] = {"citations": citations, "format": form}
    return Operation(call=_post("/v1/citations/export", body), read=reads_text)


def exporting() -> Call:
    """GET /v1/articles, whole articles as JSON lines."""
    return _get("/v1/articles", headers={"Accept": "application/x-ndjson"})


def _get(path: str, *, headers: Mapping[str, str] | None = None) -> Call:
    return Call(method="GET", path=path, headers=headers or {})


def _post(
    path: str, body: Mapping[str, object], *, headers: Mapping[str, str] | None = None
) -> Call:
    return Call(method="POST", path=path, body=body, headers=headers or {})


def _named() -> dict[str, str]:
    """A name for a request, by which the server knows it when it comes again."""
    return {"Idempotency-Key": uuid4().hex}
