"""Filters of a list of articles as query parameters."""

import json
from typing import Annotated

from fastapi import Depends, Query

from api.schemas.fields import EndTime, Label, LanguageCode, StartTime
from core.types import PassageFilter


async def read_article_filters(
    language: Annotated[
        LanguageCode | None,
        Query(description="Only articles in it: primary subtag of BCP 47.", examples=["ar"]),
    ] = None,
    source: Annotated[
        Label | None, Query(description="Only articles of this publisher.", examples=["المدار"])
    ] = None,
    section: Annotated[
        Label | None, Query(description="Only articles of this desk.", examples=["world"])
    ] = None,
    tag: Annotated[
        Label | None, Query(description="Only articles with this topic.", examples=["diplomacy"])
    ] = None,
    published_from: Annotated[
        StartTime | None,
        Query(
            description="Earliest date, inclusive: RFC 3339 with a zone, or a date alone.",
            examples=["2024-06-01"],
        ),
    ] = None,
    published_to: Annotated[
        EndTime | None, Query(description="Latest date, inclusive.", examples=["2024-06-30"])
    ] = None,
) -> PassageFilter:
    """The domain's filter.

    Raises:
        InvalidFilter: the range is reversed.
    """
    return PassageFilter(
        published_from=published_from,
        published_to=published_to,
        languages=() if language is None else (language,),
        sources=() if source is None else (source,),
        sections=() if section is None else (section,),
        tags=() if tag is None else (tag,),
    )


def named(where: PassageFilter) -> str:
    """A text for `where` that no other filter has."""
    fields = {name: getattr(where, name) for name in PassageFilter.__dataclass_fields__}
    return json.dumps(fields, default=str, sort_keys=True)


ArticleFilters = Annotated[PassageFilter, Depends(read_article_filters)]
