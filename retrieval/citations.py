"""Citations: a quote, its exact place, and links that land on it."""

import re
from collections.abc import Sequence
from urllib.parse import quote as percent_encode

from core.types import Article, ArticleHeader, Citation
from retrieval.sentences import Span

CONTEXT_CHARS = 32
"""Length of prefix and suffix of a W3C TextQuoteSelector."""

_WHOLE_TEXT_CHARS = 90
_EDGE_WORDS = 5
_EDGE_CHARS = 24


def cite(
    article: Article,
    *,
    number: int,
    start: int,
    end: int,
    also: tuple[ArticleHeader, ...] = (),
    sources: int = 1,
    answers: Sequence[Span] = (),
) -> Citation:
    """The citation of `article.body[start:end]`, with the short `answers` in it marked.

    `also` are articles that say the same.
    """
    body = article.body
    return Citation(
        number=number,
        header=ArticleHeader.of(article),
        quote=body[start:end],
        start=start,
        end=end,
        prefix=body[max(0, start - CONTEXT_CHARS) : start],
        suffix=body[end : end + CONTEXT_CHARS],
        deep_link=None if article.url is None else deep_link(article.url, body[start:end]),
        also=also,
        sources=sources,
        answer_spans=tuple((answer.start, answer.end) for answer in answers),
    )


def deep_link(url: str, quote: str) -> str:
    """`url` with a text fragment that selects `quote` on the page.

    Syntax: WICG Scroll to Text Fragment, `#:~:text=start,end`. A long quote is given by its
    first and last words, which must differ from one another.

    >>> deep_link("https://almadar.example/a#top", "تم، أمس")
    'https://almadar.example/a#top:~:text=%D8%AA%D9%85%D8%8C%20%D8%A3%D9%85%D8%B3'
    """
    directive = ":~:text=" + _fragment_text(quote)
    base, hash_mark, fragment = url.partition("#")
    if not hash_mark:
        return f"{base}#{directive}"
    return f"{base}#{fragment.partition(':~:')[0]}{directive}"


def _fragment_text(quote: str) -> str:
    text = " ".join(quote.split())
    lines = [" ".join(line.split()) for line in quote.split("\n") if line.strip()]
    # One term must lie within one block of the page; a range may cross from block to block.
    if len(text) <= _WHOLE_TEXT_CHARS and len(lines) <= 1:
        return _encode(text)
    return f"{_encode(_first_words(lines[0]))},{_encode(_last_words(lines[-1]))}"


def _first_words(line: str) -> str:
    words = line.split(" ")
    spaced = len(words) >= 2 * _EDGE_WORDS or len(line) <= _EDGE_CHARS
    return " ".join(words[:_EDGE_WORDS]) if spaced else line[:_EDGE_CHARS]


def _last_words(line: str) -> str:
    words = line.split(" ")
    spaced = len(words) >= 2 * _EDGE_WORDS or len(line) <= _EDGE_CHARS
    return " ".join(words[-_EDGE_WORDS:]) if spaced else line[-_EDGE_CHARS:]


def _encode(text: str) -> str:
    """Percent-encode, also '-' which the directive reserves (',' and '&' always are)."""
    return re.sub("-", "%2D", percent_encode(text, safe=""))
