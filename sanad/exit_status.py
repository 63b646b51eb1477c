"""Exit statuses of the command, and which error ends with which."""

from core.errors import (
    ArticleRejected,
    BackendError,
    ConfigError,
    IndexLocked,
    InputError,
    ModelUnavailable,
    SanadError,
)

DONE = 0
NOT_ALL = 1
"""Done with rejections, or nothing found."""
WRONG_USAGE = 2
"""Wrong usage or settings."""
UNAVAILABLE = 3
"""A part is unavailable."""
INTERRUPTED = 130
"""Ctrl-C, as shells count it."""


def exit_status(error: SanadError) -> int:
    """The status with which the command ends on `error`."""
    match error:
        case IndexLocked() | ModelUnavailable() | BackendError():
            return UNAVAILABLE
        case ConfigError() | InputError():
            return WRONG_USAGE
        case ArticleRejected():
            return NOT_ALL
        case _:
            return UNAVAILABLE
