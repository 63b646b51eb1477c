"""What the tools take, with bounds."""

from typing import Annotated

from pydantic import Field, StrictInt

from api.schemas.answers import AUTO, AnswerLanguage
from api.schemas.fields import MAX_BODY_CHARS, Id, RequestModel
from api.schemas.search import FiltersIn
from core.settings import MAX_QUERY_CHARS
from retrieval.query import MAX_OFFSET, MAX_SENTENCES, Question, SearchQuery

MAX_RESULTS = 20
"""Of one search: passages fill the context of a model."""

MAX_FETCHED_CHARS = 20_000
"""Of an article at once."""


class SearchArguments(FiltersIn):
    """Arguments of `search`."""

    query: Annotated[str, Field(max_length=MAX_QUERY_CHARS)] = Field(
        description="What to look for, in any language; at least one letter or digit.",
        examples=["port traffic in 2024"],
    )
    limit: StrictInt = Field(
        default=5, ge=1, le=MAX_RESULTS, description="Most results to give.", examples=[5]
    )
    offset: StrictInt = Field(
        default=0, ge=0, le=MAX_OFFSET, description="Results to skip.", examples=[0]
    )

    def to_query(self) -> SearchQuery:
        """The domain's query.

        Raises:
            InputError: the query is empty, or a filter contradicts itself.
        """
        return SearchQuery(
            text=self.query, limit=self.limit, offset=self.offset, where=self.to_filter()
        )


class AnswerArguments(FiltersIn):
    """Arguments of `answer`."""

    question: Annotated[str, Field(max_length=MAX_QUERY_CHARS)] = Field(
        description="A question that stands by itself, in any language.",
        examples=["How many containers did the port of Ras Manar handle in 2024?"],
    )
    answer_language: AnswerLanguage = Field(
        default=AUTO,
        description="BCP 47 tag for words that are no quotes; auto is the question's language.",
        examples=[AUTO],
    )
    max_sentences: StrictInt = Field(
        default=3, ge=1, le=MAX_SENTENCES, description="Most sentences to give.", examples=[3]
    )

    def to_question(self) -> Question:
        """The domain's question.

        Raises:
            InputError: the question is empty, or a filter contradicts itself.
        """
        return Question(
            text=self.question,
            where=self.to_filter(),
            answer_language=None if self.answer_language == AUTO else self.answer_language,
            max_sentences=self.max_sentences,
        )


class FetchArguments(RequestModel):
    """Arguments of `fetch_article`."""

    article_id: Id = Field(
        description="As results and citations give it.", examples=["almadar-2024-06-19-01"]
    )
    start: StrictInt = Field(
        default=0,
        ge=0,
        le=MAX_BODY_CHARS,
        description="First code point of the body to give: 0, a little before a citation's start, "
        "or next_start of the part before.",
        examples=[0],
    )
    max_chars: StrictInt = Field(
        default=8_000,
        ge=1,
        le=MAX_FETCHED_CHARS,
        description="Most code points to give.",
        examples=[8_000],
    )
