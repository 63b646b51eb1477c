"""Bodies are JSON objects, read strictly: what is ambiguous is refused, not guessed."""

import json
from collections.abc import Callable, Coroutine
from email.message import Message
from typing import Any, NoReturn

import anyio.to_thread
from fastapi import Request, Response

from api.access.guard import GuardedRoute
from api.problem_kinds import INVALID_REQUEST, MALFORMED_JSON, UNSUPPORTED_MEDIA_TYPE
from api.problems import Problem

LARGE_BYTES = 100_000
"""From this size a body is parsed in a thread, to keep the event loop free."""


def parse_json(body: bytes, *, is_line: bool = False) -> object:
    """The value of `body`, which may be one line of many.

    Raises:
        Problem: malformed-json, with line and column where they are known.
    """
    try:
        text = body.decode("utf-8-sig")
        return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_refuse_repeated)
    except UnicodeDecodeError as exc:
        raise Problem(MALFORMED_JSON, f"byte {exc.start} of the body is not UTF-8") from exc
    except json.JSONDecodeError as exc:
        place = f"column {exc.colno}" if is_line else f"line {exc.lineno}, column {exc.colno}"
        raise Problem(MALFORMED_JSON, f"the body stops being valid JSON at {place}") from exc
    except RecursionError as exc:
        raise Problem(MALFORMED_JSON, "the body is nested too deeply") from exc
    except ValueError as exc:  # int() refuses more than 4,300 digits
        raise Problem(MALFORMED_JSON, "the body holds a number with too many digits") from exc


class JsonRequest(Request):
    """A request whose body must be declared as JSON and not be empty."""

    async def body(self) -> bytes:
        """The whole body."""
        body = await super().body()
        if not body:
            raise Problem(INVALID_REQUEST, "the request has no body: send a JSON object")
        declared = self.headers.get("content-type", "")
        if not _is_json(declared):
            shown = f"{declared[:100]!r}" if declared else "not declared"
            raise Problem(
                UNSUPPORTED_MEDIA_TYPE,
                f"the body is {shown}: send Content-Type: application/json",
                headers={"Accept": "application/json"},
            )
        return body

    async def json(self) -> object:
        """The parsed body."""
        body = await self.body()
        if len(body) < LARGE_BYTES:
            return parse_json(body)
        return await anyio.to_thread.run_sync(parse_json, body)


class JsonRoute(GuardedRoute):
    """A route that reads its body strictly, once its caller is known."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The guarded handler on a JsonRequest."""
        handle = super().get_route_handler()

        async def handle_strictly(request: Request) -> Response:
            return await handle(JsonRequest(request.scope, request.receive))

        return handle_strictly


def _is_json(content_type: str) -> bool:
    """As FastAPI decides it, so that `json` is always called after `body`."""
    message = Message()
    message["content-type"] = content_type
    subtype = message.get_content_subtype()
    return message.get_content_maintype() == "application" and (
        subtype == "json" or subtype.endswith("+json")
    )


def _refuse_constant(name: str) -> NoReturn:
    raise Problem(MALFORMED_JSON, f"the body holds {name}, which JSON does not know")


def _refuse_repeated(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """The object of `pairs`: of two equal keys one would be ignored silently."""
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        repeated = next(key for place, key in enumerate(keys) if key in keys[:place])
        raise Problem(MALFORMED_JSON, f"the key {repeated[:100]!r} stands twice in one object")
    return found
