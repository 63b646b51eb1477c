"""Times that a question names, on the wire."""

from datetime import date
from typing import Self

from pydantic import Field

from api.schemas.fields import ResponseModel
from api.schemas.shown import Words
from core.periods import Period, PeriodUse


class PeriodOut(ResponseModel):
    """A time that the question names: `text` is `question[start:end]`."""

    text: Words = Field(
        description="As the question writes it, after white space was tidied.",
        examples=["in March 2018"],
    )
    start: int = Field(ge=0, description="First code point in the question.", examples=[28])
    end: int = Field(ge=0, description="One after the last.", examples=[41])
    first: date | None = Field(
        description="Its first day, inclusive, in UTC; null leaves it open.",
        examples=["2018-03-01"],
    )
    last: date | None = Field(
        description="Its last day, inclusive, in UTC; null leaves it open.", examples=["2018-03-31"]
    )
    use: PeriodUse = Field(
        description="filter: only articles published in it were searched. since: only those "
        "published from its first day on, those of the period first. preference: articles "
        "published in it or soon after come first among comparable ones. latest: newer ones do. "
        "lifted: its filter found nothing that answers and was given up. Dates in the request's "
        "filters win: then nothing is a filter here.",
        examples=["preference"],
    )

    @classmethod
    def from_period(cls, period: Period) -> Self:
        """The wire form of `period`."""
        return cls(
            text=period.text,
            start=period.start,
            end=period.end,
            first=period.first,
            last=period.last,
            use=period.use,
        )

    def to_period(self) -> Period:
        """The domain's form."""
        return Period(
            text=self.text,
            start=self.start,
            end=self.end,
            first=self.first,
            last=self.last,
            use=self.use,
        )
