"""GET /metrics."""

import anyio.to_thread
from fastapi import APIRouter, Request, Response

from api.access.guard import GuardedRoute, requires
from api.access.scopes import Scope
from api.responses import Responses, documented
from api.services import CurrentServices

router = APIRouter(tags=["operations"], route_class=GuardedRoute)

_EXAMPLE = """# HELP sanad_answers_total Answers: answered, partial or abstained.
# TYPE sanad_answers_total counter
sanad_answers_total{mode="extractive",status="answered"} 12.0
"""

_TOLD: Responses = {
    200: {
        "description": "Every number, as text",
        "content": {
            media_type: {
                "schema": {"type": "string", "description": f"{name}, a sample a line."},
                "example": _EXAMPLE,
            }
            for media_type, name in (
                ("text/plain", "Prometheus text format"),
                ("application/openmetrics-text", "OpenMetrics, where Accept asks for it"),
            )
        },
    }
}


@router.get(
    "/metrics",
    summary="Read the metrics",
    response_class=Response,
    responses=_TOLD | documented(),
    dependencies=[requires(Scope.ADMIN)],
)
async def read_metrics(request: Request, services: CurrentServices) -> Response:
    """Numbers for Prometheus: requests, stages, answers, the model's load, the index's size.

    Nothing is counted for a scrape that was not counted already.
    """
    accept = request.headers.get("accept", "")
    told, media_type = await anyio.to_thread.run_sync(services.metrics.exposition, accept)
    return Response(told, media_type=media_type)
