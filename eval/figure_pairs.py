"""Pairs of sentences written to contradict each other, to agree, or to be told apart."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from core.ports import PassageEncoder
from core.token_codec import TokenCodec
from core.types import ArticleHeader, Passage, Vectors
from retrieval.agreement.counted import kinds_asked
from retrieval.agreement.relations import Bounds, Related, Relation, relate
from retrieval.agreement.statements import Statement, read_statements
from retrieval.evidence.candidates import Candidate
from retrieval.query import Explanation, SearchHit


class Expected(StrEnum):
    """What a pair was written to be."""

    CONFLICT = "conflict"
    AGREE = "agree"
    NONE = "none"


_FOUND = {Relation.CONTRADICTS: Expected.CONFLICT, Relation.REPEATS: Expected.AGREE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One sentence, as the whole body of an article."""

    language: str
    published: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FigurePair:
    """Two sentences, what they are to one another, and the figures in conflict if they are.

    `half` tells what the pair is for: to fit bounds, to check them, or to be counted later.
    """

    id: str
    kind: str
    half: str
    question: str
    left: Side
    right: Side
    expected: Expected
    figures: tuple[str, str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPair:
    """A pair with its sentences as the answerer reads them."""

    pair: FigurePair
    left: Statement
    right: Statement

    def related(self, bounds: Bounds | None = None) -> Related:
        """What the right sentence is to the left one."""
        return relate(self.left, self.right, asked=kinds_asked(self.pair.question), bounds=bounds)

    def found(self, bounds: Bounds | None = None) -> Expected:
        """What the pair is taken for; a conflict of other figures than those meant is none."""
        related = self.related(bounds)
        found = _FOUND.get(related.relation, Expected.NONE)
        if related.figures is not None and self.pair.figures is not None:
            told = [
                side.candidate.text[figure.start : figure.end]
                for side, figure in zip((self.left, self.right), related.figures, strict=True)
            ]
            meant = zip(told, self.pair.figures, strict=True)
            if any(one not in other and other not in one for one, other in meant):
                return Expected.NONE
        return found


def read_pairs(path: Path) -> list[FigurePair]:
    """The pairs of a file of one JSON list."""
    return [
        FigurePair(
            id=row["id"],
            kind=row["kind"],
            half=row["half"],
            question=row["question"],
            left=_side(row["left"]),
            right=_side(row["right"]),
            expected=Expected(row["expected"]),
            figures=tuple(row["figures"]) if "figures" in row else None,
        )
        for row in json.loads(path.read_text(encoding="utf-8"))
    ]


async def read_as_served(
    pairs: Sequence[FigurePair],
    *,
    encoder: PassageEncoder,
    codec: TokenCodec,
    dimension: int,
) -> list[ReadPair]:
    """`pairs` as the answerer reads them: each sentence is the only one of its article."""
    sides = list({side: None for pair in pairs for side in (pair.left, pair.right)})
    encoded = await encoder.encode(
        [side.text for side in sides], languages=[side.language for side in sides]
    )
    codes = {side: one.codes for side, one in zip(sides, encoded, strict=True)}

    def candidate(key: str, side: Side) -> Candidate:
        return _candidate(key, side, codec.decode(codes[side], dimension=dimension))

    found = []
    for pair in pairs:
        left, right = read_statements([
            candidate("left", pair.left),
            candidate("right", pair.right),
        ])
        found.append(ReadPair(pair=pair, left=left, right=right))
    return found


def _side(row: dict[str, str]) -> Side:
    return Side(
        language=row["language"],
        published=datetime.fromisoformat(row["published"]).replace(tzinfo=UTC),
        text=row["text"],
    )


def _candidate(key: str, side: Side, tokens: Vectors) -> Candidate:
    length = len(side.text)
    passage = Passage(
        id=key,
        article_id=key,
        order=0,
        start=0,
        end=length,
        text=side.text,
        language=side.language,
        tokens=len(tokens),
    )
    header = ArticleHeader(id=key, title="", language=side.language, published_at=side.published)
    hit = SearchHit(rank=1, score=0.0, passage=passage, header=header, explain=_unsearched)
    return Candidate(hit=hit, start=0, end=length, text=side.text, order=0, tokens=tokens)


def _unsearched() -> Explanation:
    raise LookupError("the sentence of a pair was not searched for, so no score explains it")
