"""What the OpenAPI document says about the problems that a route may answer with."""

from typing import Any

from api.draining import SHUTTING_DOWN
from api.errors import DOMAIN_KINDS
from api.problem_kinds import (
    BODY_TOO_LARGE,
    BODY_TOO_SLOW,
    INVALID_REQUEST,
    MALFORMED_CODING,
    MALFORMED_ID,
    MALFORMED_JSON,
    UNEXPECTED,
    UNSUPPORTED_CODING,
    UNSUPPORTED_MEDIA_TYPE,
    URL_TOO_LONG,
    ProblemKind,
)
from api.problems import MEDIA_TYPE
from core.errors import (
    ArticleNotFound,
    EmbedderBusy,
    EmbedderRejected,
    EmbedderUnavailable,
    EmptyQuery,
    InputError,
    InvalidCursor,
    InvalidFilter,
    RerankerBusy,
    RerankerRejected,
    RerankerUnavailable,
    SanadError,
    StoreRejected,
    StoreUnavailable,
)

PROBLEM_SCHEMA = "Problem"

Responses = dict[int | str, dict[str, Any]]
"""The shape of FastAPI's `responses` argument."""


def documented(*problems: ProblemKind | type[SanadError]) -> Responses:
    """A `responses` entry for each status of `problems` and of what can happen to any request."""
    kinds = [
        kind if isinstance(kind, ProblemKind) else DOMAIN_KINDS[kind]
        for kind in (*problems, URL_TOO_LONG, UNEXPECTED)
    ]
    responses: Responses = {}
    for kind in sorted(kinds, key=lambda kind: (kind.status, kind.slug)):
        entry = responses.setdefault(kind.status, {"description": "", "content": _content()})
        entry["description"] += f"{'; ' * bool(entry['description'])}{kind.title}"
        entry["content"][MEDIA_TYPE]["examples"][kind.slug] = {"value": _example(kind)}
    return responses


def _content() -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{PROBLEM_SCHEMA}"}
    return {MEDIA_TYPE: {"schema": schema, "examples": {}}}


def _example(kind: ProblemKind) -> dict[str, object]:
    return {
        "type": kind.type,
        "title": kind.title,
        "status": kind.status,
        "detail": kind.remedy,
        "request_id": "5f1c8d5e7a3b4c6f9d2e1a0b8c7d6e5f",
    }


CODING_PROBLEMS = (MALFORMED_CODING, UNSUPPORTED_CODING)
BODY_PROBLEMS = (
    MALFORMED_JSON,
    BODY_TOO_SLOW,
    BODY_TOO_LARGE,
    UNSUPPORTED_MEDIA_TYPE,
    INVALID_REQUEST,
    *CODING_PROBLEMS,
)
STORE_PROBLEMS = (StoreUnavailable, StoreRejected)
EMBEDDER_PROBLEMS = (EmbedderUnavailable, EmbedderBusy, EmbedderRejected)
RERANKER_PROBLEMS = (RerankerUnavailable, RerankerBusy, RerankerRejected)
QUERY_PROBLEMS = (
    *BODY_PROBLEMS,
    SHUTTING_DOWN,
    EmptyQuery,
    InvalidFilter,
    InvalidCursor,
    InputError,
    *STORE_PROBLEMS,
    *EMBEDDER_PROBLEMS,
    *RERANKER_PROBLEMS,
)
ARTICLE_PROBLEMS = (MALFORMED_ID, INVALID_REQUEST, ArticleNotFound, *STORE_PROBLEMS)
