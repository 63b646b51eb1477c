"""An answer on the wire as it comes: what each event of the stream holds."""

from typing import Self

from pydantic import Field

from api.schemas.answers import AnswerSentenceOut
from api.schemas.fields import ResponseModel
from api.schemas.search import SearchResultOut
from retrieval.answering.events import PassagesFound, SentenceReady


class PassagesOut(ResponseModel):
    """Event `passages`, the first one: where the answer is being looked for."""

    results: tuple[SearchResultOut, ...] = Field(description="Best first; possibly none.")

    @classmethod
    def from_found(cls, found: PassagesFound, *, query: str) -> Self:
        """The wire form of `found` with the words of `query` marked."""
        return cls(
            results=tuple(
                SearchResultOut.from_hit(hit, query=query, explain=False) for hit in found.hits
            )
        )


class DeltaOut(ResponseModel):
    """Event `delta`: a sentence that may be shown; its citations came before it."""

    text: str = Field(description="To be appended to the text so far.")
    sentence: AnswerSentenceOut = Field(description="Its place in the text so appended to.")

    @classmethod
    def from_ready(cls, ready: SentenceReady) -> Self:
        """The wire form of `ready`."""
        return cls(text=ready.text, sentence=AnswerSentenceOut.from_sentence(ready.sentence))
