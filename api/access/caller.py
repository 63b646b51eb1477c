"""Who sent a request."""

from dataclasses import dataclass, replace
from typing import Literal

from api.access.scopes import ALL_SCOPES, Scope
from core.passage_filter import PassageFilter, intersection
from retrieval.query import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who sent a request, and what they may do.

    Attributes:
        kind: "local" is the owner of a server on loopback, or the command beside it.
        id: Of the key or of the visitor; "local" for the owner.
        scopes: What they may do.
        site: On whose page a visitor is; None for all others.
        allowed: Which passages they may be shown; None for all of them.
    """

    kind: Literal["local", "key", "visitor"]
    id: str
    scopes: frozenset[Scope]
    site: str | None = None
    allowed: PassageFilter | None = None

    def limited(self, question: Question) -> Question:
        """`question`, over no more than this caller may be shown.

        Raises:
            InvalidFilter: the question is only about what they may not be shown.
        """
        if self.allowed is None:
            return question
        return replace(question, where=intersection(question.where, self.allowed))


LOCAL = Caller(kind="local", id="local", scopes=ALL_SCOPES)
"""The owner, who needs no key."""
