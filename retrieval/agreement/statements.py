"""A sentence of the evidence as it is held against others: its figures and its names."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.types import ArticleHeader
from retrieval.agreement.figures import ToldFigures, read_figures
from retrieval.agreement.subjects import Around, Subject
from retrieval.evidence.candidates import Candidate


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Statement:
    """A sentence of a found passage with what it tells in figures, and of what."""

    candidate: Candidate
    told: ToldFigures
    subject: Subject

    @property
    def header(self) -> ArticleHeader:
        """Of its article."""
        return self.candidate.hit.header

    @property
    def language(self) -> str:
        """Of its passage."""
        return self.candidate.hit.passage.language


def read_statements(candidates: Sequence[Candidate]) -> list[Statement]:
    """What each of `candidates` states, in order."""
    around: dict[str, Around] = {}
    for candidate in candidates:
        hit = candidate.hit
        text = f"{hit.header.title}\n{hit.passage.text}"
        around.setdefault(hit.passage.id, Around(text=text, language=hit.passage.language))
    return [_statement(one, around[one.hit.passage.id]) for one in candidates]


def _statement(candidate: Candidate, around: Around) -> Statement:
    language, published = around.language, candidate.hit.header.published_at
    return Statement(
        candidate=candidate,
        told=read_figures(candidate.text, language=language, published=published),
        subject=Subject(text=candidate.text, around=around, language=language),
    )
