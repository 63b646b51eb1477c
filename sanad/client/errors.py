"""What can go wrong between a client and a Sanad server.

ClientError
├── ServerUnreachable          no answer: not running, or the connection broke
│   └── ServerTimedOut         connected, but silent for too long
├── UnexpectedReply            an answer that is none of a Sanad server of this version
└── ProblemError               the server says what is wrong (RFC 9457)
    ├── RequestRefused         the request cannot be served as it is
    │   ├── NotAuthorized      no key, or one that may not do this
    │   └── NotFound           no such article
    ├── TooManyRequests        a limit is reached; `retry_after_s` says when to come again
    └── ServerFailed           a fault of the server's
        └── ServerBusy         worth a later try
"""

from dataclasses import dataclass

from core.errors import InputError, SanadError


class ClientError(SanadError):
    """The root: whatever a client raises but for a question that it refuses itself."""


class ServerUnreachable(ClientError):
    """The server does not answer."""


class ServerTimedOut(ServerUnreachable):
    """The server is connected and says nothing."""


class UnexpectedReply(ClientError, InputError):
    """What answers is no Sanad server, or one of another version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldProblem:
    """What is wrong with one field; `pointer` is a JSON pointer into the body."""

    pointer: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A problem as the server tells it.

    Attributes:
        type: Stable name of the kind, as "urn:sanad:problem:empty-query"; "about:blank" where
            something before the server answered.
        title: The kind in words.
        status: Of the response.
        detail: What happened this time and what to do.
        request_id: The server's log has it; "" if none was told.
        retry_after_s: Seconds after which to come again; None if none was told.
        errors: Field by field, where fields are at fault.
    """

    type: str
    title: str
    status: int
    detail: str
    request_id: str = ""
    retry_after_s: float | None = None
    errors: tuple[FieldProblem, ...] = ()


class ProblemError(ClientError):
    """The server says what is wrong: see `problem`."""

    def __init__(self, message: str, problem: Problem) -> None:
        super().__init__(message)
        self.problem = problem


class RequestRefused(ProblemError, InputError):
    """The request cannot be served as it is."""


class NotAuthorized(RequestRefused):
    """The server wants a key, or one that may do more."""


class NotFound(RequestRefused):
    """The index has no such article."""


class TooManyRequests(ProblemError):
    """A limit is reached."""


class ServerFailed(ProblemError):
    """The server failed."""


class ServerBusy(ServerFailed):
    """A part of the server does not answer now."""


def problem_error(problem: Problem, *, url: str) -> ProblemError:
    """The error of the class that fits the status of `problem`, told by the server at `url`."""
    reason = problem.detail or problem.title
    match problem.status:
        case 401 | 403:
            return NotAuthorized(
                f"the server at {url} refused: {reason} (a client takes its key as api_key or "
                "from SANAD_API_KEY)",
                problem,
            )
        case 404:
            return NotFound(reason, problem)
        case 429:
            return TooManyRequests(f"the server at {url} wants fewer requests: {reason}", problem)
        case 503:
            return ServerBusy(f"the server at {url} failed: {reason}", problem)
        case status if status >= 500:
            return ServerFailed(f"the server at {url} failed: {reason}", problem)
    return RequestRefused(f"the server at {url} refused: {reason}", problem)
