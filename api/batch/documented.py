"""What the OpenAPI document says of a batch, with an example of an upload and its response."""

import json
from typing import Any

from api.batch.upload import MEDIA_TYPE, REJECTED
from api.problem_kinds import MALFORMED_JSON
from api.problems import Problem, problem_body
from api.responses import Responses
from api.schemas.articles import ARTICLE_EXAMPLE
from api.schemas.batch import BatchSummaryOut, BatchTallyOut, BatchVerdictOut
from api.schemas.operations import ProblemOut

_ID = "almadar-2024-06-19-01"

UPLOAD_EXAMPLE = (
    json.dumps({"id": _ID, **ARTICLE_EXAMPLE}, ensure_ascii=False) + '\n{"id": "almadar-2"\n'
)

_PROBLEM = problem_body(
    Problem(MALFORMED_JSON, "the body stops being valid JSON at column 19"),
    request_id="5f1c8d5e7a3b4c6f9d2e1a0b8c7d6e5f",
)
_LINES = (
    BatchVerdictOut(line=1, id=_ID, verdict="indexed"),
    BatchVerdictOut(line=2, id=None, verdict=REJECTED, problem=ProblemOut.model_validate(_PROBLEM)),
    BatchSummaryOut(
        summary=BatchTallyOut(indexed=1, updated=0, unchanged=0, rejected=1, complete=True)
    ),
)

RESPONSE_EXAMPLE = "".join(f"{line.model_dump_json()}\n" for line in _LINES)

UPLOAD: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "Lines of JSON in UTF-8, each an ArticleIn with its `id`.",
        "content": {
            MEDIA_TYPE: {
                "schema": {"type": "string", "description": "An ArticleIn on each line."},
                "example": UPLOAD_EXAMPLE,
            }
        },
    }
}
"""For FastAPI's `openapi_extra`."""

TOLD: Responses = {
    200: {
        "description": "A verdict for each line, in order, and a summary",
        "content": {
            MEDIA_TYPE: {
                "schema": {
                    "type": "string",
                    "description": "A BatchVerdictOut on each line, and a BatchSummaryOut on the "
                    "last one.",
                },
                "example": RESPONSE_EXAMPLE,
            }
        },
    }
}

LINE_SCHEMAS = (BatchVerdictOut, BatchSummaryOut)
"""Schemas that only the lines name, and FastAPI therefore does not find."""
