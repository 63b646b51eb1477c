"""Problems of RFC 9457, and the response that carries one."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import HTTPException
from fastapi.responses import JSONResponse

from api.problem_kinds import ProblemKind

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """What is wrong with one field; `pointer` is a JSON pointer in fragment form (RFC 6901)."""

    pointer: str
    message: str


class Problem(HTTPException):
    """A problem found by the HTTP layer itself.

    An HTTPException, because FastAPI turns anything else raised while it reads a body into
    a vague 400.
    """

    def __init__(
        self,
        kind: ProblemKind,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status_code=kind.status, detail=detail, headers=dict(headers or {}))
        self.kind = kind
        self.errors = tuple(errors)


def problem_response(problem: Problem, *, request_id: str) -> JSONResponse:
    """The response for `problem`; text that is not valid Unicode is shown escaped."""
    headers = dict(problem.headers or {})
    if problem.kind.retry:
        headers["Retry-After"] = str(RETRY_AFTER_S)
    return JSONResponse(
        problem_body(problem, request_id=request_id),
        status_code=problem.kind.status,
        headers=headers,
        media_type=MEDIA_TYPE,
    )


def problem_json(problem: Problem, *, request_id: str) -> str:
    """The body of that response on one line, for where no status can be sent any more."""
    return json.dumps(problem_body(problem, request_id=request_id), ensure_ascii=False)


def problem_body(problem: Problem, *, request_id: str) -> dict[str, object]:
    """The members of `problem` by name; `errors` only if there are any."""
    body: dict[str, object] = {
        "type": problem.kind.type,
        "title": problem.kind.title,
        "status": problem.kind.status,
        "detail": _valid(problem.detail),
        "request_id": request_id,
    }
    if problem.errors:
        body["errors"] = [
            {"pointer": _valid(error.pointer), "message": _valid(error.message)}
            for error in problem.errors
        ]
    return body


def _valid(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
