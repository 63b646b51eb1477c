"""The nouns that a client takes, as the wire has them."""

from datetime import datetime
from urllib.parse import quote

from api.schemas.answers import AUTO
from core.errors import InputError
from core.types import Article, PassageFilter
from retrieval.query import Question, SearchQuery


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


def search_body(query: SearchQuery, *, explain: bool, cursor: str | None) -> dict[str, object]:
    """`query` on the wire; with `cursor`, the page of it that follows.

    Raises:
        InputError: its filter has a part that the wire does not know.
    """
    place: dict[str, object] = {"offset": query.offset} if cursor is None else {"cursor": cursor}
    return place | {
        "query": query.text,
        "limit": query.limit,
        "filters": filter_body(query.where),
        "mode": query.mode.value,
        "group_by": query.group_by.value,
        "explain": explain,
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
