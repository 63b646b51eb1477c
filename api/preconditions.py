"""Entity tags of articles, and requests that depend on them (RFC 9110, sections 8.8.3 and 13).

The tag is strong: it names version and content. A compressed response carries the tag with the name
of the coding at its end (`api.compression`), which is taken off before tags are compared, so that
a tag is good for a write whichever form it was read in.
"""

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request

from api.problem_kinds import MALFORMED_PRECONDITION
from api.problems import Problem
from api.responses import Responses
from core.errors import PreconditionFailed
from core.ports import Precondition
from core.types import StoredArticle

PRECONDITION_PROBLEMS = (MALFORMED_PRECONDITION, PreconditionFailed)

TAGGED: Responses = {
    200: {
        "headers": {
            "ETag": {
                "description": "Strong entity tag: version and content.",
                "schema": {"type": "string"},
                "example": '"3-5f1c8d5e7a3b4c6f9d2e1a0b8c7d6e5f"',
            }
        }
    },
    304: {"description": "The article has one of the entity tags of If-None-Match; no body"},
}
"""For a route that reads an article."""

ANY = "*"
CODINGS = ("gzip", "zstd")

TAGS_PATTERN = r'^(\*|(W/)?"[!#-~]*"(, (W/)?"[!#-~]*")*)$'
"""The plainest way to write what is taken."""

_TAG = re.compile(r'(W/)?"[\x21\x23-\x7e\x80-\xff]*"')
_LIST = re.compile(rf"[ \t,]*(?:{_TAG.pattern}[ \t]*(?:,[ \t,]*|$))+")
_CODED = re.compile(rf'-(?:{"|".join(CODINGS)})"$')


def entity_tag(stored: StoredArticle) -> str:
    """The strong entity tag of `stored`."""
    return f'"{stored.version}-{stored.content_hash}"'


def coded_tag(tag: str, coding: str) -> str:
    """The tag of the same content in the content coding `coding`.

    >>> coded_tag('"3-ab"', "gzip")
    '"3-ab-gzip"'
    """
    return f'{tag[:-1]}-{coding}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Preconditions:
    """What a request says of the article that it is for; None says nothing, "*" any article."""

    if_match: tuple[str, ...] | None
    if_none_match: tuple[str, ...] | None

    def to_be_met(self) -> Precondition | None:
        """What a write has to meet; None if the request says nothing."""
        says_nothing = self.if_match is None and self.if_none_match is None
        return None if says_nothing else self.require

    def require(self, stored: StoredArticle | None) -> None:
        """Refuse the request unless `stored` is what it says.

        Raises:
            PreconditionFailed: it is not.
        """
        if self.if_match is not None and not _matches(self.if_match, stored, is_strong=True):
            raise PreconditionFailed(
                "the index has no such article"
                if stored is None
                else f"the article is at version {stored.version}, and If-Match names another one: "
                "read it again"
            )
        if self.has_already(stored):
            raise PreconditionFailed("the index has such an article already (If-None-Match)")

    def has_already(self, stored: StoredArticle | None) -> bool:
        """Whether If-None-Match names `stored`."""
        return self.if_none_match is not None and _matches(
            self.if_none_match, stored, is_strong=False
        )


def _matches(tags: tuple[str, ...], stored: StoredArticle | None, *, is_strong: bool) -> bool:
    if stored is None:
        return False
    if tags == (ANY,):
        return True
    known = tags if is_strong else [tag.removeprefix("W/") for tag in tags]
    return entity_tag(stored) in {_CODED.sub('"', tag) for tag in known}


async def read_preconditions(
    request: Request,
    if_match: Annotated[
        str | None,
        Header(
            description="Entity tags of which the article must have one, or * for any article; "
            "else 412.",
            examples=['"3-5f1c8d5e7a3b4c6f9d2e1a0b8c7d6e5f"'],
            json_schema_extra={"pattern": TAGS_PATTERN},
        ),
    ] = None,
    if_none_match: Annotated[
        str | None,
        Header(
            description="Entity tags that the article must not have, or * for none at all; else "
            "304 for a read, 412 for a write.",
            examples=["*"],
            json_schema_extra={"pattern": TAGS_PATTERN},
        ),
    ] = None,
) -> Preconditions:
    """The preconditions of a request.

    Raises:
        Problem: malformed-precondition.
    """
    return Preconditions(
        if_match=None if if_match is None else _tags(request, "If-Match"),
        if_none_match=None if if_none_match is None else _tags(request, "If-None-Match"),
    )


def _tags(request: Request, header: str) -> tuple[str, ...]:
    value = ", ".join(request.headers.getlist(header)).strip()
    if value == ANY:
        return (ANY,)
    if not _LIST.fullmatch(value):
        raise Problem(
            MALFORMED_PRECONDITION, f'{header} is no list of entity tags like "3-5f1c", and not *'
        )
    return tuple(match[0] for match in _TAG.finditer(value))


GivenPreconditions = Annotated[Preconditions, Depends(read_preconditions)]
