"""A sentence of the evidence as it is held against others: its figures and its names."""

from dataclasses import dataclass

from core.types import ArticleHeader
from retrieval.agreement.figures import ToldFigures, read_figures
from retrieval.agreement.subjects import Subject
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


def read_statement(candidate: Candidate) -> Statement:
    """What `candidate` states."""
    hit = candidate.hit
    language = hit.passage.language
    return Statement(
        candidate=candidate,
        told=read_figures(candidate.text, language=language, published=hit.header.published_at),
        subject=Subject(
            text=candidate.text,
            around=f"{hit.header.title}\n{hit.passage.text}",
            language=language,
        ),
    )
