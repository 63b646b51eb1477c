"""The statements that verification is fitted on and measured by: true ones and lies."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from core.types import Article, Citation
from retrieval.citations import cite

TRUE = "true"
FORGED = "forged citation"


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedName:
    """A name in a statement's text: `text[start:end]`, a person, place or organisation."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A sentence as a language model might write it, and the quote that it cites.

    `kind` is TRUE or names what is wrong; the quote is `body[start:end]` of its article.
    """

    id: str
    article_id: str
    article_language: str
    language: str
    text: str
    kind: str
    start: int
    end: int
    names: tuple[MarkedName, ...] = ()

    @property
    def is_true(self) -> bool:
        """Whether the quote says so."""
        return self.kind == TRUE

    def quotes(self, articles: dict[str, Article]) -> Sequence[Citation]:
        """What it cites; nothing if its citation is forged."""
        if self.kind == FORGED:
            return ()
        return (cite(articles[self.article_id], number=1, start=self.start, end=self.end),)


def read_statements(path: Path) -> list[Statement]:
    """The statements of a file of one JSON object a line, in order."""
    statements = []
    for line in path.read_text(encoding="utf-8").splitlines():
        kept = json.loads(line)
        names = tuple(MarkedName(**name) for name in kept.pop("names", ()))
        kept.pop("quote")
        statements.append(Statement(names=names, kind=kept.pop("kind", TRUE), **kept))
    return statements


def read_articles(*corpora: Path) -> dict[str, Article]:
    """The articles that statements cite, by id, with their texts as the files have them."""
    articles = {}
    for line in (line for path in corpora for line in path.read_text("utf-8").splitlines()):
        kept = json.loads(line)
        articles[kept["_id"]] = Article(
            id=kept["_id"],
            title=kept["title"],
            body=kept["text"],
            language=kept["language"],
            published_at=datetime.fromisoformat(kept["published_at"]),
        )
    return articles


def forged(statement: Statement) -> Statement:
    """The same sentence with a citation that resolves to nothing."""
    return replace(statement, id=f"{statement.id} {FORGED}", kind=FORGED, names=())
