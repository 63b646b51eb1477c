"""Articles as JSON lines, several at a time."""

from collections.abc import AsyncIterator

from api.schemas.article_list import ArticleRecordOut
from core.types import StoredArticle

MIN_PIECE_BYTES = 64_000
"""Lines are gathered until a piece has so many: one at a time would be one write each."""


async def pieces(articles: AsyncIterator[StoredArticle]) -> AsyncIterator[bytes]:
    """`articles` as lines, several at a time."""
    held = bytearray()
    async for stored in articles:
        held += ArticleRecordOut.from_article(stored.article).line()
        if len(held) >= MIN_PIECE_BYTES:
            yield bytes(held)
            held.clear()
    yield bytes(held)
