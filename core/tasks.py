"""What task groups of this project share."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def bare_faults() -> Iterator[None]:
    """Around a task group: the first fault is raised as it was, not inside a group.

    The first one stops all other tasks of the group; what they raise on their way out is its
    consequence. Callers catch our own kinds of error, which they would not find in a group.
    """
    try:
        yield
    except BaseExceptionGroup as group:
        error = group.exceptions[0]
        raise error from error.__cause__
