"""Places in articles as citations: what is exported stands in the archive, to the character."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.errors import ArticleNotFound, InputError
from core.ports import ArticleStore
from core.types import Article, ArticleStatus, Citation
from retrieval.citations import cite

MAX_QUOTE_CHARS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedPlace:
    """A quote by its place: `body[start:end]` of an article."""

    article_id: str
    start: int
    end: int


async def cited(
    places: Sequence[CitedPlace], *, articles: ArticleStore, now: datetime
) -> list[Citation]:
    """The citations of `places`, numbered from 1.

    Raises:
        ArticleNotFound: an article is not in the index, or may not be quoted.
        InputError: a place is not in its article's body.
    """
    return [
        await _cited(place, number=number, articles=articles, now=now)
        for number, place in enumerate(places, start=1)
    ]


async def _cited(
    place: CitedPlace, *, number: int, articles: ArticleStore, now: datetime
) -> Citation:
    stored = await articles.get_article(place.article_id)
    if stored is None or not _may_be_quoted(stored.article, now):
        raise ArticleNotFound(f"no article with the id {place.article_id!r} can be quoted")
    length = len(stored.article.body)
    if not 0 <= place.start < place.end <= length:
        raise InputError(
            f"{place.start} to {place.end} is no place in the article {place.article_id!r}, whose "
            f"body has {length} characters: was it changed since it was cited?"
        )
    if place.end - place.start > MAX_QUOTE_CHARS:
        raise InputError(
            f"a quote of {place.end - place.start} characters; at most {MAX_QUOTE_CHARS} are "
            "allowed"
        )
    return cite(stored.article, number=number, start=place.start, end=place.end)


def _may_be_quoted(article: Article, now: datetime) -> bool:
    is_free = article.embargoed_until is None or article.embargoed_until <= now
    return article.status is ArticleStatus.USABLE and is_free
