"""Operations on the wire: what the index holds and whether the server works."""

from dataclasses import asdict
from typing import Literal, Self

from pydantic import Field

from api.schemas.fields import ResponseModel
from api.schemas.shown import Count, Ordinal, Words
from core.identity import EmbedderIdentity, IndexIdentity, RerankerIdentity
from core.serving import ServingFigures
from core.types import IndexStatus


class EmbedderOut(ResponseModel):
    """The model that the index was built with."""

    model: Words = Field(description="Name or folder.")
    revision: Words = Field(description="Commit, or checksum of the weights.")
    dimension: Ordinal = Field(description="Length of a vector.")
    pooling: Words = Field(description="From tokens to one vector.")
    precision: Words = Field(description="Of the weights.")
    query_prompt: Words = Field(description="Put before questions.")
    passage_prompt: Words = Field(description="Put before passages.")
    max_tokens: Ordinal = Field(description="Longest text that it reads whole.")

    @classmethod
    def from_identity(cls, identity: EmbedderIdentity) -> Self:
        """The wire form of `identity`."""
        return cls(
            model=identity.model,
            revision=identity.revision,
            dimension=identity.dimension,
            pooling=identity.pooling,
            precision=identity.precision,
            query_prompt=identity.query_prompt,
            passage_prompt=identity.passage_prompt,
            max_tokens=identity.max_tokens,
        )


class IdentityOut(ResponseModel):
    """Everything that changes what is stored for an article."""

    embedder: EmbedderOut = Field(description="The model.")
    chunker: Words = Field(description="Version of the cutting into passages.")
    normaliser: Words = Field(description="Version of the cleaning.")
    lexical: Words = Field(description="Version of the encoder of words.")
    tokens: Words = Field(description="Version of the codes of token vectors.")

    @classmethod
    def from_identity(cls, identity: IndexIdentity) -> Self:
        """The wire form of `identity`."""
        return cls(
            embedder=EmbedderOut.from_identity(identity.embedder),
            chunker=identity.chunker,
            normaliser=identity.normaliser,
            lexical=identity.lexical,
            tokens=identity.tokens,
        )


class EmbedderFiguresOut(ResponseModel):
    """What the model did since the server started, and what waits for it."""

    hits: Count = Field(description="Questions whose vectors were at hand.")
    misses: Count = Field(description="Questions that the model had to read.")
    cached: Count = Field(description="Questions whose vectors are kept.")
    cached_bytes: Count = Field(description="Memory that they take.")
    waiting: Count = Field(description="Calls that stand in line now.")
    batches: Count = Field(description="Passes of the model.")
    batch_texts: Count = Field(description="Texts read in these passes.")
    rejected_busy: Count = Field(description="Calls refused because the line was full.")

    @classmethod
    def from_figures(cls, figures: ServingFigures) -> Self:
        """The wire form of `figures`."""
        return cls(**asdict(figures))


class RerankerOut(ResponseModel):
    """The model that reads the first passages again; no part of the index depends on it."""

    model: Words = Field(description="Name or folder.")
    revision: Words = Field(description="Commit, or checksum of the weights.")
    precision: Words = Field(description="Of the weights.")
    max_tokens: Ordinal = Field(description="Longest question and passage that it reads whole.")
    depth: Ordinal = Field(description="How many of the first passages it reads.")

    @classmethod
    def from_identity(cls, identity: RerankerIdentity, *, depth: int) -> Self:
        """The wire form of `identity`."""
        return cls(**asdict(identity), depth=depth)


class IndexOut(ResponseModel):
    """What the index holds and what it was built with."""

    identity: IdentityOut = Field(description="A change of it asks for `sanad reindex`.")
    articles: Count = Field(description="Articles kept.")
    passages: Count = Field(description="Passages that can be found.")
    languages: dict[str, Count] = Field(description="Passages by language, most first.")
    embedder: EmbedderFiguresOut | None = Field(
        description="Load of the model; null where it is not counted."
    )
    reranker: RerankerOut | None = Field(
        description="What puts the first results in order; null where nothing does."
    )

    @classmethod
    def from_status(
        cls,
        status: IndexStatus,
        *,
        identity: IndexIdentity,
        figures: ServingFigures | None,
        reranker: RerankerOut | None,
    ) -> Self:
        """The wire form of `status`."""
        ordered = sorted(status.languages.items(), key=lambda item: (-item[1], item[0]))
        return cls(
            identity=IdentityOut.from_identity(identity),
            articles=status.articles,
            passages=status.passages,
            languages=dict(ordered),
            embedder=None if figures is None else EmbedderFiguresOut.from_figures(figures),
            reranker=reranker,
        )


class HealthOut(ResponseModel):
    """The process is alive."""

    status: Literal["ok"] = Field(default="ok", description="Always the same.")


class ReadyOut(ResponseModel):
    """Every part answers and the index is the configured one."""

    status: Literal["ready"] = Field(default="ready", description="Always the same.")


class FieldErrorOut(ResponseModel):
    """What is wrong with one field."""

    pointer: Words = Field(description="JSON pointer into the body.", examples=["#/filters/tags/0"])
    message: Words = Field(description="What is wrong.", examples=["must be a string"])


class ProblemOut(ResponseModel):
    """A problem as in RFC 9457."""

    type: Words = Field(
        description="Stable name of the kind.", examples=["urn:sanad:problem:empty-query"]
    )
    title: Words = Field(
        description="The kind in words.", examples=["The query holds nothing to search for"]
    )
    status: int = Field(ge=400, le=599, description="As the response's status.", examples=[422])
    detail: Words = Field(
        description="What happened this time and what to do.",
        examples=["the query holds no letter or digit: type a question"],
    )
    request_id: Words = Field(
        description="As the header X-Request-ID; the server's log has it.", examples=["7f3c"]
    )
    errors: tuple[FieldErrorOut, ...] = Field(
        default=(),
        max_length=10,
        exclude_if=lambda value: not value,
        description="Only for invalid-request.",
        examples=[[]],
    )
