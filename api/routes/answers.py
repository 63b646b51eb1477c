"""POST /v1/answers."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Response

from api.access.admission import Asker, QuestionAdmission
from api.answer_stream import answer_stream
from api.event_stream import EventStreamResponse
from api.json_body import JsonRoute
from api.negotiation import prefers_events
from api.problem_kinds import ASKING_IS_OFF
from api.responses import QUERY_PROBLEMS, documented
from api.schemas.answers import AnswerIn, AnswerOut
from api.services import CurrentServices
from api.stream_example import STREAMED

router = APIRouter(tags=["read"], route_class=JsonRoute)


async def wants_events(
    accept: Annotated[str, Header(include_in_schema=False)] = "*/*",
) -> bool:
    """Whether the caller would rather have an event stream."""
    return prefers_events(accept)


@router.post(
    "/v1/answers",
    summary="Answer",
    response_model=AnswerOut,
    responses=STREAMED | documented(*QUERY_PROBLEMS, ASKING_IS_OFF),
)
async def answer(
    body: AnswerIn,
    services: CurrentServices,
    caller: Asker,
    admission: QuestionAdmission,
    response: Response,
    events_wanted: Annotated[bool, Depends(wants_events)],
) -> AnswerOut | EventStreamResponse:
    """An answer whose every sentence is quoted to the character, or an honest abstention.

    With `"stream": true`, or an Accept header that prefers text/event-stream, the answer comes as
    server-sent events while it is made: `passages` first, each `citation` before the sentence that
    uses it, a `delta` for each sentence, and the whole `answer` last. A fault after the first event
    is an event `error`, whose data is a problem. Lines that begin with a colon keep the connection
    alive. Leaving stops the work.
    """
    question = caller.limited(body.to_question())
    await admission.take()
    response.headers.update(admission.headers)
    if body.stream or events_wanted:
        events = answer_stream(services.answerer.stream(question), query=question.text)
        return EventStreamResponse(
            admission.watched(events), timing=services.stream_timing, headers=admission.headers
        )
    return AnswerOut.from_answer(await services.answerer.answer(question))
