"""PUT, GET and DELETE /v1/articles/{article_id}, and its passages."""

from fastapi import APIRouter, Response, status

from api.access.guard import requires
from api.access.scopes import Scope
from api.idempotency import Done
from api.json_body import JsonRoute
from api.once import IDEMPOTENCY_PROBLEMS, CurrentOnce
from api.paths import ArticleId
from api.preconditions import (
    PRECONDITION_PROBLEMS,
    TAGGED,
    GivenPreconditions,
    entity_tag,
)
from api.problem_kinds import MALFORMED_ID
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
    response_model=ArticleOut,
    responses=TAGGED | documented(*ARTICLE_PROBLEMS, *PRECONDITION_PROBLEMS),
)
async def get_article(
    article_id: ArticleId,
    services: CurrentServices,
    preconditions: GivenPreconditions,
    response: Response,
) -> ArticleOut | Response:
    """The article as indexed, whatever its status: quotes are offsets into its body.

    The header ETag names its version and content: with If-None-Match it is sent only if it is
    another one.
    """
    stored = await _require_article(services.articles, article_id)
    tag = {"ETag": entity_tag(stored)}
    if preconditions.has_already(stored):
        return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers=tag)
    preconditions.require(stored)
    response.headers.update(tag)
    return ArticleOut.from_stored(stored)


@router.put(
    "/{article_id}",
    summary="Publish or update an article",
    dependencies=[requires(Scope.WRITE)],
    response_model=ArticlePutOut,
    responses={
        status.HTTP_201_CREATED: {
            "model": ArticlePutOut,
            "description": "Indexed for the first time",
        },
        **documented(
            MALFORMED_ID,
            *BODY_PROBLEMS,
            ArticleRejected,
            *PRECONDITION_PROBLEMS,
            *IDEMPOTENCY_PROBLEMS,
            *STORE_PROBLEMS,
            *EMBEDDER_PROBLEMS,
        ),
    },
)
async def put_article(
    article_id: ArticleId,
    body: ArticleIn,
    services: CurrentServices,
    preconditions: GivenPreconditions,
    once: CurrentOnce,
) -> Response:
    """Index an article under its id; durable and searchable when this returns.

    The body is the whole article: what is left out is unknown from here on. Sending the same
    again changes nothing. With If-Match, it is written only over the version that was read; with
    `If-None-Match: *`, only if there is none yet. The response has no ETag, since the article may
    be kept in another form than it was sent in (RFC 9110, section 9.3.4): GET gives it.
    """
    article = body.to_article(article_id, max_body_chars=services.settings.max_article_chars)

    async def put() -> Done:
        verdict = await services.writer.put(article, precondition=preconditions.to_be_met())
        stored = await services.articles.get_article(article_id)
        return Done(
            status=status.HTTP_201_CREATED if verdict is Verdict.INDEXED else status.HTTP_200_OK,
            body=ArticlePutOut.from_verdict(article_id, verdict, stored),
        )

    return await once(put)


@router.delete(
    "/{article_id}",
    summary="Remove an article",
    dependencies=[requires(Scope.WRITE)],
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    responses=documented(*ARTICLE_PROBLEMS, *PRECONDITION_PROBLEMS, *IDEMPOTENCY_PROBLEMS),
)
async def delete_article(
    article_id: ArticleId,
    services: CurrentServices,
    preconditions: GivenPreconditions,
    once: CurrentOnce,
) -> Response:
    """Remove an article and all its passages; it is never found or quoted again.

    With If-Match, only if it is still the version that was read.
    """

    async def delete() -> Done:
        if not await services.writer.delete(article_id, precondition=preconditions.to_be_met()):
            raise _not_found(article_id)
        return Done(status=status.HTTP_204_NO_CONTENT, body=None)

    return await once(delete)


async def _require_article(articles: ArticleStore, article_id: str) -> StoredArticle:
    stored = await articles.get_article(article_id)
    if stored is None:
        raise _not_found(article_id)
    return stored


def _not_found(article_id: str) -> ArticleNotFound:
    return ArticleNotFound(f"no article with the id {article_id!r} is in the index")
