"""Field types that several schemas share: bounded text, ids, languages, times."""

import re
from datetime import UTC, datetime, time
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

MAX_ID_CHARS = 200
MAX_LABEL_CHARS = 200
MAX_TITLE_CHARS = 1_000
MAX_URL_CHARS = 2_000
MAX_NOTE_CHARS = 5_000
MAX_BODY_CHARS = 20_000_000
"""No server can be configured to take more; its own bound is SANAD_MAX_ARTICLE_CHARS."""

_NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_NOT_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_UNSAFE_IN_URL = re.compile(r"[\s<>\"\\\x00-\x1f\x7f-\x9f]")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})?"
)


class RequestModel(BaseModel):
    """A part of a request: a field that the schema does not know is refused, never ignored."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown_fields(cls, values: object) -> object:
        if isinstance(values, dict):
            unknown = [str(name)[:100] for name in values if name not in cls.model_fields]
            if unknown:
                raise refusal(
                    f"unknown field {', '.join(map(repr, unknown[:5]))}; "
                    f"known: {', '.join(cls.model_fields)}"
                )
        return values


class ResponseModel(BaseModel):
    """A part of a response; a score that is not finite is a fault, not a null."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)


def refusal(message: str) -> PydanticCustomError:
    """The error to raise in a validator; `message` names the value and the remedy."""
    return PydanticCustomError("refused", "{message}", {"message": message})


def fault_of_id(text: str) -> str | None:
    """Why `text` cannot be an article id, as a phrase; None if it can."""
    if not text.strip():
        return "is empty"
    if len(text) > MAX_ID_CHARS:
        return f"has {len(text)} characters; at most {MAX_ID_CHARS} are allowed"
    if text != text.strip():
        return "begins or ends with white space: remove it"
    if text in {".", ".."}:
        return f"is {text!r}, which no URL can name"
    return _fault(text, _NOT_LINE)


def parse_time(value: object, *, date_means: time | None) -> datetime:
    """An RFC 3339 time in UTC; a date alone is taken at `date_means`, refused if that is None.

    Raises:
        PydanticCustomError: not such a time, or without a zone.
    """
    if not isinstance(value, str) or len(value) > 40:
        raise refusal("must be a time like 2024-06-19T08:30:00Z, as text")
    shown = f"{value!r}"
    if _DATE.fullmatch(value) and date_means is not None:
        return datetime.combine(_parsed(value).date(), date_means, tzinfo=UTC)
    if not _TIME.fullmatch(value):
        raise refusal(f"{shown} is no RFC 3339 time: write 2024-06-19T08:30:00Z")
    parsed = _parsed(value.upper())
    if parsed.tzinfo is None:
        raise refusal(f"{shown} has no time zone: add Z or +03:00")
    try:
        return parsed.astimezone(UTC)
    except OverflowError as exc:
        raise refusal(f"{shown} is before the year 1 or after 9999 in UTC") from exc


def _parsed(value: str) -> datetime:
    try:
        return datetime.fromisoformat(value)
    except ValueError as exc:
        raise refusal(f"{value!r} does not exist in the calendar") from exc


def _start_of_day(value: object) -> datetime:
    return parse_time(value, date_means=time.min)


def _end_of_day(value: object) -> datetime:
    return parse_time(value, date_means=time.max)


def _exact(value: object) -> datetime:
    return parse_time(value, date_means=None)


def _fault(value: str, pattern: re.Pattern[str]) -> str | None:
    found = pattern.search(value)
    if found is None:
        return None
    return (
        f"holds the control character U+{ord(found.group()):04X} at character {found.start()}: "
        "remove it"
    )


def _check_text(value: str) -> str:
    fault = _fault(value, _NOT_TEXT)
    if fault is not None:
        raise refusal(f"{fault} (line ends are \\n)")
    return _check_filled(value)


def _check_line(value: str) -> str:
    fault = _fault(value, _NOT_LINE)
    if fault is not None:
        raise refusal(fault)
    return _check_filled(value)


def _check_filled(value: str) -> str:
    if not value.strip():
        raise refusal("is blank: leave it out or fill it")
    return value


def _check_id(value: str) -> str:
    fault = fault_of_id(value)
    if fault is not None:
        raise refusal(f"the article id {fault}")
    return value


def _check_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable or _UNSAFE_IN_URL.search(value):
        raise refusal("must be an absolute http or https URL without spaces")
    return value


def _primary_subtag(value: str) -> str:
    return value.split("-", 1)[0].lower()


checked_text = AfterValidator(_check_text)
"""For text with line ends that is bounded elsewhere: not blank, no control characters."""

_TIME_SCHEMA = WithJsonSchema({"type": "string", "format": "date-time"})

# The length comes first: behind a validator pydantic would count "items after validation", and
# only a bounded string is checked for lone surrogates.
Label = Annotated[str, Field(max_length=MAX_LABEL_CHARS), AfterValidator(_check_line)]
Title = Annotated[str, Field(max_length=MAX_TITLE_CHARS), AfterValidator(_check_line)]
Note = Annotated[str, Field(max_length=MAX_NOTE_CHARS), AfterValidator(_check_text)]
Body = Annotated[str, Field(max_length=MAX_BODY_CHARS), AfterValidator(_check_text)]
"""Text with line ends; no control characters but \\n and tab."""

Id = Annotated[str, Field(max_length=MAX_ID_CHARS), AfterValidator(_check_id)]
Url = Annotated[str, Field(max_length=MAX_URL_CHARS), AfterValidator(_check_url)]

Language = Annotated[
    str,
    Field(max_length=35, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$"),
    AfterValidator(_primary_subtag),
]
"""A BCP 47 tag; its primary subtag, which is all that an article keeps."""

LanguageCode = Annotated[str, Field(pattern="^[a-z]{2,3}$")]

StartTime = Annotated[datetime, BeforeValidator(_start_of_day), _TIME_SCHEMA]
"""A date alone means its first moment in UTC."""

EndTime = Annotated[datetime, BeforeValidator(_end_of_day), _TIME_SCHEMA]
"""A date alone means its last moment in UTC."""

ExactTime = Annotated[datetime, BeforeValidator(_exact), _TIME_SCHEMA]


def _to_utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


UtcTime = Annotated[datetime, AfterValidator(_to_utc)]
"""A time of a response, written as RFC 3339 with Z."""
