"""GET /v1/index, /health and /ready."""

from fastapi import APIRouter

from api.access.guard import GuardedRoute, requires
from api.access.scopes import Scope
from api.problems import INVALID_REQUEST, NOT_READY
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


@router.get("/ready", summary="Can it serve?", responses=documented(NOT_READY))
async def ready(services: CurrentServices) -> ReadyOut:
    """Whether every part answers and the index is the configured one."""
    await require_ready(services.check)
    return ReadyOut()
