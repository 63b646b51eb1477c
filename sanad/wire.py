"""Requests of the command are checked by the API's own schemas; their refusals become ours."""

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import ValidationError

from core.errors import InputError


@contextmanager
def checked() -> Iterator[None]:
    """Turn a schema's refusal into an InputError that names field and reason."""
    try:
        yield
    except ValidationError as exc:
        problems = [
            f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}"
            for error in exc.errors(include_url=False, include_input=False)
        ]
        raise InputError("; ".join(problems)) from exc
