"""Kinds of problems (RFC 9457), each with its stable type: those that the HTTP layer finds."""

from dataclasses import dataclass

TYPE_PREFIX = "urn:sanad:problem:"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemKind:
    """A kind of problem: `slug` never changes meaning, `remedy` is shown on /docs."""

    slug: str
    status: int
    title: str
    remedy: str
    retry: bool = False
    """Whether the same request may succeed in a while: sent as Retry-After."""

    @property
    def type(self) -> str:
        """The `type` member: a stable URI."""
        return TYPE_PREFIX + self.slug


UNEXPECTED = ProblemKind(
    slug="unexpected",
    status=500,
    title="Something failed that should not",
    remedy="Report the request_id: the server's log has the cause.",
)
MALFORMED_JSON = ProblemKind(
    slug="malformed-json",
    status=400,
    title="The body is not valid JSON",
    remedy="Send one JSON object in UTF-8, without NaN, repeated keys or deep nesting.",
)
MALFORMED_ID = ProblemKind(
    slug="malformed-id",
    status=400,
    title="The article id in the path cannot be used",
    remedy="Percent-encode the id as UTF-8, slashes as %2F.",
)
MALFORMED_PRECONDITION = ProblemKind(
    slug="malformed-precondition",
    status=400,
    title="If-Match or If-None-Match cannot be read",
    remedy="Send entity tags as GET gave them, in quotes and with commas between, or *.",
)
MALFORMED_KEY = ProblemKind(
    slug="malformed-idempotency-key",
    status=400,
    title="The Idempotency-Key cannot be used",
    remedy="Send 1 to 255 printable ASCII characters, e.g. a UUID.",
)
IDEMPOTENCY_RUNNING = ProblemKind(
    slug="idempotency-running",
    status=409,
    title="The same request is being worked on",
    remedy="Send it again after the seconds in Retry-After.",
    retry=True,
)
MALFORMED_CODING = ProblemKind(
    slug="malformed-coding",
    status=400,
    title="The body cannot be decoded",
    remedy="Send the body in the coding that Content-Encoding names, to its end.",
)
UNAUTHORIZED = ProblemKind(
    slug="unauthorized",
    status=401,
    title="No key or token that is good",
    remedy="Send Authorization: Bearer with a key, or with a new token of POST /v1/visitors.",
)
FORBIDDEN = ProblemKind(
    slug="forbidden",
    status=403,
    title="The key or token may not do this",
    remedy="Use a key with the scope that `detail` names.",
)
ORIGIN_NOT_ALLOWED = ProblemKind(
    slug="origin-not-allowed",
    status=403,
    title="Pages of this origin may not ask",
    remedy="List the page's origin at its site, on the server.",
)
TOO_MANY_REQUESTS = ProblemKind(
    slug="too-many-requests",
    status=429,
    title="A budget is used up",
    remedy="Come back after the seconds in Retry-After: `detail` says when that is.",
)
ASKING_IS_OFF = ProblemKind(
    slug="asking-is-off",
    status=503,
    title="Questions are not taken at the moment",
    remedy="Come back later: the operator has turned them off.",
)
ASKING_IS_HELD_OFF = ProblemKind(
    slug="asking-is-held-off",
    status=409,
    title="The settings of the server hold questions off",
    remedy="Set SANAD_ASKING=on and start the server anew: the switch is remembered as on.",
)
NOT_FOUND = ProblemKind(
    slug="not-found",
    status=404,
    title="Nothing is served at this path",
    remedy="See /docs for the paths.",
)
MODEL_NOT_FOUND = ProblemKind(
    slug="model-not-found",
    status=404,
    title="No model of this name answers here",
    remedy="GET /v1/models lists the names.",
)
METHOD_NOT_ALLOWED = ProblemKind(
    slug="method-not-allowed",
    status=405,
    title="This path does not take this method",
    remedy="Use one of the methods of the Allow header.",
)
BODY_TOO_SLOW = ProblemKind(
    slug="body-too-slow",
    status=408,
    title="The body took too long to arrive",
    remedy="Send it at once, over a connection of its own.",
)
BODY_TOO_LARGE = ProblemKind(
    slug="body-too-large",
    status=413,
    title="The body is too large",
    remedy="Send less, or raise SANAD_MAX_REQUEST_BYTES on the server.",
)
LINE_TOO_LONG = ProblemKind(
    slug="line-too-long",
    status=413,
    title="A line of the upload is too long",
    remedy="Send less, or raise SANAD_MAX_REQUEST_BYTES on the server.",
)
URL_TOO_LONG = ProblemKind(
    slug="url-too-long",
    status=414,
    title="The path or query string is too long",
    remedy="Send what you ask for in the JSON body.",
)
UNSUPPORTED_MEDIA_TYPE = ProblemKind(
    slug="unsupported-media-type",
    status=415,
    title="The body is not declared as JSON",
    remedy="Send Content-Type: application/json.",
)
UNSUPPORTED_CODING = ProblemKind(
    slug="unsupported-coding",
    status=415,
    title="The body is coded in a way that is not understood",
    remedy="Send it as gzip, as zstd, or as it is.",
)
NOT_NDJSON = ProblemKind(
    slug="not-ndjson",
    status=415,
    title="The body is not declared as lines of JSON",
    remedy="Send Content-Type: application/x-ndjson.",
)
IDEMPOTENCY_MISMATCH = ProblemKind(
    slug="idempotency-mismatch",
    status=422,
    title="The Idempotency-Key belongs to another request",
    remedy="Send a new key with a new request.",
)
INVALID_REQUEST = ProblemKind(
    slug="invalid-request",
    status=422,
    title="The request does not fit the schema",
    remedy="`errors` names each field and what is wrong with it.",
)
NOT_READY = ProblemKind(
    slug="not-ready",
    status=503,
    title="A part of the server does not answer",
    remedy="Wait, or run `sanad doctor` on the server.",
    retry=True,
)
TOO_MANY_UPLOADS = ProblemKind(
    slug="too-many-uploads",
    status=503,
    title="As many batches as the server takes at a time are being sent",
    remedy="Send the same request again after the seconds in Retry-After.",
    retry=True,
)
UPLOAD_STALLED = ProblemKind(
    slug="upload-stalled",
    status=408,
    title="The upload did not go on",
    remedy="Send again what has no verdict.",
)
UPLOAD_TOO_SLOW = ProblemKind(
    slug="upload-too-slow",
    status=408,
    title="The upload took longer than the server allows",
    remedy="Send again what has no verdict, or raise SANAD_MAX_BATCH_S on the server.",
)
HTTP_ERROR = ProblemKind(
    slug="http-error",
    status=400,
    title="The request cannot be understood",
    remedy="See /docs.",
)

HTTP_KINDS = (
    MALFORMED_JSON,
    MALFORMED_ID,
    MALFORMED_PRECONDITION,
    MALFORMED_KEY,
    IDEMPOTENCY_RUNNING,
    MALFORMED_CODING,
    UNAUTHORIZED,
    FORBIDDEN,
    ORIGIN_NOT_ALLOWED,
    TOO_MANY_REQUESTS,
    ASKING_IS_OFF,
    ASKING_IS_HELD_OFF,
    NOT_FOUND,
    MODEL_NOT_FOUND,
    METHOD_NOT_ALLOWED,
    BODY_TOO_SLOW,
    BODY_TOO_LARGE,
    LINE_TOO_LONG,
    URL_TOO_LONG,
    UNSUPPORTED_MEDIA_TYPE,
    UNSUPPORTED_CODING,
    NOT_NDJSON,
    IDEMPOTENCY_MISMATCH,
    INVALID_REQUEST,
    NOT_READY,
    TOO_MANY_UPLOADS,
    UPLOAD_STALLED,
    UPLOAD_TOO_SLOW,
    HTTP_ERROR,
    UNEXPECTED,
)
"""Kinds that the HTTP layer finds by itself; those of the domain are in `api.errors`."""
