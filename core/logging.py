"""Log lines: one a record, as text or JSON, and nothing in them of what people wrote.

Articles, questions and headers reach a log by exceptions, whose messages quote what they could not
read. A trace therefore names frames and types; a message is shown only of the errors that this
project words itself, and of those the system words.
"""

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Literal

from core.errors import BackendError, ConfigError

LogFormat = Literal["text", "json"]

LogValue = str | int | float | None
"""What a field of a line may hold; None leaves the field out."""

MAX_MESSAGE_CHARS = 2_000
MAX_ERROR_CHARS = 300
MAX_FRAMES = 12
MAX_CAUSES = 5

_WORDED_HERE = (BackendError, ConfigError)
"""Errors whose messages name parts, settings and addresses, never texts."""

_SPEAKS_OF_OBJECTS = "asyncio"
"""Its first line says what happened; the ones below print objects with all that they hold."""

_PLAIN_VALUE = re.compile(r"[^\s\"'=\\]+")
_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufff9-\ufffb]"
)

NOISY = ("httpx", "httpcore", "mcp", "sentence_transformers", "transformers", "urllib3")
"""Their lines say nothing to a reader of ours: requests, downloads, model internals, messages."""


def configure_logging(*, level: str, log_format: LogFormat) -> None:
    """Send every line of `level` or worse to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if log_format == "json" else TextLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)


def log_event(
    logger: logging.Logger, event: str, fields: Mapping[str, LogValue], *, level: int = logging.INFO
) -> None:
    """Write that `event` happened, with `fields` in their order: key=value, or keys of JSON."""
    told = {name: value for name, value in fields.items() if value is not None}
    logger.log(level, "%s %s", event, _Pairs(told), extra={"event": event, "fields": told})


class _Pairs:
    """Words fields only if a line is written."""

    def __init__(self, fields: Mapping[str, LogValue]) -> None:
        self._fields = fields

    def __str__(self) -> str:
        return " ".join(f"{name}={_shown(value)}" for name, value in self._fields.items())


def _shown(value: LogValue) -> str:
    text = str(value)
    return text if _PLAIN_VALUE.fullmatch(text) else json.dumps(text, ensure_ascii=False)


class TextLines(logging.Formatter):
    """`2026-01-31T08:00:00.000Z level=INFO logger=api.envelope request method=GET ...`.

    A trace follows on lines of its own, which begin with two spaces.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line of `record`, and its trace."""
        head = f"{_time(record)} level={record.levelname} logger={record.name} {_message(record)}"
        return "\n".join([head, *(f"  {line}" for line in _trace(record))])


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, event with its fields or message, trace."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of `record`."""
        line: dict[str, object] = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        event = getattr(record, "event", None)
        if event is None:
            line["message"] = _message(record)
        else:
            line |= {"event": event, **getattr(record, "fields", {})}
        trace = list(_trace(record))
        if trace:
            line["trace"] = trace
        return json.dumps(line, ensure_ascii=False, default=str)


def _time(record: logging.LogRecord) -> str:
    at = datetime.fromtimestamp(record.created, tz=UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _message(record: logging.LogRecord) -> str:
    message = record.getMessage()
    if record.name == _SPEAKS_OF_OBJECTS:
        message = message.partition("\n")[0]
    return _on_one_line(message, limit=MAX_MESSAGE_CHARS)


def _trace(record: logging.LogRecord) -> Iterator[str]:
    """The error of `record` and its causes, the outermost first, each with its last frames."""
    error = record.exc_info[1] if record.exc_info else None
    for _ in range(MAX_CAUSES):
        if error is None:
            return
        yield _named(error)
        frames = traceback.StackSummary.extract(
            traceback.walk_tb(error.__traceback__), lookup_lines=False
        )
        for frame in list(frames)[-MAX_FRAMES:]:
            place = "/".join(PurePath(frame.filename).parts[-3:])
            yield f"at {place}:{frame.lineno} {frame.name}"
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _named(error: BaseException) -> str:
    name = type(error).__name__
    if isinstance(error, _WORDED_HERE):
        return f"{name}: {_on_one_line(str(error), limit=MAX_ERROR_CHARS)}"
    if isinstance(error, OSError) and error.strerror:
        return f"{name}: {_on_one_line(error.strerror, limit=MAX_ERROR_CHARS)}"
    if isinstance(error, BaseExceptionGroup):
        return f"{name} of {', '.join(type(each).__name__ for each in error.exceptions[:5])}"
    return name


def _on_one_line(text: str, *, limit: int) -> str:
    shown = text if len(text) <= limit else f"{text[:limit]}…"
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found.group()):04x}", shown)
