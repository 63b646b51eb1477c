"""The one wall between our types and the payloads that a store keeps.

A point is a passage (with vectors) or an article (without). A passage carries the header of
its article, so that a hit needs no second read. Unknown values are left out, never null:
a filter then sees a missing field. Times are RFC 3339 in UTC.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from core.errors import StoreRejected
from core.types import (
    Article,
    ArticleHeader,
    ArticleStatus,
    Correction,
    EmbeddedPassage,
    FoundPassage,
    Passage,
    StoredArticle,
)

LAYOUT = 2
"""Version of these payloads; kept beside the index identity."""

Payload = dict[str, object]

KIND = "kind"
PASSAGE = "passage"
ARTICLE = "article"

ARTICLE_ID = "article_id"
LANGUAGE = "language"
SOURCE = "source"
SECTION = "section"
TAGS = "tags"
PUBLISHED_AT = "published_at"
EMBARGOED_UNTIL = "embargoed_until"

CONTENT_HASH = "content_hash"
PENDING = "pending"
"""Set on an article while its passages are being replaced; writing the article drops it."""

TOKEN_CODES = "token_codes"
"""Base64: payloads are JSON."""

PASSAGE_KEYS = (
    ARTICLE_ID,
    "order",
    "start",
    "end",
    "text",
    LANGUAGE,
    "tokens",
    "heading",
    "article_language",
    "title",
    "url",
    PUBLISHED_AT,
    "updated_at",
    SOURCE,
    "authors",
    SECTION,
    TAGS,
    "corrections",
)
"""What a passage and its header are read from: all but the codes, which are the most."""

KEYWORD_KEYS = (KIND, ARTICLE_ID, LANGUAGE, SOURCE, SECTION, TAGS)
DATETIME_KEYS = (PUBLISHED_AT, EMBARGOED_UNTIL)
"""Payload keys that filters use; a store indexes them before the first write."""


def passage_payload(embedded: EmbeddedPassage, article: Article) -> Payload:
    """What is kept of a passage and of the article it stands in."""
    passage = embedded.passage
    return _without_unknown({
        KIND: PASSAGE,
        "order": passage.order,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        LANGUAGE: passage.language,
        "tokens": passage.tokens,
        "heading": passage.heading,
        "article_language": article.language,
        EMBARGOED_UNTIL: _rfc3339(article.embargoed_until),
        TOKEN_CODES: b64encode(embedded.tokens).decode("ascii") or None,
        **_shared_fields(article),
    })


def article_payload(stored: StoredArticle) -> Payload:
    """The whole article, body included."""
    article = stored.article
    return _without_unknown({
        KIND: ARTICLE,
        "body": article.body,
        LANGUAGE: article.language,
        "status": article.status.value,
        EMBARGOED_UNTIL: _rfc3339(article.embargoed_until),
        CONTENT_HASH: stored.content_hash,
        "version": stored.version,
        "passage_count": stored.passage_count,
        **_shared_fields(article),
    })


def passage_of(point_id: str, payload: Mapping[str, object]) -> Passage:
    """The passage kept under `point_id`.

    Raises:
        StoreRejected: the payload is not one that `passage_payload` wrote.
    """
    with _reading(point_id):
        return Passage(
            id=point_id,
            article_id=_text(payload[ARTICLE_ID]),
            order=_whole(payload["order"]),
            start=_whole(payload["start"]),
            end=_whole(payload["end"]),
            text=_text(payload["text"]),
            language=_text(payload[LANGUAGE]),
            tokens=_whole(payload["tokens"]),
            heading=_optional_text(payload.get("heading")),
        )


def found_passage_of(point_id: str, payload: Mapping[str, object]) -> FoundPassage:
    """The passage kept under `point_id` with its article's header.

    Raises:
        StoreRejected: the payload is not one that `passage_payload` wrote.
    """
    with _reading(point_id):
        header = ArticleHeader(
            id=_text(payload[ARTICLE_ID]),
            title=_text(payload["title"]),
            language=_text(payload["article_language"]),
            url=_optional_text(payload.get("url")),
            published_at=_time(payload.get(PUBLISHED_AT)),
            updated_at=_time(payload.get("updated_at")),
            source=_optional_text(payload.get(SOURCE)),
            authors=_texts(payload.get("authors")),
            section=_optional_text(payload.get(SECTION)),
            tags=_texts(payload.get(TAGS)),
            corrections=_corrections(payload.get("corrections")),
        )
    return FoundPassage(passage=passage_of(point_id, payload), header=header)


def token_codes_of(point_id: str, payload: Mapping[str, object]) -> bytes:
    """The codes of the token vectors kept under `point_id`; empty if there are none.

    Raises:
        StoreRejected: the payload is not one that `passage_payload` wrote.
    """
    with _reading(point_id):
        return b64decode(_optional_text(payload.get(TOKEN_CODES)) or "", validate=True)


def stored_article_of(point_id: str, payload: Mapping[str, object]) -> StoredArticle:
    """The article kept under `point_id`.

    Raises:
        StoreRejected: the payload is not one that `article_payload` wrote.
    """
    with _reading(point_id):
        article = Article(
            id=_text(payload[ARTICLE_ID]),
            title=_text(payload["title"]),
            body=_text(payload["body"]),
            language=_text(payload[LANGUAGE]),
            url=_optional_text(payload.get("url")),
            published_at=_time(payload.get(PUBLISHED_AT)),
            updated_at=_time(payload.get("updated_at")),
            source=_optional_text(payload.get(SOURCE)),
            authors=_texts(payload.get("authors")),
            section=_optional_text(payload.get(SECTION)),
            tags=_texts(payload.get(TAGS)),
            status=ArticleStatus(_text(payload["status"])),
            embargoed_until=_time(payload.get(EMBARGOED_UNTIL)),
            corrections=_corrections(payload.get("corrections")),
        )
        return StoredArticle(
            article=article,
            content_hash=_text(payload[CONTENT_HASH]),
            version=_whole(payload["version"]),
            passage_count=_whole(payload["passage_count"]),
        )


def complete_hash_of(point_id: str, payload: Mapping[str, object]) -> tuple[str, str] | None:
    """(article id, content hash), or None while the article's passages are being replaced.

    Raises:
        StoreRejected: the payload is not one that `article_payload` wrote.
    """
    if payload.get(PENDING) is True:
        return None
    with _reading(point_id):
        return _text(payload[ARTICLE_ID]), _text(payload[CONTENT_HASH])


def _shared_fields(article: Article) -> Payload:
    return {
        ARTICLE_ID: article.id,
        "title": article.title,
        "url": article.url,
        PUBLISHED_AT: _rfc3339(article.published_at),
        "updated_at": _rfc3339(article.updated_at),
        SOURCE: article.source,
        "authors": list(article.authors),
        SECTION: article.section,
        TAGS: list(article.tags),
        "corrections": [
            {"at": _rfc3339(correction.at), "text": correction.text}
            for correction in article.corrections
        ],
    }


def _without_unknown(payload: Payload) -> Payload:
    return {key: value for key, value in payload.items() if value is not None and value != []}


def _rfc3339(value: datetime | None) -> str | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise StoreRejected(f"time {value.isoformat()} has no zone: give it one before storing")
    try:
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    except OverflowError as exc:
        raise StoreRejected(f"time {value.isoformat()} is outside the years 1 to 9999") from exc


@contextmanager
def _reading(point_id: str) -> Iterator[None]:
    try:
        yield
    except (KeyError, TypeError, ValueError) as exc:
        raise StoreRejected(
            f"point {point_id} carries a payload that this version cannot read ({exc}): "
            "run `sanad reindex`"
        ) from exc


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected text, found {type(value).__name__}")
    return value


def _optional_text(value: object) -> str | None:
    return None if value is None else _text(value)


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"expected a whole number, found {type(value).__name__}")
    return value


def _items(value: object) -> Sequence[object]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise TypeError(f"expected a list, found {type(value).__name__}")
    return value


def _texts(value: object) -> tuple[str, ...]:
    return tuple(_text(item) for item in _items(value))


def _time(value: object) -> datetime | None:
    return None if value is None else datetime.fromisoformat(_text(value))


def _corrections(value: object) -> tuple[Correction, ...]:
    found = []
    for item in _items(value):
        if not isinstance(item, Mapping):
            raise TypeError(f"expected a correction, found {type(item).__name__}")
        found.append(
            Correction(at=datetime.fromisoformat(_text(item["at"])), text=_text(item["text"]))
        )
    return tuple(found)
