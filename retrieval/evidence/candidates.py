"""The sentences of found passages, each with the token vectors that the index keeps of it.

The tokens of a sentence were read within their passage, and that under its title: so a sentence
that says "he" is met by the name that the one before it gives ("late chunking"; Günther et al.
2024, https://arxiv.org/abs/2409.04701). Nothing is embedded when a question comes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.ports import TokenLocator
from core.token_codec import TokenCodec
from core.types import Passage, Vectors
from retrieval.query import SearchHit
from retrieval.sentences import Span, split_sentences


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Candidate:
    """A sentence of a found passage: `text == body[start:end]`; `order` counts in the passage.

    `tokens` (tokens, dim) are centred, unit norm, in order; none where the index keeps none.
    """

    hit: SearchHit
    start: int
    end: int
    text: str
    order: int
    tokens: Vectors


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Found:
    """The sentences of passages in order of hit and place.

    `titles` are the token vectors (tokens, dim) of what was read above a passage, by passage id.
    """

    candidates: tuple[Candidate, ...]
    titles: Mapping[str, Vectors]


def find_candidates(
    hits: Sequence[SearchHit],
    codes: Mapping[str, bytes],
    *,
    locator: TokenLocator,
    codec: TokenCodec,
    dimension: int,
) -> Found:
    """The sentences of `hits`; `codes` are those of their tokens of `dimension`, by passage id."""
    candidates: list[Candidate] = []
    titles: dict[str, Vectors] = {}
    for hit in hits:
        passage = hit.passage
        vectors = codec.decode(codes.get(passage.id, b""), dimension=dimension)
        spans = split_sentences(passage.text, language=passage.language)
        title, sentences = _parted(passage, spans, vectors, locator)
        titles[passage.id] = title
        candidates += [
            Candidate(
                hit=hit,
                start=passage.start + span.start,
                end=passage.start + span.end,
                text=passage.text[span.start : span.end],
                order=order,
                tokens=tokens,
            )
            for order, (span, tokens) in enumerate(zip(spans, sentences, strict=True))
        ]
    return Found(candidates=tuple(candidates), titles=titles)


def _parted(
    passage: Passage, spans: Sequence[Span], vectors: Vectors, locator: TokenLocator
) -> tuple[Vectors, list[Vectors]]:
    """The vectors of what was read above the passage, and of each of its sentences.

    The passage's own tokens are the last ones. A token belongs to the sentence in which it ends.
    """
    places = [*(span.end for span in spans), len(passage.text)]
    *ends, own = locator.tokens_before(passage.text, places)
    above = max(len(vectors) - own, 0)
    bounds = np.array([0, *ends], dtype=np.int64) + above
    return vectors[:above], [
        vectors[start:end] for start, end in zip(bounds[:-1], bounds[1:], strict=True)
    ]
