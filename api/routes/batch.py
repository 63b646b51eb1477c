"""POST /v1/articles/batch."""

from email.message import Message
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Header, Request

from api.access.guard import GuardedRoute, requires
from api.access.scopes import Scope
from api.batch.documented import TOLD, UPLOAD
from api.batch.upload import MEDIA_TYPE, BatchLimits, BatchResponse
from api.idempotency import KEY_PATTERN, MAX_HEADER_CHARS
from api.once import IDEMPOTENCY_PROBLEMS, only_one, scoped_key
from api.problem_kinds import (
    INVALID_REQUEST,
    NOT_NDJSON,
    TOO_MANY_UPLOADS,
    UPLOAD_STALLED,
    UPLOAD_TOO_SLOW,
)
from api.problems import Problem
from api.responses import CODING_PROBLEMS, EMBEDDER_PROBLEMS, STORE_PROBLEMS, documented
from api.services import CurrentServices

router = APIRouter(tags=["articles"], route_class=GuardedRoute)

BatchKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        json_schema_extra={"maxLength": MAX_HEADER_CHARS, "pattern": KEY_PATTERN},
        description="A name for this upload: while it goes on, no other one is taken under it. "
        "Sent again later, it is read again, and what is held as it is, is unchanged.",
        examples=['"8e03978e-40d5-43dd-bc93-6894a57f9324"'],
    ),
]

_MEDIA_TYPES = {"application/x-ndjson", "application/ndjson", "application/jsonl"}
"""One format under the names that tools give it."""


@router.post(
    "/v1/articles/batch",
    summary="Publish or update many articles",
    dependencies=[requires(Scope.WRITE)],
    status_code=200,
    response_class=BatchResponse,
    openapi_extra=UPLOAD,
    responses=TOLD
    | documented(
        NOT_NDJSON,
        INVALID_REQUEST,
        TOO_MANY_UPLOADS,
        UPLOAD_STALLED,
        UPLOAD_TOO_SLOW,
        *IDEMPOTENCY_PROBLEMS,
        *CODING_PROBLEMS,
        *STORE_PROBLEMS,
        *EMBEDDER_PROBLEMS,
    ),
)
async def put_batch(
    request: Request, services: CurrentServices, idempotency_key: BatchKey = None
) -> BatchResponse:
    """An article on each line, as PUT takes it, with its id; a verdict on each line back.

    A verdict comes as soon as its article is durable and found, in the order of the lines, while
    the rest is still being read; the last line is a summary. A line that is rejected harms no
    other one. Of two lines with one id the later one wins. There is no limit to the lines, only to
    the bytes of each (SANAD_MAX_REQUEST_BYTES) and to the time of all (SANAD_MAX_BATCH_S). The
    server reads no faster than it indexes. Read the response while you send, or send no more than
    10,000 lines at a time: who reads nothing for a minute is left. What has no verdict may be sent
    again: an article that is held as it is, is unchanged.
    """
    _require_ndjson(request)
    settings = services.settings
    limits = BatchLimits(
        line_bytes=settings.max_request_bytes,
        body_chars=settings.max_article_chars,
        total_s=settings.max_batch_s,
        timing=services.stream_timing,
    )
    key = scoped_key(request, idempotency_key)
    return BatchResponse(
        services.writer,
        limits=limits,
        slots=services.upload_slots,
        turn=partial(only_one, services.remembered, key),
    )


def _require_ndjson(request: Request) -> None:
    declared = request.headers.get("content-type", "")
    message = Message()
    message["content-type"] = declared
    if not declared or message.get_content_type() not in _MEDIA_TYPES:
        shown = f"{declared[:100]!r}" if declared else "not declared"
        raise Problem(
            NOT_NDJSON,
            f"the body is {shown}: send Content-Type: {MEDIA_TYPE}",
            headers={"Accept": MEDIA_TYPE},
        )
