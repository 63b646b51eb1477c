"""Field types of responses: bounded in the document, where the bounds of what was read hold.

They are not checked again on the way out: a reader is better served by a title that is too long
than by an error.
"""

from typing import Annotated

from pydantic import WithJsonSchema

from api.cursors import MAX_CURSOR_CHARS
from api.schemas.fields import (
    MAX_BODY_CHARS,
    MAX_ID_CHARS,
    MAX_LABEL_CHARS,
    MAX_NOTE_CHARS,
    MAX_TITLE_CHARS,
    MAX_URL_CHARS,
)

MAX_LANGUAGE_CHARS = 35
MAX_WORDS_CHARS = 2_000


def _text(max_chars: int) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "maxLength": max_chars})


ShownId = Annotated[str, _text(MAX_ID_CHARS)]
ShownTitle = Annotated[str, _text(MAX_TITLE_CHARS)]
ShownUrl = Annotated[str, _text(MAX_URL_CHARS)]
ShownLabel = Annotated[str, _text(MAX_LABEL_CHARS)]
ShownNote = Annotated[str, _text(MAX_NOTE_CHARS)]
ShownLanguage = Annotated[str, _text(MAX_LANGUAGE_CHARS)]
"""A BCP 47 tag."""

ShownText = Annotated[str, _text(MAX_BODY_CHARS)]
"""Any part of an article's body."""

Words = Annotated[str, _text(MAX_WORDS_CHARS)]
"""A sentence or a name that the server makes."""

Offset = Annotated[int, WithJsonSchema({"type": "integer", "minimum": 0})]
"""In code points of an article's body or an answer's text, 0-based; ends are exclusive."""

Count = Annotated[int, WithJsonSchema({"type": "integer", "minimum": 0})]
Timestamp = Annotated[int, WithJsonSchema({"type": "integer", "minimum": 0})]
"""Unix time in seconds."""

Cursor = Annotated[str, _text(MAX_CURSOR_CHARS)]
"""Where a list goes on; opaque."""

Ordinal = Annotated[int, WithJsonSchema({"type": "integer", "minimum": 1})]
"""A rank, number or version, from 1."""

Share = Annotated[float, WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1})]
Cosine = Annotated[float, WithJsonSchema({"type": "number", "minimum": -1, "maximum": 1})]

Timings = Annotated[
    dict[str, float],
    WithJsonSchema({
        "type": "object",
        "additionalProperties": {"type": "number", "minimum": 0},
        "maxProperties": 20,
    }),
]
"""Milliseconds by stage."""
