"""A batch of articles on the wire: a verdict for each line, and a summary."""

from typing import Literal

from pydantic import Field

from api.schemas.fields import ResponseModel
from api.schemas.operations import ProblemOut
from api.schemas.shown import ShownId


class BatchVerdictOut(ResponseModel):
    """What became of one line."""

    line: int = Field(ge=1, description="Counted from 1, blank lines included.", examples=[7])
    id: ShownId | None = Field(
        description="The article's id; null if the line does not tell one.",
        examples=["almadar-2024-06-19-01"],
    )
    verdict: Literal["indexed", "updated", "unchanged", "rejected"] = Field(
        description="All but `rejected` are durable and found from here on.", examples=["indexed"]
    )
    problem: ProblemOut | None = Field(
        default=None,
        exclude_if=lambda value: value is None,
        description="Why it was rejected, as the answer to a PUT of it would say.",
        examples=[None],
    )


class BatchTallyOut(ResponseModel):
    """Counts of the verdicts told."""

    indexed: int = Field(ge=0, description="New articles.", examples=[1])
    updated: int = Field(ge=0, description="Articles that replaced a former self.", examples=[0])
    unchanged: int = Field(
        ge=0, description="Articles that the index held as they are.", examples=[0]
    )
    rejected: int = Field(ge=0, description="Lines with a problem.", examples=[1])
    complete: bool = Field(
        description="Whether the whole upload was read; if not, send again what has no verdict.",
        examples=[True],
    )
    problem: ProblemOut | None = Field(
        default=None,
        exclude_if=lambda value: value is None,
        description="What ended it too early.",
        examples=[None],
    )


class BatchSummaryOut(ResponseModel):
    """The last line of the response."""

    summary: BatchTallyOut = Field(
        description="Of all lines.",
        examples=[{"indexed": 1, "updated": 0, "unchanged": 0, "rejected": 1, "complete": True}],
    )
