"""Log lines are one a record, readable by machines, and quote nobody."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import ArticleRejected, BackendError, StoreUnavailable
from core.logging import (
    MAX_CAUSES,
    MAX_ERROR_CHARS,
    MAX_FRAMES,
    JsonLines,
    LogValue,
    TextLines,
    configure_logging,
    log_event,
)

SECRET = "ما سر القصر 77123"

Written = Callable[[], str]


def written_by(formatter: logging.Formatter) -> tuple[logging.Logger, Written]:
    """A logger of its own, and what it wrote so far."""
    logger = logging.Logger("test.lines")
    output = io.StringIO()
    handler = logging.StreamHandler(output)
    handler.setFormatter(formatter)
    logger.addHandler(handler)
    return logger, output.getvalue


def as_json(log: Callable[[logging.Logger], None]) -> dict[str, Any]:
    logger, written = written_by(JsonLines())
    log(logger)
    [line] = written().splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def as_text(log: Callable[[logging.Logger], None]) -> list[str]:
    logger, written = written_by(TextLines())
    log(logger)
    return written().splitlines()


def test_an_event_is_key_and_value_as_text() -> None:
    fields: dict[str, LogValue] = {"status": 200, "ms": 1.5, "left_out": None, "said": 'a "b"\n=c'}
    [line] = as_text(lambda logger: log_event(logger, "request", fields))
    assert line.endswith(
        r' level=INFO logger=test.lines request status=200 ms=1.5 said="a \"b\"\n=c"'
    )


def test_an_event_is_an_object_with_its_fields_as_json() -> None:
    fields: dict[str, LogValue] = {"status": 200, "ms": 1.5, "left_out": None, "said": "سند 🌍"}
    line = as_json(lambda logger: log_event(logger, "request", fields))
    assert datetime.fromisoformat(line.pop("time")).tzinfo is not None
    assert line == {
        "level": "info",
        "logger": "test.lines",
        "event": "request",
        "status": 200,
        "ms": 1.5,
        "said": "سند 🌍",
    }


@settings(deadline=None)
@given(st.text(), st.text())
def test_whatever_is_said_a_record_stays_one_line(message: str, value: str) -> None:
    def log(logger: logging.Logger) -> None:
        logger.warning("%s", message)
        log_event(logger, "event", {"value": value})

    for formatter in (TextLines(), JsonLines()):
        logger, written = written_by(formatter)
        log(logger)
        assert written().count("\n") == 2
        assert "\u202e" not in written()
        assert "\r" not in written()


def test_a_json_line_gives_back_what_was_said() -> None:
    said = "\u202e سطر\r\nثانٍ \x1b[31m 长"
    line = as_json(lambda logger: log_event(logger, "event", {"value": said}))
    assert line["value"] == said


def raised(error: Exception) -> Exception:
    """`error` with a trace."""
    with pytest.raises(type(error)) as caught:
        raise error
    return caught.value


@pytest.mark.parametrize(
    "error",
    [
        ValueError(f"cannot read {SECRET}"),
        KeyError(SECRET),
        ArticleRejected(f"the body {SECRET} is odd"),
        UnicodeDecodeError("utf-8", SECRET.encode(), 0, 1, SECRET),
        ExceptionGroup(SECRET, [ValueError(SECRET)]),
    ],
)
def test_a_trace_names_places_and_types_and_no_message_that_others_worded(
    error: Exception,
) -> None:
    def log(logger: logging.Logger) -> None:
        logger.error("part failed", exc_info=raised(error))

    line = as_json(log)
    assert line["trace"][0].startswith(type(error).__name__)
    assert any("tests/core/test_logging.py" in place for place in line["trace"])
    text = "\n".join(as_text(log))
    assert type(error).__name__ in text
    for shown in (text, json.dumps(line, ensure_ascii=False)):
        assert "77123" not in shown
        assert "القصر" not in shown


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (StoreUnavailable("10.0.0.7 refused"), "StoreUnavailable: 10.0.0.7 refused"),
        (OSError(28, "No space left on device", "/data"), "OSError: No space left on device"),
    ],
)
def test_what_the_project_or_the_system_words_is_shown(error: Exception, said: str) -> None:
    line = as_json(lambda logger: logger.error("part failed", exc_info=raised(error)))
    assert line["trace"][0] == said


def test_causes_are_told_and_bounded_and_so_are_frames_and_messages() -> None:
    def deep(levels: int) -> None:
        if levels:
            deep(levels - 1)
        raise BackendError("x" * 5_000)

    error: Exception = ValueError("first")
    try:
        deep(50)
    except BackendError as exc:
        error = exc
    for _ in range(10):
        outer = RuntimeError("outer")
        outer.__cause__ = error
        error = outer
    trace = as_json(lambda logger: logger.error("failed", exc_info=error))["trace"]
    names = [line for line in trace if not line.startswith("at ")]
    assert len(names) == MAX_CAUSES
    direct = as_json(lambda logger: logger.error("failed", exc_info=_innermost(error)))["trace"]
    assert len(direct) == 1 + MAX_FRAMES
    assert len(direct[0]) <= len("BackendError: …") + MAX_ERROR_CHARS


def _innermost(error: BaseException) -> BaseException:
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def test_objects_that_asyncio_prints_are_left_out() -> None:
    message = f"Task exception was never retrieved\nfuture: <Task exception={SECRET!r}>"
    logger, written = written_by(TextLines())
    logger.name = "asyncio"
    logger.error(message)
    assert "never retrieved" in written()
    assert "77123" not in written()


@pytest.fixture
def restored_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.usefixtures("restored_logging")
def test_the_configured_format_and_level_are_used(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(level="warning", log_format="json")
    logging.getLogger("a").info("quiet")
    logging.getLogger("a").warning("loud")
    assert json.loads(capsys.readouterr().err)["message"] == "loud"
