"""Conflicting figures on the wire: one thing, and what each source says of it."""

from typing import Self

from pydantic import Field

from api.schemas.articles import ArticleHeaderOut
from api.schemas.fields import ResponseModel
from api.schemas.shown import Offset, Ordinal, ShownText
from core.conflicts import Conflict, FigureClaim


class FigureClaimOut(ResponseModel):
    """A figure as an article gives it: `figure` is `body[start:end]` of that article."""

    article: ArticleHeaderOut = Field(description="Which says so, with its date.")
    figure: ShownText = Field(description="To the character, in its digits and words.")
    start: Offset = Field(description="First code point in the article's body.")
    end: Offset = Field(description="One after the last.")
    citation: Ordinal | None = Field(
        description="Number of the citation whose quote shows it; null if there was no room."
    )
    also: tuple[ArticleHeaderOut, ...] = Field(
        description="Other articles that give the same figure."
    )
    sources: int = Field(
        ge=1,
        description="Independent sources among them, this one included: copies of one text and "
        "articles of one publisher count once.",
    )

    @classmethod
    def from_claim(cls, claim: FigureClaim) -> Self:
        """The wire form of `claim`."""
        return cls(
            article=ArticleHeaderOut.from_header(claim.header),
            figure=claim.figure,
            start=claim.start,
            end=claim.end,
            citation=claim.citation,
            also=tuple(map(ArticleHeaderOut.from_header, claim.also)),
            sources=claim.sources,
        )


class ConflictOut(ResponseModel):
    """Figures that sources give of the same thing, or that one replaced as time went on."""

    claims: tuple[FigureClaimOut, ...] = Field(
        description="At least two, the newest article first, those without a date last."
    )

    @classmethod
    def from_conflict(cls, conflict: Conflict) -> Self:
        """The wire form of `conflict`."""
        return cls(claims=tuple(map(FigureClaimOut.from_claim, conflict.claims)))
