"""POST /v1/answers."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header

from api.json_body import JsonRoute
from api.problems import NOT_ACCEPTABLE, Problem
from api.responses import QUERY_PROBLEMS, documented
from api.schemas.answers import NO_STREAMING, AnswerIn, AnswerOut
from api.services import CurrentServices

router = APIRouter(tags=["read"], route_class=JsonRoute)

_JSON = frozenset({"application/json", "application/*", "*/*"})


async def require_json_wanted(
    accept: Annotated[str, Header(include_in_schema=False)] = "*/*",
) -> None:
    """Refuse a caller who reads event streams only.

    Raises:
        Problem: not-acceptable.
    """
    wanted = {part.partition(";")[0].strip().lower() for part in accept.split(",")}
    if "text/event-stream" in wanted and not wanted & _JSON:
        raise Problem(NOT_ACCEPTABLE, f"{NO_STREAMING}: send Accept: application/json")


@router.post(
    "/v1/answers",
    summary="Answer",
    dependencies=[Depends(require_json_wanted)],
    responses=documented(*QUERY_PROBLEMS, NOT_ACCEPTABLE),
)
async def answer(body: AnswerIn, services: CurrentServices) -> AnswerOut:
    """An answer whose every sentence is quoted to the character, or an honest abstention."""
    return AnswerOut.from_answer(await services.answerer.answer(body.to_question()))
