"""Articles on the wire: what a publisher sends, and what the index says it holds."""

from typing import Self

from pydantic import ConfigDict, Field, JsonValue

from api.schemas.fields import (
    Body,
    ExactTime,
    Id,
    Label,
    Language,
    Note,
    RequestModel,
    ResponseModel,
    StartTime,
    Title,
    Url,
    UtcTime,
)
from api.schemas.shown import (
    Count,
    Offset,
    Ordinal,
    ShownId,
    ShownLabel,
    ShownLanguage,
    ShownNote,
    ShownText,
    ShownTitle,
    ShownUrl,
)
from core.errors import ArticleRejected
from core.ports import Verdict
from core.types import Article, ArticleHeader, ArticleStatus, Correction, Passage, StoredArticle

MAX_LIST_ITEMS = 100

ARTICLE_EXAMPLE: dict[str, JsonValue] = {
    "title": "موسكو وبيونغ يانغ توقعان معاهدة شراكة استراتيجية شاملة",
    "body": "وقّع الرئيسان في بيونغ يانغ معاهدة شراكة استراتيجية شاملة.\n"
    "وتنص المعاهدة على المساعدة المتبادلة إذا تعرض أحد الطرفين لعدوان.",
    "language": "ar",
    "url": "https://almadar.example/world/2024-06-19-01",
    "published_at": "2024-06-19T14:05:00+03:00",
    "source": "المدار",
    "section": "world",
    "tags": ["diplomacy"],
}


class CorrectionIn(RequestModel):
    """What was corrected, and when."""

    at: StartTime = Field(
        description="When; a date alone means its first moment in UTC.",
        examples=["2024-06-21T09:00:00Z"],
    )
    text: Note = Field(
        description="What, in the publisher's words.",
        examples=["The treaty was signed on 19 June, not on 18 June."],
    )


class ArticleIn(RequestModel):
    """An article as published. What is unknown is left out."""

    model_config = ConfigDict(json_schema_extra={"examples": [ARTICLE_EXAMPLE]})

    id: Id | None = Field(
        default=None, description="May repeat the id of the path.", examples=["almadar-2024-06-19"]
    )
    title: Title = Field(
        description="Headline, one line.", examples=["موسكو وبيونغ يانغ توقعان معاهدة"]
    )
    body: Body = Field(
        description="The text as readers see it: quotes are given as offsets into it. "
        "Line ends are \\n. The server's own limit is SANAD_MAX_ARTICLE_CHARS.",
        examples=["وقّع الرئيسان معاهدة شراكة استراتيجية شاملة."],
    )
    language: Language | None = Field(
        default=None,
        description="BCP 47 tag, of which the primary subtag is kept; identified if left out.",
        examples=["ar"],
    )
    url: Url | None = Field(
        default=None,
        description="Where readers find it.",
        examples=["https://almadar.example/world/1"],
    )
    published_at: StartTime | None = Field(
        default=None,
        description="RFC 3339 with a zone; a date alone means its first moment in UTC.",
        examples=["2024-06-19T14:05:00+03:00"],
    )
    updated_at: StartTime | None = Field(
        default=None, description="As published_at.", examples=["2024-06-20"]
    )
    source: Label | None = Field(default=None, description="Publisher.", examples=["المدار"])
    authors: tuple[Label, ...] = Field(
        default=(), max_length=MAX_LIST_ITEMS, description="Names.", examples=[["ليلى حداد"]]
    )
    section: Label | None = Field(default=None, description="Desk.", examples=["world"])
    tags: tuple[Label, ...] = Field(
        default=(), max_length=MAX_LIST_ITEMS, description="Topics.", examples=[["diplomacy"]]
    )
    status: ArticleStatus = Field(
        default=ArticleStatus.USABLE,
        description="IPTC pubstatus: withheld and canceled articles are kept, never found.",
        examples=["usable"],
    )
    embargoed_until: ExactTime | None = Field(
        default=None,
        description="Not found before this time; RFC 3339 with a zone.",
        examples=["2024-06-20T06:00:00Z"],
    )
    corrections: tuple[CorrectionIn, ...] = Field(
        default=(),
        max_length=MAX_LIST_ITEMS,
        description="Corrections made so far; readers are told of the latest.",
        examples=[[]],
    )

    def to_article(self, article_id: str, *, max_body_chars: int) -> Article:
        """The domain's article under the id of the path.

        Raises:
            ArticleRejected: the body is too long, or it names another id.
        """
        if self.id is not None and self.id != article_id:
            raise ArticleRejected(
                f"the path names article {article_id!r}, the body {self.id!r}: make them equal"
            )
        if len(self.body) > max_body_chars:
            raise ArticleRejected(
                f"the body has {len(self.body)} characters; at most {max_body_chars} are allowed "
                "(SANAD_MAX_ARTICLE_CHARS)"
            )
        return Article(
            id=article_id,
            title=self.title,
            body=self.body,
            language=self._known_language(),
            url=self.url,
            published_at=self.published_at,
            updated_at=self.updated_at,
            source=self.source,
            authors=self.authors,
            section=self.section,
            tags=self.tags,
            status=self.status,
            embargoed_until=self.embargoed_until,
            corrections=tuple(
                Correction(at=correction.at, text=correction.text)
                for correction in self.corrections
            ),
        )

    def _known_language(self) -> str:
        # Here and not above: programs that only send and read articles identify no language.
        from core.language import UNKNOWN, identify_language  # noqa: PLC0415

        if self.language is None or self.language == UNKNOWN:
            return identify_language(f"{self.title}\n{self.body}")
        return self.language


class CorrectionOut(ResponseModel):
    """What was corrected, and when."""

    at: UtcTime = Field(description="When.")
    text: ShownNote = Field(description="What.")

    @classmethod
    def from_correction(cls, correction: Correction) -> Self:
        """The wire form of `correction`."""
        return cls(at=correction.at, text=correction.text)


class ArticleHeaderOut(ResponseModel):
    """An article without its body; null is unknown."""

    id: ShownId = Field(description="The article's id.")
    title: ShownTitle = Field(description="Headline.")
    language: ShownLanguage = Field(description="Primary subtag of BCP 47; und is undetermined.")
    url: ShownUrl | None = Field(description="Where readers find it.")
    published_at: UtcTime | None = Field(description="In UTC.")
    updated_at: UtcTime | None = Field(description="In UTC.")
    source: ShownLabel | None = Field(description="Publisher.")
    authors: tuple[ShownLabel, ...] = Field(max_length=MAX_LIST_ITEMS, description="Names.")
    section: ShownLabel | None = Field(description="Desk.")
    tags: tuple[ShownLabel, ...] = Field(max_length=MAX_LIST_ITEMS, description="Topics.")
    corrections: tuple[CorrectionOut, ...] = Field(
        max_length=MAX_LIST_ITEMS, description="Corrections made so far."
    )

    @classmethod
    def from_header(cls, header: ArticleHeader) -> Self:
        """The wire form of `header`."""
        return cls(
            id=header.id,
            title=header.title,
            language=header.language,
            url=header.url,
            published_at=header.published_at,
            updated_at=header.updated_at,
            source=header.source,
            authors=header.authors,
            section=header.section,
            tags=header.tags,
            corrections=tuple(map(CorrectionOut.from_correction, header.corrections)),
        )


class ArticleOut(ArticleHeaderOut):
    """An article as the index keeps it."""

    body: ShownText = Field(description="The display text: every offset points into it.")
    status: ArticleStatus = Field(description="Only usable articles have passages.")
    embargoed_until: UtcTime | None = Field(description="Not found before this time.")
    version: Ordinal = Field(description="Counts the changes, from 1.")
    content_hash: ShownLabel = Field(description="Changes with any field.")
    passages: Count = Field(description="How many passages it has.")

    @classmethod
    def from_stored(cls, stored: StoredArticle) -> Self:
        """The wire form of `stored`."""
        article = stored.article
        header = ArticleHeaderOut.from_header(ArticleHeader.of(article))
        return cls(
            **dict(header),
            body=article.body,
            status=article.status,
            embargoed_until=article.embargoed_until,
            version=stored.version,
            content_hash=stored.content_hash,
            passages=stored.passage_count,
        )


class ArticlePutOut(ResponseModel):
    """What a PUT did."""

    id: ShownId = Field(description="The article's id.")
    verdict: Verdict = Field(description="indexed, updated or unchanged.")
    version: Ordinal | None = Field(description="Version in the index; null if it is gone again.")
    passages: Count | None = Field(description="How many passages it has now.")

    @classmethod
    def from_verdict(cls, article_id: str, verdict: Verdict, stored: StoredArticle | None) -> Self:
        """The wire form of `verdict` with what the index holds afterwards."""
        return cls(
            id=article_id,
            verdict=verdict,
            version=None if stored is None else stored.version,
            passages=None if stored is None else stored.passage_count,
        )


class ArticlePassageOut(ResponseModel):
    """A passage of an article: `text` is `body[start:end]`."""

    id: ShownId = Field(description="The passage's id.")
    order: Count = Field(description="Place in the article, from 0.")
    text: ShownText = Field(description="The passage.")
    start: Offset = Field(description="First code point in the body.")
    end: Offset = Field(description="One after the last.")
    heading: ShownText | None = Field(description="The heading that it stands under.")
    language: ShownLanguage = Field(description="Primary subtag of BCP 47.")
    tokens: Count = Field(description="Length in tokens of the embedder.")

    @classmethod
    def from_passage(cls, passage: Passage) -> Self:
        """The wire form of `passage`."""
        return cls(
            id=passage.id,
            order=passage.order,
            text=passage.text,
            start=passage.start,
            end=passage.end,
            heading=passage.heading,
            language=passage.language,
            tokens=passage.tokens,
        )


class ArticlePassagesOut(ResponseModel):
    """All passages of an article, in order."""

    article_id: ShownId = Field(description="The article's id.")
    passages: tuple[ArticlePassageOut, ...] = Field(description="Empty if it is not usable.")
