"""Search on the wire: filters, request, results."""

from dataclasses import replace
from typing import Annotated, Self

from pydantic import ConfigDict, Field, JsonValue, StrictBool, StrictInt

from api.cursors import MAX_CURSOR_CHARS
from api.schemas.articles import ArticleHeaderOut
from api.schemas.explanation import ExplanationOut
from api.schemas.fields import (
    EndTime,
    Id,
    Label,
    LanguageCode,
    RequestModel,
    ResponseModel,
    StartTime,
)
from api.schemas.periods import PeriodOut
from api.schemas.shown import (
    Cursor,
    Offset,
    Ordinal,
    ShownId,
    ShownLanguage,
    ShownText,
    Timings,
    Words,
)
from api.search_cursor import next_cursor, shown_before
from core.errors import InputError
from core.settings import MAX_QUERY_CHARS
from core.types import Passage, PassageFilter
from retrieval.query import (
    MAX_LIMIT,
    MAX_OFFSET,
    MAX_SHOWN,
    GroupBy,
    SearchHit,
    SearchMode,
    SearchQuery,
    SearchResults,
)

MAX_FILTER_VALUES = 100

SEARCH_EXAMPLE: dict[str, JsonValue] = {
    "query": "معاهدة الشراكة بين موسكو وبيونغ يانغ",
    "limit": 5,
    "filters": {"languages": ["ar", "en"], "published_from": "2024-06-01"},
}


class FiltersIn(RequestModel):
    """Which articles may be found. Values of one field are alternatives, fields combine."""

    published_from: StartTime | None = Field(
        default=None,
        description="Earliest date, inclusive: RFC 3339 with a zone, or a date alone, which "
        "means its first moment in UTC. Articles without a date are then left out.",
        examples=["2024-06-01"],
    )
    published_to: EndTime | None = Field(
        default=None,
        description="Latest date, inclusive: as published_from, but a date alone means its last "
        "moment in UTC.",
        examples=["2024-06-30T23:59:59+03:00"],
    )
    languages: tuple[LanguageCode, ...] = Field(
        default=(),
        max_length=MAX_FILTER_VALUES,
        description="Primary subtags of BCP 47, lower case.",
        examples=[["ar", "en"]],
    )
    sources: tuple[Label, ...] = Field(
        default=(),
        max_length=MAX_FILTER_VALUES,
        description="Publishers, as indexed.",
        examples=[["المدار"]],
    )
    sections: tuple[Label, ...] = Field(
        default=(),
        max_length=MAX_FILTER_VALUES,
        description="Desks, as indexed.",
        examples=[["world"]],
    )
    tags: tuple[Label, ...] = Field(
        default=(),
        max_length=MAX_FILTER_VALUES,
        description="Topics, as indexed; an article with any of them fits.",
        examples=[["diplomacy"]],
    )
    article_ids: tuple[Id, ...] = Field(
        default=(),
        max_length=MAX_FILTER_VALUES,
        description="Only these articles.",
        examples=[["almadar-2024-06-19-01"]],
    )

    def to_filter(self) -> PassageFilter:
        """The domain's filter.

        Raises:
            InvalidFilter: the range is reversed.
        """
        return PassageFilter(
            published_from=self.published_from,
            published_to=self.published_to,
            languages=self.languages,
            sources=self.sources,
            sections=self.sections,
            tags=self.tags,
            article_ids=self.article_ids,
        )


class SearchIn(RequestModel):
    """A search."""

    model_config = ConfigDict(json_schema_extra={"examples": [SEARCH_EXAMPLE]})

    query: Annotated[str, Field(max_length=MAX_QUERY_CHARS)] = Field(
        description="What to look for, in any language; at least one letter or digit.",
        examples=["معاهدة الشراكة بين موسكو وبيونغ يانغ"],
    )
    limit: StrictInt = Field(
        default=10, ge=1, le=MAX_LIMIT, description="Most results to give.", examples=[5]
    )
    offset: StrictInt = Field(
        default=0, ge=0, le=MAX_OFFSET, description="Results to skip.", examples=[0]
    )
    cursor: Annotated[str, Field(max_length=MAX_CURSOR_CHARS)] | None = Field(
        default=None,
        description="As the last page gave it, for the same search: what was shown does not come "
        "again. In the place of `offset`.",
        examples=[None],
    )
    filters: FiltersIn = Field(
        default_factory=FiltersIn,
        description="Which articles may be found.",
        examples=[{"languages": ["ar"]}],
    )
    mode: SearchMode = Field(
        default=SearchMode.HYBRID,
        description="By meaning, by words, or both.",
        examples=["hybrid"],
    )
    group_by: GroupBy = Field(
        default=GroupBy.ARTICLE,
        description="article: the best passage of each; passage: every passage.",
        examples=["article"],
    )
    explain: StrictBool = Field(
        default=False,
        description="Whether to say why each result stands where it stands.",
        examples=[False],
    )

    def to_query(self) -> SearchQuery:
        """The domain's query.

        Raises:
            InputError: the query is empty, or a filter contradicts itself.
        """
        query = SearchQuery(
            text=self.query,
            limit=self.limit,
            offset=self.offset,
            where=self.filters.to_filter(),
            mode=self.mode,
            group_by=self.group_by,
        )
        if self.cursor is None:
            return query
        if self.offset:
            raise InputError("a cursor tells where to go on: leave offset out")
        return replace(query, shown=shown_before(self.cursor, query))


class HighlightOut(ResponseModel):
    """A run of the passage's text that a word of the query matches."""

    start: Offset = Field(description="First code point in the passage's text.")
    end: Offset = Field(description="One after the last.")


class PassageOut(ResponseModel):
    """A passage found: `text` is `body[start:end]` of its article."""

    id: ShownId = Field(description="The passage's id.")
    text: ShownText = Field(description="The passage.")
    start: Offset = Field(description="First code point in the article's body.")
    end: Offset = Field(description="One after the last.")
    heading: ShownText | None = Field(description="The heading that it stands under.")
    language: ShownLanguage = Field(description="Primary subtag of BCP 47.")
    highlights: tuple[HighlightOut, ...] = Field(description="In order, apart from one another.")

    @classmethod
    def from_passage(cls, passage: Passage, *, query: str) -> Self:
        """The wire form of `passage` with the words of `query` marked."""
        # Here and not above: programs that only read results need no word of any language.
        from retrieval.highlights import highlights  # noqa: PLC0415

        spans = highlights(query, passage.text, language=passage.language)
        return cls(
            id=passage.id,
            text=passage.text,
            start=passage.start,
            end=passage.end,
            heading=passage.heading,
            language=passage.language,
            highlights=tuple(HighlightOut(start=span.start, end=span.end) for span in spans),
        )


class SearchResultOut(ResponseModel):
    """One result."""

    rank: Ordinal = Field(description="From 1; goes on over pages.")
    score: float = Field(description="Comparable within one response only.")
    passage: PassageOut = Field(description="The best passage of the article.")
    article: ArticleHeaderOut = Field(description="The article that it stands in.")
    family_size: Ordinal = Field(description="Articles that tell the same, this one included.")
    explain: ExplanationOut | None = Field(
        default=None,
        exclude_if=lambda value: value is None,
        description="Only if asked for.",
    )

    @classmethod
    def from_hit(cls, hit: SearchHit, *, query: str, explain: bool) -> Self:
        """The wire form of `hit`."""
        return cls(
            rank=hit.rank,
            score=hit.score,
            passage=PassageOut.from_passage(hit.passage, query=query),
            article=ArticleHeaderOut.from_header(hit.header),
            family_size=1,
            explain=ExplanationOut.from_explanation(hit.explain()) if explain else None,
        )


class SearchOut(ResponseModel):
    """Results, best first; none means that nothing in the index fits."""

    query_id: ShownId = Field(description="Names this search.")
    results: tuple[SearchResultOut, ...] = Field(max_length=MAX_LIMIT, description="Best first.")
    notices: tuple[Words, ...] = Field(description="What a reader should know.")
    timing_ms: Timings = Field(description="Milliseconds by stage.")
    periods: tuple[PeriodOut, ...] = Field(
        default=(),
        description="Times that the query names, in its order, and how they were used.",
    )
    cursor: Cursor | None = Field(
        default=None,
        description="Asks for the next page of the same search; null at the end, once "
        f"{MAX_SHOWN} results were given, and where `offset` skipped some.",
    )

    @classmethod
    def from_results(
        cls, results: SearchResults, *, query: SearchQuery, explain: bool = False
    ) -> Self:
        """The wire form of `results` for `query`."""
        return cls(
            query_id=results.query_id,
            results=tuple(
                SearchResultOut.from_hit(hit, query=query.text, explain=explain)
                for hit in results.hits
            ),
            notices=results.notices,
            timing_ms=results.timing_ms,
            periods=tuple(map(PeriodOut.from_period, results.periods)),
            cursor=next_cursor(query, results),
        )
