"""The article schema: what a JSON object or front matter must look like to become an Article.

| key | other names | value |
|---|---|---|
| `id` | `_id` | text of 1 to 200 characters, or a whole number; \
JSON lines and arrays need it or `url` |
| `body` | `text` | the text, 1 to SANAD_MAX_ARTICLE_CHARS characters; required |
| `title` | | at most 1,000 characters; without one it is taken from the text |
| `language` | `lang` | tag such as `ar` or `ar-EG` (the region is dropped); \
without it, or with `auto`, it is identified |
| `url` | | http or https address, at most 2,000 characters |
| `published_at`, `updated_at` | `date` for the first | ISO 8601 date or time, in UTC unless it \
names a zone |
| `source`, `section` | `category` for the second | text, at most 200 characters |
| `authors` | `author` | list of texts, or one text; at most 100 of 200 characters |
| `tags` | | list of texts; at most 100 of 200 characters |
| `status` | | `usable` (default), `withheld` or `canceled` |
| `embargoed_until` | | ISO 8601 time until which the article is not shown |
| `corrections` | | list of `{"at": time, "text": …}`; at most 100 of 5,000 characters |

Other keys are ignored and named in the report. null means unknown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import ArticleRejected
from core.ids import derived_article_id
from core.language import identify_language
from core.types import Article, ArticleStatus, Correction
from indexing.display import display_text, has_visible_text, shown
from indexing.fields import (
    MAX_ITEMS,
    Address,
    ArticleId,
    Authors,
    CorrectionText,
    LanguageTag,
    Line,
    Lines,
    Time,
    Title,
)
from indexing.titles import derived_title
from indexing.violations import explain

OTHER_NAMES = {
    "_id": "id",
    "text": "body",
    "lang": "language",
    "date": "published_at",
    "category": "section",
    "author": "authors",
}


class CorrectionRecord(BaseModel):
    """What was corrected, and when."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    at: Time
    text: CorrectionText


class ArticleRecord(BaseModel):
    """One article as it comes from a file, under the canonical keys; see the module."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    id: ArticleId
    body: str
    title: Title = ""
    language: LanguageTag = None
    url: Address | None = None
    published_at: Time | None = None
    updated_at: Time | None = None
    source: Line | None = None
    authors: Authors = ()
    section: Line | None = None
    tags: Lines = ()
    status: Annotated[ArticleStatus, Field(strict=False)] = ArticleStatus.USABLE
    embargoed_until: Time | None = None
    corrections: Annotated[list[CorrectionRecord], Field(max_length=MAX_ITEMS)] = Field(
        default_factory=list
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedRecord:
    """An article, and the keys of its record that were ignored."""

    article: Article
    ignored_keys: tuple[str, ...]


def parse_record(
    record: object, *, max_body_chars: int, fallback_id: str | None = None
) -> ParsedRecord:
    """The article that `record` describes, as display text, with title and language filled in.

    `fallback_id` is the id of a record without one; without either, its address gives it.

    Raises:
        ArticleRejected: names each wrong field and what to write instead.
    """
    if not isinstance(record, Mapping):
        raise ArticleRejected(f"is {shown(record)}; an article is a JSON object")
    values, ignored = _canonical(record)
    if "id" not in values:
        values["id"] = fallback_id if fallback_id is not None else _id_of_url(values.get("url"))
    try:
        parsed = ArticleRecord.model_validate(values)
    except ValidationError as exc:
        raise ArticleRejected(explain(exc)) from exc
    return ParsedRecord(article=_article(parsed, max_body_chars), ignored_keys=ignored)


def _id_of_url(url: object) -> str:
    if not isinstance(url, str):
        raise ArticleRejected("id is missing: give each article an id, or at least a url")
    return derived_article_id(display_text(url, field="url"))


def _canonical(record: Mapping[object, object]) -> tuple[dict[str, object], tuple[str, ...]]:
    """Values under canonical keys without nulls, and the keys that are ignored.

    A canonical key wins over another name for it.
    """
    values: dict[str, object] = {}
    ignored: list[str] = []
    for key, value in record.items():
        if key in ArticleRecord.model_fields:
            values[str(key)] = value
        elif key not in OTHER_NAMES:
            ignored.append(str(key))
    for other, canonical in OTHER_NAMES.items():
        if other not in record:
            continue
        if values.get(canonical) is None:
            values[canonical] = record[other]
        else:
            ignored.append(other)
    kept = {key: value for key, value in values.items() if value is not None or key == "body"}
    return kept, tuple(ignored)


def _article(record: ArticleRecord, max_body_chars: int) -> Article:
    body = display_text(record.body, field="body")
    if not has_visible_text(body):
        raise ArticleRejected("body has no visible text")
    if len(body) > max_body_chars:
        raise ArticleRejected(
            f"body has {len(body):,} characters; at most {max_body_chars:,} are allowed: "
            "split the article or raise SANAD_MAX_ARTICLE_CHARS"
        )
    title = record.title if has_visible_text(record.title) else derived_title(body)
    return Article(
        id=record.id,
        title=title,
        body=body,
        language=record.language or identify_language(f"{title}\n{body}"),
        url=record.url,
        published_at=record.published_at,
        updated_at=record.updated_at,
        source=record.source or None,
        authors=record.authors,
        section=record.section or None,
        tags=record.tags,
        status=record.status,
        embargoed_until=record.embargoed_until,
        corrections=tuple(Correction(at=each.at, text=each.text) for each in record.corrections),
    )
