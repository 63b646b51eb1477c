"""GET /v1/articles: page by page, or the whole archive at once."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Response

from api.access.guard import GuardedRoute, requires
from api.access.scopes import Scope
from api.article_filters import ArticleFilters, named
from api.cursors import MAX_CURSOR_CHARS, content_of, cursor_of
from api.exports.archive import ArchiveResponse
from api.negotiation import JSON, NDJSON, preferred
from api.problem_kinds import INVALID_REQUEST
from api.responses import STORE_PROBLEMS, Responses, documented
from api.schemas.article_list import ArticleListOut, ListedArticleOut
from api.services import CurrentServices
from core.errors import InvalidCursor, InvalidFilter

router = APIRouter(tags=["articles"], route_class=GuardedRoute)

MAX_PAGE = 1_000

_WHOLE: Responses = {
    200: {
        "content": {
            NDJSON: {
                "schema": {
                    "type": "string",
                    "description": "A whole article on each line, without what is unknown, as POST "
                    "/v1/articles/batch and `sanad index` read it again.",
                }
            }
        }
    }
}


@router.get(
    "/v1/articles",
    summary="List articles",
    dependencies=[requires(Scope.READ)],
    response_model=ArticleListOut,
    responses=_WHOLE | documented(INVALID_REQUEST, InvalidCursor, InvalidFilter, *STORE_PROBLEMS),
)
async def list_articles(
    services: CurrentServices,
    where: ArticleFilters,
    cursor: Annotated[
        str | None,
        Query(
            max_length=MAX_CURSOR_CHARS,
            description="As the last page gave it, with the same filters.",
        ),
    ] = None,
    limit: Annotated[
        int, Query(ge=1, le=MAX_PAGE, description="Most articles on a page.", examples=[100])
    ] = 100,
    accept: Annotated[str, Header(include_in_schema=False)] = "*/*",
) -> ArticleListOut | Response:
    """The articles that the index keeps, whatever their status, without their bodies.

    Pages stay whole while the archive changes: an article that stays is given exactly once. With an
    Accept header that prefers application/x-ndjson, all of them come at once, whole, and `limit`
    does not count.
    """
    given_for = f"articles\x1f{named(where)}"
    after = None if cursor is None else content_of(cursor, given_for=given_for).decode("utf-8")
    articles = services.articles.iterate_articles(after=after, where=where)
    if preferred(accept, (JSON, NDJSON)) == NDJSON:
        return ArchiveResponse(articles, stalled_s=services.stream_timing.stalled_s)
    page: list[ListedArticleOut] = []
    async for stored in articles:
        if len(page) == limit:
            following = cursor_of(page[-1].id.encode("utf-8"), given_for=given_for)
            return ArticleListOut(articles=tuple(page), cursor=following)
        page.append(ListedArticleOut.from_stored(stored))
    return ArticleListOut(articles=tuple(page), cursor=None)
