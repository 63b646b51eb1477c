"""Many articles on the wire: pages of headers, and whole records that `sanad index` reads again."""

from typing import Self

from pydantic import Field

from api.schemas.articles import ArticleHeaderOut, CorrectionOut
from api.schemas.fields import ResponseModel, UtcTime
from api.schemas.shown import Count, Cursor, Ordinal, ShownLabel
from core.language import UNKNOWN
from core.types import Article, ArticleHeader, ArticleStatus, StoredArticle


class ListedArticleOut(ArticleHeaderOut):
    """An article without its body, as the index keeps it."""

    status: ArticleStatus = Field(description="Only usable articles have passages.")
    embargoed_until: UtcTime | None = Field(description="Not found before this time.")
    version: Ordinal = Field(description="Counts the changes, from 1.")
    content_hash: ShownLabel = Field(description="Changes with any field.")
    passages: Count = Field(description="How many passages it has.")

    @classmethod
    def from_stored(cls, stored: StoredArticle) -> Self:
        """The wire form of `stored`."""
        article = stored.article
        return cls(
            **dict(ArticleHeaderOut.from_header(ArticleHeader.of(article))),
            status=article.status,
            embargoed_until=article.embargoed_until,
            version=stored.version,
            content_hash=stored.content_hash,
            passages=stored.passage_count,
        )


class ArticleListOut(ResponseModel):
    """A page of the articles that the index keeps."""

    articles: tuple[ListedArticleOut, ...] = Field(
        description="In an order that looks random and never changes."
    )
    cursor: Cursor | None = Field(description="Asks for the next page; null at the end.")


class ArticleRecordOut(ResponseModel):
    """A whole article, as POST /v1/articles/batch and `sanad index` read it again."""

    id: str
    title: str
    body: str
    language: str | None
    url: str | None
    published_at: UtcTime | None
    updated_at: UtcTime | None
    source: str | None
    authors: tuple[str, ...]
    section: str | None
    tags: tuple[str, ...]
    status: ArticleStatus
    embargoed_until: UtcTime | None
    corrections: tuple[CorrectionOut, ...]

    @classmethod
    def from_article(cls, article: Article) -> Self:
        """The record of `article`."""
        return cls(
            id=article.id,
            title=article.title,
            body=article.body,
            language=None if article.language == UNKNOWN else article.language,
            url=article.url,
            published_at=article.published_at,
            updated_at=article.updated_at,
            source=article.source,
            authors=article.authors,
            section=article.section,
            tags=article.tags,
            status=article.status,
            embargoed_until=article.embargoed_until,
            corrections=tuple(map(CorrectionOut.from_correction, article.corrections)),
        )

    def line(self) -> bytes:
        """One line of JSON in UTF-8, without what is unknown."""
        return self.model_dump_json(exclude_none=True).encode("utf-8") + b"\n"
