"""A question as the models read it: its language, its vectors, and the scale of its scores."""

from dataclasses import dataclass

from core.periods import Period
from core.token_codec import TokenCodec
from core.types import TokenVectors, Vectors
from retrieval.scales import QuestionScales
from retrieval.wording import Wording, notices_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What search learns of a question and evidence uses again."""

    text: str
    language: str
    vectors: TokenVectors
    scales: QuestionScales
    codec: TokenCodec
    periods: tuple[Period, ...] = ()

    def notices(self, *, language: str | None = None) -> tuple[str, ...]:
        """What the asker should know of how the question was read, in `language` or its own."""
        said_in = language or self.language
        cut = (Wording(said_in).say("question_cut"),) if self.vectors.is_cut else ()
        return (*cut, *notices_of(self.periods, language=said_in))

    def question_tokens(self) -> Vectors:
        """(tokens, dim) centred token vectors of the question."""
        return self.codec.centred_question(self.vectors.tokens, language=self.language)
