"""From a response to what a client gives, or to the error that it raises."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from sanad.client.errors import (
    FieldProblem,
    Problem,
    ProblemError,
    ServerTimedOut,
    ServerUnreachable,
    UnexpectedReply,
    problem_error,
)

Model = TypeVar("Model", bound=BaseModel)

RETRY_STATUSES = frozenset({429, 503})
"""Whose Retry-After says that the request was put off."""


def reads(model: type[Model]) -> Callable[[httpx.Response], Model]:
    """A reader of successful responses whose body is `model`."""

    def read(response: httpx.Response) -> Model:
        return parsed(model, response.content, url=shown(response.url))

    return read


def reads_nothing(_: httpx.Response) -> None:
    """The reader of responses that say no more than their status."""


def reads_text(response: httpx.Response) -> str:
    """The body as text."""
    return response.text


def parsed(model: type[Model], body: bytes | str, *, url: str) -> Model:
    """The `model` that `body` holds as JSON.

    Raises:
        UnexpectedReply: it holds something else.
    """
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        if any(one["type"] == "json_invalid" for one in error.errors()):
            raise UnexpectedReply(f"{url} is no Sanad server: it does not answer JSON") from error
        raise UnexpectedReply(
            f"{url} answers in another shape than this version knows: is it a Sanad server?"
        ) from error


def require_success(response: httpx.Response) -> None:
    """Return if `response`, which is read, is a success.

    Raises:
        ProblemError: the server says what is wrong.
        UnexpectedReply: it answers with a redirection.
    """
    if response.is_success:
        return
    if not response.is_error:
        raise UnexpectedReply(
            f"{shown(response.url)} is no Sanad server: it answered status {response.status_code}"
        )
    raise _problem_error(response)


def problem_of(body: Any, *, status: int, request_id: str, retry_after: str) -> Problem:  # noqa: ANN401 - JSON
    """The problem that `body` tells; whatever is missing is filled from the response."""
    told = body if isinstance(body, dict) else {}
    fields = told.get("errors")
    return Problem(
        type=str(told.get("type", "about:blank")),
        title=str(told.get("title", f"status {status}")),
        status=status,
        detail=str(told.get("detail", "")),
        request_id=str(told.get("request_id", request_id)),
        retry_after_s=float(retry_after)
        if status in RETRY_STATUSES and retry_after.isdecimal()
        else None,
        errors=tuple(
            FieldProblem(pointer=str(one.get("pointer")), message=str(one.get("message")))
            for one in (fields if isinstance(fields, list) else [])
            if isinstance(one, dict)
        ),
    )


@contextmanager
def told_apart(url: str) -> Iterator[None]:
    """Turn the faults of httpx into ours.

    Raises:
        ServerUnreachable: the server at `url` does not answer.
    """
    try:
        yield
    except (httpx.ReadTimeout, httpx.WriteTimeout) as error:
        raise ServerTimedOut(f"the server at {url} has said nothing for too long") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ServerUnreachable(
            f"the server at {url} does not answer: is it running there, and up?"
        ) from error


def shown(url: httpx.URL) -> str:
    """The server's address without path, user and password."""
    port = "" if url.port is None else f":{url.port}"
    host = f"[{url.host}]" if ":" in url.host else url.host
    return f"{url.scheme}://{host}{port}"


def _problem_error(response: httpx.Response) -> ProblemError:
    try:
        body = response.json()
    except ValueError:
        body = None
    problem = problem_of(
        body,
        status=response.status_code,
        request_id=response.headers.get("X-Request-ID", ""),
        retry_after=response.headers.get("Retry-After", ""),
    )
    return problem_error(problem, url=shown(response.url))


def error_told(data: str, *, url: str) -> ProblemError:
    """The error that an event `error` of a stream tells."""
    try:
        body = json.loads(data)
    except ValueError:
        body = None
    status = body.get("status") if isinstance(body, dict) else None
    problem = problem_of(
        body, status=status if isinstance(status, int) else 500, request_id="", retry_after=""
    )
    return problem_error(problem, url=url)
