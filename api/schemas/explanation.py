"""Why a result stands where it stands, on the wire."""

from typing import Self

from pydantic import Field

from api.schemas.fields import ResponseModel
from api.schemas.shown import Cosine, Ordinal, Share, ShownLabel, ShownLanguage, Words
from retrieval.query import Contribution, Explanation


class ContributionOut(ResponseModel):
    """One part of a result's score."""

    name: ShownLabel = Field(
        description="What adds it: dense (by meaning), lexical (by words), reranker, period and "
        "recency (day of publication, where the query names a time), held (what keeps it from "
        "falling too far by those two); later versions may add others."
    )
    value: float = Field(description="As its source tells it.")
    weight: float = Field(description="What the value is multiplied by, for these two languages.")
    adds: float = Field(description="Value times weight; all of a result sum to its score.")
    note: Words = Field(description="Where the value comes from, in a few words.")

    @classmethod
    def from_contribution(cls, part: Contribution) -> Self:
        """The wire form of `part`."""
        return cls(
            name=part.name, value=part.value, weight=part.weight, adds=part.adds, note=part.note
        )

    def to_contribution(self) -> Contribution:
        """The domain's form."""
        return Contribution(name=self.name, value=self.value, weight=self.weight, note=self.note)


class ExplanationOut(ResponseModel):
    """Why a result stands where it stands; null where a leg did not find it."""

    dense_score: Cosine | None = Field(description="Cosine of query and passage.")
    dense_rank: Ordinal | None = Field(description="Place in the leg of meaning, from 1.")
    lexical_score: float | None = Field(description="BM25 of the query's words.")
    lexical_rank: Ordinal | None = Field(description="Place in the leg of words, from 1.")
    dense_normalised: float = Field(description="Deviations above unrelated texts.")
    lexical_normalised: float = Field(description="Share of the best lexical score.")
    lexical_weight: float = Field(
        description="Weight of the lexical part: it depends on the languages of query and passage."
    )
    question_language: ShownLanguage = Field(
        description="Primary subtag of BCP 47 that the query was taken to be in; und: unknown."
    )
    fused_rank: Ordinal = Field(
        description="Place among all passages found, before a reranker and any grouping."
    )
    contributions: tuple[ContributionOut, ...] = Field(
        description="The parts of the score, which is their sum."
    )
    reranker_score: Share | None = Field(
        description="How well the reranker finds that the passage answers, from 0 to 1; null if "
        "there is none, or it did not read so far down."
    )
    reranker_rank: Ordinal | None = Field(
        description="Place among the passages that the reranker read, from 1."
    )

    @classmethod
    def from_explanation(cls, explanation: Explanation) -> Self:
        """The wire form of `explanation`."""
        return cls(
            dense_score=explanation.dense_score,
            dense_rank=explanation.dense_rank,
            lexical_score=explanation.lexical_score,
            lexical_rank=explanation.lexical_rank,
            dense_normalised=explanation.dense_normalised,
            lexical_normalised=explanation.lexical_normalised,
            lexical_weight=explanation.lexical_weight,
            question_language=explanation.question_language,
            fused_rank=explanation.fused_rank,
            contributions=tuple(
                ContributionOut.from_contribution(part) for part in explanation.contributions
            ),
            reranker_score=explanation.reranker_score,
            reranker_rank=explanation.reranker_rank,
        )

    def to_explanation(self) -> Explanation:
        """The domain's form."""
        return Explanation(
            dense_score=self.dense_score,
            dense_rank=self.dense_rank,
            lexical_score=self.lexical_score,
            lexical_rank=self.lexical_rank,
            dense_normalised=self.dense_normalised,
            lexical_normalised=self.lexical_normalised,
            lexical_weight=self.lexical_weight,
            question_language=self.question_language,
            fused_rank=self.fused_rank,
            contributions=tuple(part.to_contribution() for part in self.contributions),
            reranker_score=self.reranker_score,
            reranker_rank=self.reranker_rank,
        )
