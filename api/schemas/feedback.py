"""Feedback on the wire: what a reader says of an answer."""

from typing import Annotated, Self

from pydantic import ConfigDict, Field, JsonValue, StrictInt

from api.schemas.fields import RequestModel, ResponseModel, UtcTime, checked_text
from api.schemas.shown import Cursor, Ordinal, ShownId, ShownNote, Words
from core.feedback import Feedback, FeedbackPage, FeedbackVerdict
from core.settings import MAX_QUERY_CHARS

MAX_COMMENT_CHARS = 2_000
MAX_CITATION = 100
MAX_PAGE = 1_000

FEEDBACK_EXAMPLE: dict[str, JsonValue] = {
    "answer_id": "0d9f6f4e-6a52-4c1e-9d0e-3f5b6c7d8e9f",
    "verdict": "wrong",
    "citation": 1,
    "comment": "الاقتباس عن عام 2023 لا عن 2024.",
}

Comment = Annotated[str, Field(max_length=MAX_COMMENT_CHARS), checked_text]


class FeedbackIn(RequestModel):
    """What a reader says of an answer."""

    model_config = ConfigDict(json_schema_extra={"examples": [FEEDBACK_EXAMPLE]})

    answer_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,64}$")] = Field(
        description="The `id` of the answer.", examples=[FEEDBACK_EXAMPLE["answer_id"]]
    )
    verdict: FeedbackVerdict = Field(
        description="helpful; wrong: it says what is not so; missing_source: the archive has what "
        "it lacks, or a citation does not carry its sentence.",
        examples=["wrong"],
    )
    citation: StrictInt | None = Field(
        default=None,
        ge=1,
        le=MAX_CITATION,
        description="The number of the citation that it is about; left out, the whole answer.",
        examples=[1],
    )
    comment: Comment | None = Field(
        default=None,
        description="In the reader's words. Kept as it is: readers should name nobody.",
        examples=[FEEDBACK_EXAMPLE["comment"]],
    )
    question: Annotated[str, Field(max_length=MAX_QUERY_CHARS), checked_text] | None = Field(
        default=None,
        description="The question, if the reader agrees that it is kept with the rest; else it is "
        "not kept.",
        examples=["كم بلغ عدد الحاويات في 2024؟"],
    )


class FeedbackTakenOut(ResponseModel):
    """It is kept."""

    id: ShownId = Field(
        description="Names this feedback.", examples=["7f3c9e2b5d6f4a1c8e0b2d4f6a8c0e1f"]
    )


class FeedbackOut(ResponseModel):
    """Feedback as it is kept; null is what was not sent."""

    id: ShownId = Field(description="Names this feedback.")
    at: UtcTime = Field(description="When it came, in UTC.")
    answer_id: ShownId = Field(description="The answer that it is about.")
    verdict: FeedbackVerdict = Field(description="helpful, wrong or missing_source.")
    citation: Ordinal | None = Field(description="Number of the citation that it is about.")
    comment: ShownNote | None = Field(description="In the reader's words: untrusted text.")
    question: Words | None = Field(description="Only if the reader sent it to be kept.")
    site: ShownId | None = Field(description="The public site that it came from.")

    @classmethod
    def from_feedback(cls, feedback: Feedback) -> Self:
        """The wire form of `feedback`."""
        return cls(
            id=feedback.id,
            at=feedback.at,
            answer_id=feedback.answer_id,
            verdict=feedback.verdict,
            citation=feedback.citation,
            comment=feedback.comment,
            question=feedback.question,
            site=feedback.site,
        )


class FeedbackPageOut(ResponseModel):
    """Feedback in the order in which it came."""

    feedback: tuple[FeedbackOut, ...] = Field(description="The oldest first.")
    cursor: Cursor = Field(
        description="Asks for what comes after these, also for what is yet to come."
    )
    has_more: bool = Field(description="Whether more is there already.")

    @classmethod
    def from_page(cls, page: FeedbackPage, *, cursor: str) -> Self:
        """The wire form of `page`, whose place is `cursor`."""
        return cls(
            feedback=tuple(map(FeedbackOut.from_feedback, page.entries)),
            cursor=cursor,
            has_more=page.has_more,
        )
