"""What an answer says of sources that disagree: one thing, and the figures that they give of it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.types import ArticleHeader


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureClaim:
    """A figure as an article gives it, verbatim: `figure == body[start:end]`, always.

    `citation` is the number of the quote that shows it, None if no quote had room for it. `also`
    are other articles that give the same figure; `sources` counts the independent ones among all
    of them, this one included.
    """

    header: "ArticleHeader"
    figure: str
    start: int
    end: int
    citation: int | None = None
    also: "tuple[ArticleHeader, ...]" = ()
    sources: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """At least two claims of the same thing, newest article first, those without a date last."""

    claims: tuple[FigureClaim, ...]
