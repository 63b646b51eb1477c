"""GET /v1/index, /health and /ready."""

from fastapi import APIRouter, Request

from api.access.guard import GuardedRoute, requires
from api.access.scopes import Scope
from api.draining import SHUTTING_DOWN, drain_of
from api.problem_kinds import INVALID_REQUEST, NOT_READY
from api.readiness import require_ready
from api.responses import STORE_PROBLEMS, documented
from api.schemas.operations import HealthOut, IndexOut, ReadyOut, RerankerOut
from api.services import CurrentServices

router = APIRouter(tags=["operations"], route_class=GuardedRoute)


@router.get(
    "/v1/index",
    summary="Describe the index",
    dependencies=[requires(Scope.READ)],
    responses=documented(INVALID_REQUEST, *STORE_PROBLEMS),
)
async def describe_index(services: CurrentServices) -> IndexOut:
    """What the index holds, what it was built with, and the models that searches go through."""
    status = await services.articles.status()
    reranker = services.reranker
    return IndexOut.from_status(
        status,
        identity=services.identity,
        figures=services.embedder_figures(),
        reranker=None
        if reranker is None
        else RerankerOut.from_identity(reranker, depth=services.settings.reranker_depth),
    )


@router.get("/health", summary="Is the process alive?", responses=documented())
async def health() -> HealthOut:
    """Answers as long as the process does; asks nothing of the parts."""
    return HealthOut()


@router.get("/ready", summary="Can it serve?", responses=documented(NOT_READY, SHUTTING_DOWN))
async def ready(request: Request, services: CurrentServices) -> ReadyOut:
    """Whether every part answers, the index is the configured one and can be written to.

    It is not from the moment on that the server is told to stop.
    """
    drain_of(request.scope).refuse()
    await require_ready(services.check)
    return ReadyOut()
