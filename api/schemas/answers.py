"""Answers on the wire: a question, and sentences that each carry their source."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, JsonValue, StrictBool, StrictInt

from api.schemas.articles import MAX_LIST_ITEMS, ArticleHeaderOut, CorrectionOut
from api.schemas.conflicts import ConflictOut
from api.schemas.fields import RequestModel, ResponseModel, UtcTime
from api.schemas.periods import PeriodOut
from api.schemas.search import FiltersIn
from api.schemas.shown import (
    Offset,
    Ordinal,
    ShownId,
    ShownLabel,
    ShownLanguage,
    ShownText,
    ShownTitle,
    ShownUrl,
    Timings,
    Words,
)
from core.settings import MAX_QUERY_CHARS
from core.types import Answer, AnswerSentence, AnswerStatus, Citation, Support
from retrieval.query import MAX_SENTENCES, MAX_TURN_CHARS, MAX_TURNS, Question, Turn

AUTO = "auto"

AnswerLanguage = Annotated[
    str, Field(max_length=35, pattern=r"^(auto|[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*)$")
]
"""A BCP 47 tag, or AUTO for the question's language."""
MAX_NUMBERS = 100
"""Citations of one sentence: there are never as many."""

ANSWER_EXAMPLE: dict[str, JsonValue] = {
    "question": "What does the 2024 treaty between Moscow and Pyongyang provide for?",
    "answer_language": AUTO,
    "max_sentences": 3,
}


class TurnIn(RequestModel):
    """What was said before the question."""

    role: Literal["user", "assistant"] = Field(
        description="Who said it: the asker, or an answer.", examples=["user"]
    )
    text: Annotated[str, Field(max_length=MAX_TURN_CHARS)] = Field(
        description="An earlier question, or the text of its answer.",
        examples=["What did Moscow and Pyongyang sign in 2024?"],
    )


class AnswerIn(RequestModel):
    """A question."""

    model_config = ConfigDict(json_schema_extra={"examples": [ANSWER_EXAMPLE]})

    question: Annotated[str, Field(max_length=MAX_QUERY_CHARS)] = Field(
        description="In any language; at least one letter or digit.",
        examples=[ANSWER_EXAMPLE["question"]],
    )
    filters: FiltersIn = Field(
        default_factory=FiltersIn,
        description="Which articles may be quoted.",
        examples=[{"languages": ["ar"]}],
    )
    answer_language: AnswerLanguage = Field(
        default=AUTO,
        description="BCP 47 tag for our own words; auto is the question's language. Quotes stay "
        "in theirs.",
        examples=[AUTO],
    )
    max_sentences: StrictInt = Field(
        default=3, ge=1, le=MAX_SENTENCES, description="Most sentences to give.", examples=[3]
    )
    history: tuple[TurnIn, ...] = Field(
        default=(),
        max_length=MAX_TURNS,
        description="Earlier turns, oldest first. A question that leans on them is searched as "
        "one that stands by itself: `query` in the answer.",
        examples=[[]],
    )
    stream: StrictBool = Field(
        default=False,
        description="Whether the answer is to come as server-sent events while it is made.",
        examples=[False],
    )

    def to_question(self) -> Question:
        """The domain's question.

        Raises:
            InputError: the question is empty, or a filter contradicts itself.
        """
        return Question(
            text=self.question,
            where=self.filters.to_filter(),
            answer_language=None if self.answer_language == AUTO else self.answer_language,
            max_sentences=self.max_sentences,
            history=tuple(Turn(role=turn.role, text=turn.text) for turn in self.history),
        )


class AnswerSentenceOut(ResponseModel):
    """A sentence of the answer: `text[start:end]`."""

    start: Offset = Field(description="First code point in the answer's text.")
    end: Offset = Field(description="One after the last.")
    citations: tuple[Ordinal, ...] = Field(
        max_length=MAX_NUMBERS, description="Numbers of its citations."
    )
    support: Support = Field(description="How well its citations carry it.")

    @classmethod
    def from_sentence(cls, sentence: AnswerSentence) -> Self:
        """The wire form of `sentence`."""
        return cls(
            start=sentence.start,
            end=sentence.end,
            citations=sentence.citations,
            support=sentence.support,
        )


class TextQuoteSelectorOut(ResponseModel):
    """W3C Web Annotation: the quote with its surroundings."""

    type: Literal["TextQuoteSelector"] = Field(
        default="TextQuoteSelector", description="As W3C names it."
    )
    exact: ShownText = Field(description="The quote.")
    prefix: ShownText = Field(description="What stands before it.")
    suffix: ShownText = Field(description="What stands after it.")


class TextPositionSelectorOut(ResponseModel):
    """W3C Web Annotation: the quote's place."""

    type: Literal["TextPositionSelector"] = Field(
        default="TextPositionSelector", description="As W3C names it."
    )
    start: Offset = Field(description="First code point in the article's body.")
    end: Offset = Field(description="One after the last.")


class AnswerSpanOut(ResponseModel):
    """A short answer inside a quote: a name, number, date or place, as the article has it."""

    start: Offset = Field(description="First code point in the article's body.")
    end: Offset = Field(description="One after the last.")


class CitationOut(ResponseModel):
    """A verbatim quote: `quote` is `body[start:end]` of its article."""

    number: Ordinal = Field(description="As in the answer's text: [1].")
    article_id: ShownId = Field(description="The article quoted.")
    title: ShownTitle = Field(description="Its headline.")
    url: ShownUrl | None = Field(description="Where readers find it.")
    deep_link: str | None = Field(description="The URL with a text fragment of the quote.")
    source: ShownLabel | None = Field(description="Its publisher.")
    published_at: UtcTime | None = Field(description="In UTC.")
    language: ShownLanguage = Field(description="Of the quote; primary subtag of BCP 47.")
    quote: ShownText = Field(description="To the character.")
    start: Offset = Field(description="First code point in the article's body.")
    end: Offset = Field(description="One after the last.")
    selectors: tuple[TextQuoteSelectorOut, TextPositionSelectorOut] = Field(
        description="The same place as W3C selectors."
    )
    also: tuple[ArticleHeaderOut, ...] = Field(
        description="Other articles that say the same, in these or other words or in another "
        "language."
    )
    sources: int = Field(
        ge=1,
        description="Independent sources among all of them, this one included: copies of one "
        "text and articles of one publisher count once.",
    )
    answer_spans: tuple[AnswerSpanOut, ...] = Field(
        default=(),
        description="The short answers inside the quote, in order and apart; none where the "
        "question asks for none, or where it is not sure.",
    )
    corrections: tuple[CorrectionOut, ...] = Field(
        default=(), max_length=MAX_LIST_ITEMS, description="Corrections made to the article so far."
    )

    @classmethod
    def from_citation(cls, citation: Citation) -> Self:
        """The wire form of `citation`."""
        return cls(
            number=citation.number,
            article_id=citation.header.id,
            title=citation.header.title,
            url=citation.header.url,
            deep_link=citation.deep_link,
            source=citation.header.source,
            published_at=citation.header.published_at,
            language=citation.header.language,
            quote=citation.quote,
            start=citation.start,
            end=citation.end,
            selectors=(
                TextQuoteSelectorOut(
                    exact=citation.quote, prefix=citation.prefix, suffix=citation.suffix
                ),
                TextPositionSelectorOut(start=citation.start, end=citation.end),
            ),
            also=tuple(map(ArticleHeaderOut.from_header, citation.also)),
            sources=citation.sources,
            answer_spans=tuple(
                AnswerSpanOut(start=start, end=end) for start, end in citation.answer_spans
            ),
            corrections=tuple(map(CorrectionOut.from_correction, citation.header.corrections)),
        )


class AnswerOut(ResponseModel):
    """An answer in which every sentence carries its source, or an abstention."""

    id: ShownId = Field(description="Names this answer.")
    status: AnswerStatus = Field(description="abstained: the archive does not answer this.")
    language: ShownLanguage = Field(description="Of `text`; primary subtag of BCP 47.")
    mode: ShownLabel = Field(
        description="extractive: the sentences are verbatim quotes; generated: a model's, each "
        "proven by its citations."
    )
    text: str = Field(
        description="To be shown; [1] is the citation with number 1. Characters that reorder, hide "
        "or command are replaced by harmless ones, one for one; quotes, titles and passages "
        "elsewhere are verbatim."
    )
    sentences: tuple[AnswerSentenceOut, ...] = Field(description="In order of `text`.")
    citations: tuple[CitationOut, ...] = Field(description="By number.")
    confidence: float = Field(
        ge=0, le=1, description="Estimated probability that the quotes answer the question."
    )
    newest_evidence: UtcTime | None = Field(description="Date of the newest article quoted.")
    notices: tuple[Words, ...] = Field(description="What a reader should know.")
    timing_ms: Timings = Field(description="Milliseconds by stage.")
    nearest: tuple[ArticleHeaderOut, ...] = Field(
        description="When abstained: the articles that come closest; else empty."
    )
    withheld: int = Field(
        ge=0, description="Generated sentences that are not shown because no quote proves them."
    )
    query: Words = Field(
        description="What was searched: the question, made to stand by itself in a conversation."
    )
    periods: tuple[PeriodOut, ...] = Field(
        default=(),
        description="Times that the question names, in its order, and how they were used.",
    )
    conflicts: tuple[ConflictOut, ...] = Field(
        description="Figures in which the sources disagree, or which one replaced as time went "
        "on; a notice tells each in words."
    )

    @classmethod
    def from_answer(cls, answer: Answer) -> Self:
        """The wire form of `answer`."""
        return cls(
            id=answer.id,
            status=answer.status,
            language=answer.language,
            mode=answer.mode,
            text=answer.text,
            sentences=tuple(map(AnswerSentenceOut.from_sentence, answer.sentences)),
            citations=tuple(map(CitationOut.from_citation, answer.citations)),
            confidence=answer.confidence,
            newest_evidence=answer.newest_evidence,
            notices=answer.notices,
            timing_ms=answer.timing_ms,
            nearest=tuple(map(ArticleHeaderOut.from_header, answer.nearest)),
            withheld=answer.withheld,
            query=answer.query,
            periods=tuple(map(PeriodOut.from_period, answer.periods)),
            conflicts=tuple(map(ConflictOut.from_conflict, answer.conflicts)),
        )
