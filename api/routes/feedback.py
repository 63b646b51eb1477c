"""POST /v1/feedback, and GET for those who read it."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Query, Response, status

from api.access.caller import Caller
from api.access.guard import requires
from api.access.scopes import Scope
from api.cursors import MAX_CURSOR_CHARS, content_of, cursor_of
from api.idempotency import Done
from api.json_body import JsonRoute
from api.once import IDEMPOTENCY_PROBLEMS, CurrentOnce
from api.problem_kinds import INVALID_REQUEST
from api.responses import BODY_PROBLEMS, documented
from api.schemas.feedback import MAX_PAGE, FeedbackIn, FeedbackPageOut, FeedbackTakenOut
from api.services import CurrentServices
from core.errors import InvalidCursor, StoreUnavailable
from core.feedback import Feedback

router = APIRouter(prefix="/v1/feedback", tags=["feedback"], route_class=JsonRoute)

_CURSOR_FOR = "feedback"


@router.post(
    "",
    summary="Say how an answer was",
    status_code=status.HTTP_202_ACCEPTED,
    response_model=FeedbackTakenOut,
    responses=documented(*BODY_PROBLEMS, *IDEMPOTENCY_PROBLEMS, StoreUnavailable),
)
async def give_feedback(
    body: FeedbackIn,
    services: CurrentServices,
    caller: Annotated[Caller, requires(Scope.ASK, visitors=True)],
    once: CurrentOnce,
) -> Response:
    """What a reader says of an answer; durable when this returns.

    Nothing about the reader is kept, and the question only if it is sent along.
    """
    feedback = Feedback(
        id=uuid4().hex,
        at=datetime.now(tz=UTC),
        answer_id=body.answer_id,
        verdict=body.verdict,
        citation=body.citation,
        comment=body.comment,
        question=body.question,
        site=caller.site,
    )

    async def keep() -> Done:
        await services.feedback.append(feedback)
        return Done(status=status.HTTP_202_ACCEPTED, body=FeedbackTakenOut(id=feedback.id))

    return await once(keep)


@router.get(
    "",
    summary="Read feedback",
    dependencies=[requires(Scope.ADMIN)],
    responses=documented(INVALID_REQUEST, InvalidCursor, StoreUnavailable),
)
async def read_feedback(
    services: CurrentServices,
    cursor: Annotated[
        str | None,
        Query(
            max_length=MAX_CURSOR_CHARS,
            description="As the last page gave it; left out, the beginning.",
        ),
    ] = None,
    limit: Annotated[
        int, Query(ge=1, le=MAX_PAGE, description="Most entries to give.", examples=[100])
    ] = 100,
) -> FeedbackPageOut:
    """What readers said, the oldest first. Comments and questions are untrusted text."""
    after = None if cursor is None else content_of(cursor, given_for=_CURSOR_FOR).decode("ascii")
    page = await services.feedback.read(after=after, limit=limit)
    return FeedbackPageOut.from_page(
        page, cursor=cursor_of(page.place.encode("ascii"), given_for=_CURSOR_FOR)
    )
