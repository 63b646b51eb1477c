"""Hits made by hand, for what looks at found passages alone."""

from datetime import UTC, datetime

from core.types import ArticleHeader, Passage
from retrieval.query import Explanation, SearchHit


def hit_of(
    key: str,
    text: str,
    language: str,
    *,
    source: str | None = None,
    published: str = "2025-01-01",
) -> SearchHit:
    """A hit whose passage is the whole article `key`."""
    return SearchHit(
        rank=1,
        score=1.0,
        passage=Passage(
            id=key,
            article_id=key,
            order=0,
            start=0,
            end=len(text),
            text=text,
            language=language,
            tokens=len(text),
        ),
        header=ArticleHeader(
            id=key,
            title="",
            language=language,
            source=source,
            published_at=datetime.fromisoformat(published).replace(tzinfo=UTC),
        ),
        explain=_unexplained,
    )


def _unexplained() -> Explanation:
    raise AssertionError("these hits come from no search: nothing asks why they were found")
