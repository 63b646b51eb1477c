"""Cited articles as a bibliography has them: one entry each, with every quote taken from it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.types import ArticleHeader, Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A verbatim quote, its place in the article's body, and the link that lands on it."""

    text: str
    start: int
    end: int
    deep_link: str | None

    @property
    def note(self) -> str:
        """On one line: the quote, its place, and its link."""
        link = "" if self.deep_link is None else f" {self.deep_link}"
        return f"“{one_line(self.text)}” [{self.start}–{self.end}]{link}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """An article that is cited, with its quotes in the order in which they were cited."""

    header: ArticleHeader
    quotes: tuple[Quote, ...]


def references(citations: Sequence[Citation]) -> list[Reference]:
    """One reference for each article, in the order in which they are cited first."""
    found: dict[str, Reference] = {}
    for citation in citations:
        quote = Quote(
            text=citation.quote,
            start=citation.start,
            end=citation.end,
            deep_link=citation.deep_link,
        )
        known = found.get(citation.header.id) or Reference(header=citation.header, quotes=())
        if quote not in known.quotes:
            known = replace(known, quotes=(*known.quotes, quote))
        found[citation.header.id] = known
    return list(found.values())


def one_line(text: str) -> str:
    """`text` with every run of white space, line ends among it, as one space."""
    return " ".join(text.split())
