"""PUT, GET and DELETE /v1/articles/{article_id}, and its passages."""

from fastapi import APIRouter, Response, status

from api.access.guard import requires
from api.access.scopes import Scope
from api.json_body import JsonRoute
from api.paths import ArticleId
from api.problems import MALFORMED_ID
from api.responses import (
    ARTICLE_PROBLEMS,
    BODY_PROBLEMS,
    EMBEDDER_PROBLEMS,
    STORE_PROBLEMS,
    documented,
)
from api.schemas.articles import (
    ArticleIn,
    ArticleOut,
    ArticlePassageOut,
    ArticlePassagesOut,
    ArticlePutOut,
)
from api.services import CurrentServices
from core.errors import ArticleNotFound, ArticleRejected
from core.ports import ArticleStore, Verdict
from core.types import StoredArticle

router = APIRouter(prefix="/v1/articles", tags=["articles"], route_class=JsonRoute)


@router.get(
    "/{article_id}/passages",
    summary="Read passages",
    dependencies=[requires(Scope.READ)],
    responses=documented(*ARTICLE_PROBLEMS),
)
async def get_passages(article_id: ArticleId, services: CurrentServices) -> ArticlePassagesOut:
    """The passages of an article in order; none if it is withheld or canceled."""
    await _require_article(services.articles, article_id)
    passages = await services.articles.get_passages(article_id)
    return ArticlePassagesOut(
        article_id=article_id, passages=tuple(map(ArticlePassageOut.from_passage, passages))
    )


@router.get(
    "/{article_id}",
    summary="Read an article",
    dependencies=[requires(Scope.READ)],
    responses=documented(*ARTICLE_PROBLEMS),
)
async def get_article(article_id: ArticleId, services: CurrentServices) -> ArticleOut:
    """The article as indexed, whatever its status: quotes are offsets into its body."""
    return ArticleOut.from_stored(await _require_article(services.articles, article_id))


@router.put(
    "/{article_id}",
    summary="Publish or update an article",
    dependencies=[requires(Scope.WRITE)],
    responses={
        status.HTTP_201_CREATED: {
            "model": ArticlePutOut,
            "description": "Indexed for the first time",
        },
        **documented(
            MALFORMED_ID, *BODY_PROBLEMS, ArticleRejected, *STORE_PROBLEMS, *EMBEDDER_PROBLEMS
        ),
    },
)
async def put_article(
    article_id: ArticleId, body: ArticleIn, services: CurrentServices, response: Response
) -> ArticlePutOut:
    """Index an article under its id; durable and searchable when this returns.

    The body is the whole article: what is left out is unknown from here on. Sending the same
    again changes nothing.
    """
    limit = services.settings.max_article_chars
    verdict = await services.writer.put(body.to_article(article_id, max_body_chars=limit))
    if verdict is Verdict.INDEXED:
        response.status_code = status.HTTP_201_CREATED
    stored = await services.articles.get_article(article_id)
    return ArticlePutOut.from_verdict(article_id, verdict, stored)


@router.delete(
    "/{article_id}",
    summary="Remove an article",
    dependencies=[requires(Scope.WRITE)],
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    responses=documented(*ARTICLE_PROBLEMS),
)
async def delete_article(article_id: ArticleId, services: CurrentServices) -> None:
    """Remove an article and all its passages; it is never found or quoted again."""
    if not await services.writer.delete(article_id):
        raise _not_found(article_id)


async def _require_article(articles: ArticleStore, article_id: str) -> StoredArticle:
    stored = await articles.get_article(article_id)
    if stored is None:
        raise _not_found(article_id)
    return stored


def _not_found(article_id: str) -> ArticleNotFound:
    return ArticleNotFound(f"no article with the id {article_id!r} is in the index")
