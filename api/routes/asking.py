"""GET and PUT /v1/asking."""

from fastapi import APIRouter

from api.access.guard import requires
from api.access.scopes import Scope
from api.json_body import JsonRoute
from api.problem_kinds import ASKING_IS_HELD_OFF, INVALID_REQUEST
from api.problems import Problem
from api.responses import BODY_PROBLEMS, STORE_PROBLEMS, documented
from api.schemas.asking import AskingIn, AskingOut
from api.services import CurrentServices

router = APIRouter(tags=["operations"], route_class=JsonRoute)


@router.get(
    "/v1/asking",
    summary="May visitors ask?",
    dependencies=[requires(Scope.ADMIN)],
    responses=documented(INVALID_REQUEST),
)
async def read_asking(services: CurrentServices) -> AskingOut:
    """Whether the visitors of sites may ask now."""
    return AskingOut(on=await services.access.asking.switch.is_on())


@router.put(
    "/v1/asking",
    summary="Let visitors ask, or not",
    dependencies=[requires(Scope.ADMIN)],
    responses=documented(*BODY_PROBLEMS, ASKING_IS_HELD_OFF, *STORE_PROBLEMS),
)
async def switch_asking(body: AskingIn, services: CurrentServices) -> AskingOut:
    """Turn the questions of visitors off or on, for good: a restart remembers it.

    Off, they get the problem `asking-is-off`; sites and keys work as before.
    """
    switch = services.access.asking.switch
    await switch.turn(on=body.on)
    if body.on and not await switch.is_on():
        raise Problem(
            ASKING_IS_HELD_OFF, f"{ASKING_IS_HELD_OFF.title}. {ASKING_IS_HELD_OFF.remedy}"
        )
    return AskingOut(on=body.on)
