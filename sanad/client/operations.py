"""What each call of a client sends, and how its reply is read; the same for both clients."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Literal, TypeVar
from urllib.parse import quote

import httpx

from api.schemas.answers import AUTO, AnswerOut
from api.schemas.articles import ArticleOut, ArticlePassagesOut, ArticlePutOut
from api.schemas.operations import IndexOut
from api.schemas.search import SearchOut
from core.errors import InputError
from core.types import Article, PassageFilter
from retrieval.query import Question, SearchQuery
from sanad.client.replies import reads, reads_nothing

Result = TypeVar("Result")
Body = Mapping[str, object]

FeedbackVerdict = Literal["helpful", "wrong", "missing_source"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation(Generic[Result]):
    """A request, and how its response is read.

    `may_repeat`: whether sending it twice is as good as once.
    """

    method: str
    path: str
    read: Callable[[httpx.Response], Result]
    may_repeat: bool
    body: Body | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def asking(question: Question) -> Operation[AnswerOut]:
    """POST /v1/answers."""
    return Operation(
        method="POST",
        path="/v1/answers",
        body=question_body(question),
        read=reads(AnswerOut),
        may_repeat=True,
    )


def searching(query: SearchQuery, *, explain: bool) -> Operation[SearchOut]:
    """POST /v1/search."""
    body: dict[str, object] = {
        "query": query.text,
        "limit": query.limit,
        "offset": query.offset,
        "filters": filter_body(query.where),
        "mode": query.mode.value,
        "group_by": query.group_by.value,
        "explain": explain,
    }
    return Operation(
        method="POST", path="/v1/search", body=body, read=reads(SearchOut), may_repeat=True
    )


def reading(article_id: str) -> Operation[ArticleOut]:
    """GET /v1/articles/{id}."""
    return Operation(
        method="GET", path=article_path(article_id), read=reads(ArticleOut), may_repeat=True
    )


def reading_passages(article_id: str) -> Operation[ArticlePassagesOut]:
    """GET /v1/articles/{id}/passages."""
    return Operation(
        method="GET",
        path=f"{article_path(article_id)}/passages",
        read=reads(ArticlePassagesOut),
        may_repeat=True,
    )


def publishing(article: Article) -> Operation[ArticlePutOut]:
    """PUT /v1/articles/{id}."""
    return Operation(
        method="PUT",
        path=article_path(article.id),
        body=article_body(article),
        read=reads(ArticlePutOut),
        may_repeat=True,
    )


def removing(article_id: str) -> Operation[None]:
    """DELETE /v1/articles/{id}."""
    # Once more after a broken connection, and it may be gone already: that is told as not found.
    return Operation(
        method="DELETE", path=article_path(article_id), read=reads_nothing, may_repeat=False
    )


def describing() -> Operation[IndexOut]:
    """GET /v1/index."""
    return Operation(method="GET", path="/v1/index", read=reads(IndexOut), may_repeat=True)


def judging(
    answer_id: str, verdict: FeedbackVerdict, *, citation: int | None, comment: str | None
) -> Operation[None]:
    """POST /v1/feedback."""
    body: dict[str, object] = {"answer_id": answer_id, "verdict": verdict}
    if citation is not None:
        body["citation"] = citation
    if comment is not None:
        body["comment"] = comment
    return Operation(
        method="POST", path="/v1/feedback", body=body, read=reads_nothing, may_repeat=False
    )


def question_body(question: Question, *, stream: bool = False) -> dict[str, object]:
    """`question` on the wire.

    Raises:
        InputError: its filter has a part that the wire does not know.
    """
    return {
        "question": question.text,
        "filters": filter_body(question.where),
        "answer_language": question.answer_language or AUTO,
        "max_sentences": question.max_sentences,
        "history": [{"role": turn.role, "text": turn.text} for turn in question.history],
        "stream": stream,
    }


def filter_body(where: PassageFilter) -> dict[str, object]:
    """`where` on the wire.

    Raises:
        InputError: it has a part that the wire does not know.
    """
    if where.except_languages or where.except_articles or where.visible_at is not None:
        raise InputError(
            "a server takes no filter by except_languages, except_articles or visible_at: leave "
            "them out"
        )
    given: dict[str, object] = {
        "published_from": _time(where.published_from),
        "published_to": _time(where.published_to),
        "languages": list(where.languages),
        "sources": list(where.sources),
        "sections": list(where.sections),
        "tags": list(where.tags),
        "article_ids": list(where.article_ids),
    }
    return {name: value for name, value in given.items() if value}


def article_body(article: Article) -> dict[str, object]:
    """`article` on the wire; what is unknown is left out."""
    given: dict[str, object] = {
        "id": article.id,
        "title": article.title,
        "body": article.body,
        "language": article.language,
        "url": article.url,
        "published_at": _time(article.published_at),
        "updated_at": _time(article.updated_at),
        "source": article.source,
        "authors": list(article.authors),
        "section": article.section,
        "tags": list(article.tags),
        "status": article.status.value,
        "embargoed_until": _time(article.embargoed_until),
        "corrections": [
            {"at": correction.at.isoformat(), "text": correction.text}
            for correction in article.corrections
        ],
    }
    return {name: value for name, value in given.items() if value}


def article_path(article_id: str) -> str:
    """Where an article is: its id is one segment of the path, whatever it holds."""
    return f"/v1/articles/{quote(article_id, safe='')}"


def _time(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()
