"""From domain errors to problems: the table, and the handlers that answer with it."""

import logging
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Route

from api.problem_kinds import (
    HTTP_ERROR,
    INVALID_REQUEST,
    METHOD_NOT_ALLOWED,
    NOT_FOUND,
    UNEXPECTED,
    ProblemKind,
)
from api.problems import FieldError, Problem, problem_response
from core.errors import (
    ArticleNotFound,
    ArticleRejected,
    BackendError,
    ConfigError,
    EmbedderBusy,
    EmbedderRejected,
    EmbedderUnavailable,
    EmptyQuery,
    GeneratorBusy,
    GeneratorRejected,
    GeneratorUnavailable,
    IndexIdentityMismatch,
    IndexLocked,
    InputError,
    InvalidCursor,
    InvalidFilter,
    ModelUnavailable,
    PreconditionFailed,
    RerankerBusy,
    RerankerRejected,
    RerankerUnavailable,
    SanadError,
    SourceUnreadable,
    StoreRejected,
    StoreUnavailable,
)

logger = logging.getLogger(__name__)

MAX_ERRORS = 10
"""Field errors shown of one request."""

MAX_SHOWN_CHARS = 300
"""Longest pointer or message shown: both may hold names that the caller made up."""


def _kind(slug: str, status: int, title: str, remedy: str, *, retry: bool = False) -> ProblemKind:
    return ProblemKind(slug=slug, status=status, title=title, remedy=remedy, retry=retry)


_REPORT = "Report the request_id: the server's log has the cause."
_RETRY = "Send the same request again after the seconds in Retry-After."
_DOCTOR = "Run `sanad doctor` on the server: it says what to change."

DOMAIN_KINDS: dict[type[SanadError], ProblemKind] = {
    SanadError: UNEXPECTED,
    ConfigError: _kind("misconfigured", 503, "The server is not set up to do this", _DOCTOR),
    IndexIdentityMismatch: _kind(
        "index-mismatch", 503, "The index was built with other parts", "Run `sanad reindex`."
    ),
    IndexLocked: _kind("index-locked", 503, "Another process owns the index", _DOCTOR),
    ModelUnavailable: _kind("model-missing", 503, "The model cannot be loaded", _DOCTOR),
    InputError: _kind(
        "invalid-input", 422, "The request cannot be served as asked", "Follow `detail`."
    ),
    EmptyQuery: _kind(
        "empty-query", 422, "The query holds nothing to search for", "Send a letter or a digit."
    ),
    InvalidFilter: _kind("invalid-filter", 422, "A filter contradicts itself", "Follow `detail`."),
    InvalidCursor: _kind(
        "invalid-cursor",
        422,
        "The cursor was not given for this request, or is damaged",
        "Send a cursor as it was given, with the request that it was given for; or none.",
    ),
    ArticleNotFound: _kind(
        "article-not-found", 404, "The index has no such article", "Check the id's encoding."
    ),
    PreconditionFailed: _kind(
        "precondition-failed",
        412,
        "The article is not in the state that the request expects",
        "Read it again, and send the request with the ETag that it has.",
    ),
    SourceUnreadable: _kind("source-unreadable", 422, "A source cannot be read", "See `detail`."),
    ArticleRejected: _kind(
        "article-rejected", 422, "The article cannot be indexed", "Mend what `detail` names."
    ),
    BackendError: _kind("backend-failed", 500, "A part of the server failed", _REPORT),
    StoreUnavailable: _kind(
        "store-unavailable", 503, "The index does not answer now", _RETRY, retry=True
    ),
    StoreRejected: _kind("store-failed", 500, "The index refused the request", _REPORT),
    EmbedderUnavailable: _kind(
        "model-unavailable", 503, "The model does not answer now", _RETRY, retry=True
    ),
    EmbedderBusy: _kind("busy", 503, "Too many questions wait already", _RETRY, retry=True),
    EmbedderRejected: _kind("model-failed", 500, "The model refused the request", _REPORT),
    RerankerUnavailable: _kind(
        "reranker-unavailable", 503, "The reranker does not answer now", _RETRY, retry=True
    ),
    RerankerBusy: _kind(
        "reranker-busy", 503, "Too many questions wait for the reranker", _RETRY, retry=True
    ),
    RerankerRejected: _kind("reranker-failed", 500, "The reranker refused the request", _REPORT),
    GeneratorUnavailable: _kind(
        "generator-unavailable", 503, "The chat endpoint does not answer now", _RETRY, retry=True
    ),
    GeneratorBusy: _kind(
        "generator-busy", 503, "Too many questions wait for the chat endpoint", _RETRY, retry=True
    ),
    GeneratorRejected: _kind(
        "generator-failed", 500, "The chat endpoint refused the request", _REPORT
    ),
}
"""A row for every class of `core.errors`: a new class must decide what its callers see."""

_MESSAGES = {
    "missing": "this is required",
    "model_type": "must be a JSON object",
    "model_attributes_type": "must be a JSON object",
    "dict_type": "must be a JSON object",
    "string_type": "must be a string",
    "string_unicode": "holds a lone surrogate, which is not valid Unicode",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
}


def problem_of(error: SanadError) -> Problem:
    """What a caller is told of `error`.

    The messages of our own errors name the value and the remedy; those of failed parts may
    hold a library's words or an address, so the caller gets the title only.
    """
    kind = next(DOMAIN_KINDS[known] for known in type(error).__mro__ if known in DOMAIN_KINDS)
    if kind is UNEXPECTED or isinstance(error, BackendError):
        return Problem(kind, f"{kind.title}. {kind.remedy}")
    return Problem(kind, str(error))


def install_error_handlers(app: FastAPI, *, routes: Sequence[Route]) -> None:
    """Make every error of `app` a problem; `routes` are those that 405 looks for methods in."""

    async def answer_with_problem(request: Request, exc: Exception) -> JSONResponse:
        request_id = str(request.state.request_id)
        _log_fault(exc, request_id)
        return problem_response(_problem_for(request, exc, routes), request_id=request_id)

    for error in (SanadError, HTTPException, RequestValidationError):
        app.add_exception_handler(error, answer_with_problem)


def fault_problem(exc: Exception, request_id: str) -> Problem:
    """What a caller is told of `exc` when a response has begun already; the cause is logged."""
    if isinstance(exc, Problem):
        return exc
    if isinstance(exc, SanadError):
        _log_fault(exc, request_id)
        return problem_of(exc)
    logger.error("unexpected error request_id=%s", request_id, exc_info=exc)
    return Problem(UNEXPECTED, f"{UNEXPECTED.title}. {UNEXPECTED.remedy}")


def _log_fault(exc: Exception, request_id: str) -> None:
    # No fault, and many at once: a trace each would say nothing.
    if isinstance(exc, EmbedderBusy | RerankerBusy | GeneratorBusy):
        logger.warning("busy request_id=%s", request_id)
    elif isinstance(exc, BackendError):
        logger.error("part failed request_id=%s", request_id, exc_info=exc)


def _problem_for(request: Request, exc: Exception, routes: Sequence[Route]) -> Problem:
    match exc:
        case Problem():
            return exc
        case SanadError():
            return problem_of(exc)
        case RequestValidationError():
            return validation_problem(exc.errors())
        case HTTPException():
            return _framework_problem(request, exc, routes)
        case _:
            raise exc


def validation_problem(errors: Sequence[Any]) -> Problem:
    """The problem for pydantic's `errors`; the values themselves are never echoed."""
    found = [
        FieldError(
            pointer=_pointer(error["loc"]),
            message=_MESSAGES.get(error["type"], error["msg"])[:MAX_SHOWN_CHARS],
        )
        for error in errors[:MAX_ERRORS]
    ]
    first = found[0]
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return Problem(INVALID_REQUEST, f"{first.pointer}: {first.message}{more}", errors=found)


def _pointer(location: Sequence[int | str]) -> str:
    """A JSON pointer: ("body", "filters", "tags", 0) gives "#/filters/tags/0"."""
    parts = [str(part).replace("~", "~0").replace("/", "~1") for part in location[1:]]
    return ("#" + "".join(f"/{part}" for part in parts))[:MAX_SHOWN_CHARS]


def _framework_problem(request: Request, exc: HTTPException, routes: Sequence[Route]) -> Problem:
    path = request.scope["path"]
    shown = path[:MAX_SHOWN_CHARS]
    if exc.status_code == NOT_FOUND.status:
        return Problem(NOT_FOUND, f"nothing is served at {shown}: see /docs for the paths")
    if exc.status_code == METHOD_NOT_ALLOWED.status:
        allowed = _allowed_methods(path, routes)
        return Problem(
            METHOD_NOT_ALLOWED,
            f"{shown} does not take {request.method[:20]}: it takes {allowed}",
            headers={"Allow": allowed},
        )
    return Problem(HTTP_ERROR, HTTP_ERROR.title)


def _allowed_methods(path: str, routes: Sequence[Route]) -> str:
    methods: set[str] = set()
    for route in routes:
        if route.path_regex.match(path):
            methods |= route.methods or set()
    return ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))
