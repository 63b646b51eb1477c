"""Problems on OpenAI's routes are told in OpenAI's shape, wherever they were found."""

import json
from typing import Any

from fastapi.sse import format_sse_event
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.event_stream import ServerEvent, StreamForm
from api.openai.paths import is_openai
from api.openai.replies import OpenAiErrorOut, OpenAiErrorsOut
from api.problem_kinds import TYPE_PREFIX, ProblemKind
from api.problems import MEDIA_TYPE, Problem, problem_json
from api.responses import Responses, documented
from core.errors import SanadError

_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
_CODES = {"unauthorized": "invalid_api_key"}
"""Where OpenAI has a name of its own."""


def openai_error(problem: dict[str, Any]) -> OpenAiErrorsOut:
    """The JSON of a problem (RFC 9457) in OpenAI's shape."""
    slug = str(problem["type"]).removeprefix(TYPE_PREFIX)
    status = int(problem["status"])
    faults = problem.get("errors") or [{}]
    pointer = str(faults[0].get("pointer", "")).removeprefix("#").strip("/")
    return OpenAiErrorsOut(
        error=OpenAiErrorOut(
            message=str(problem["detail"]),
            type=_TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error"),
            param=pointer.replace("/", ".") or None,
            code=_CODES.get(slug, slug.replace("-", "_")),
        )
    )


class OpenAiErrors:
    """ASGI middleware; outside of all that answers with problems."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; other scopes and paths pass through."""
        if scope["type"] == "http" and is_openai(scope["path"]):
            send = _Translating(send).send
        await self._app(scope, receive, send)


class _Translating:
    """Holds a problem back until it is whole; everything else passes."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._held: Message | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_problem(message):
            self._held = message
        elif self._held is not None and message["type"] == "http.response.body":
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._send_translated(self._held)
        else:
            await self._send(message)

    async def _send_translated(self, start: Message) -> None:
        body = openai_error(json.loads(self._body)).model_dump_json().encode("utf-8")
        headers = MutableHeaders(scope=start)
        headers["Content-Type"] = "application/json"
        headers["Content-Length"] = str(len(body))
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body, "more_body": False})


def _encode(event: ServerEvent, *, number: int) -> bytes:
    return format_sse_event(data_str=event.data)


def _tell_fault(problem: Problem, *, request_id: str) -> ServerEvent:
    told = openai_error(json.loads(problem_json(problem, request_id=request_id)))
    return ServerEvent(name="", data=told.model_dump_json())


CHUNKS = StreamForm(encode=_encode, tell_fault=_tell_fault)
"""Events without names and numbers; a fault is one with `error`, which OpenAI's clients raise."""


def openai_documented(*problems: ProblemKind | type[SanadError]) -> Responses:
    """As `api.responses.documented`, in OpenAI's shape."""
    return {
        status: {
            "description": entry["description"],
            "content": {
                "application/json": {
                    "schema": {"$ref": f"#/components/schemas/{OpenAiErrorsOut.__name__}"},
                    "examples": {
                        slug: {"value": openai_error(example["value"]).model_dump()}
                        for slug, example in entry["content"][MEDIA_TYPE]["examples"].items()
                    },
                }
            },
        }
        for status, entry in documented(*problems).items()
    }


def _is_problem(start: Message) -> bool:
    declared = Headers(raw=start["headers"]).get("content-type", "")
    return declared.partition(";")[0].strip() == MEDIA_TYPE
