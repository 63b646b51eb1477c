"""Nothing is shown as a quote that the stored article does not hold, to the character."""

from core.types import Article, Citation


def holds(article: Article, citation: Citation) -> bool:
    """Whether `citation` resolves: its quote stands in `article` at its offsets."""
    return (
        citation.header.id == article.id
        and 0 <= citation.start < citation.end <= len(article.body)
        and article.body[citation.start : citation.end] == citation.quote
    )
