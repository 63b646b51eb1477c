"""The CPU half of indexing one article: normalise, cut into passages, encode terms."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from core.errors import ArticleRejected
from core.ids import content_hash
from core.lexical import LexicalEncoder
from core.types import (
    Article,
    ArticleStatus,
    EmbeddedArticle,
    EmbeddedPassage,
    Passage,
    SparseVector,
    StoredArticle,
)
from core.vectors import PassageVectors
from indexing.chunking import Chunker
from indexing.display import (
    display_line,
    display_text,
    has_visible_text,
    impossible_character,
)
from indexing.fields import check_article_id
from indexing.titles import derived_title


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedArticle:
    """An article ready to be embedded: `texts` and `lexical` have one entry a passage."""

    article: Article
    content_hash: str
    passages: tuple[Passage, ...]
    texts: tuple[str, ...]
    lexical: tuple[SparseVector, ...]

    def embedded(self, vectors: Sequence[PassageVectors], *, version: int) -> EmbeddedArticle:
        """What the store writes, given the vectors of `texts` in order."""
        return EmbeddedArticle(
            stored=StoredArticle(
                article=self.article,
                content_hash=self.content_hash,
                version=version,
                passage_count=len(self.passages),
            ),
            passages=tuple(
                EmbeddedPassage(
                    passage=passage, dense=own.pooled, lexical=lexical, tokens=own.codes
                )
                for passage, own, lexical in zip(self.passages, vectors, self.lexical, strict=True)
            ),
        )


def normalise(article: Article) -> Article:
    """`article` with its body as display text and its title on one line.

    Articles from files are so already; those from other callers get the same treatment, so
    that one article gives one content hash whichever way it came.

    Raises:
        ArticleRejected: the id is none, a text holds what cannot be stored, or the body shows
            nothing.
    """
    try:
        check_article_id(article.id)
    except ValueError as exc:
        raise ArticleRejected(f"id {exc}") from exc
    for field, text in _texts(article):
        reason = impossible_character(text)
        if reason is not None:
            raise ArticleRejected(f"{field} {reason}")
    body = display_text(article.body, field="body")
    if not has_visible_text(body):
        raise ArticleRejected("body has no visible text")
    title = display_line(article.title)
    if not has_visible_text(title):
        title = derived_title(body)
    return replace(article, body=body, title=title)


def normalise_each(articles: Sequence[Article]) -> list[Article | ArticleRejected]:
    """Each of `articles` normalised, in order, or why it is rejected."""
    found: list[Article | ArticleRejected] = []
    for article in articles:
        try:
            found.append(normalise(article))
        except ArticleRejected as exc:
            found.append(exc)
    return found


def _texts(article: Article) -> Iterator[tuple[str, str]]:
    """The texts of an article beside id and body, each with the name of its field."""
    yield "title", article.title
    for field, optional in (
        ("url", article.url),
        ("source", article.source),
        ("section", article.section),
    ):
        yield field, optional or ""
    yield from (("authors", author) for author in article.authors)
    yield from (("tags", tag) for tag in article.tags)
    yield from (("corrections", correction.text) for correction in article.corrections)


def prepare(article: Article, *, chunker: Chunker, lexical: LexicalEncoder) -> PreparedArticle:
    """Passages, texts to embed and term vectors of a normalised article.

    A withheld or canceled article is kept without passages.

    Raises:
        ArticleRejected: a usable article has nothing but boilerplate.
    """
    usable = article.status is ArticleStatus.USABLE
    passages = chunker.split(article) if usable else []
    if usable and not passages:
        raise ArticleRejected("body holds nothing but boilerplate such as 'Share' or 'Read also'")
    texts = tuple(chunker.embedding_text(article, passage) for passage in passages)
    words = [chunker.lexical_text(article, passage) for passage in passages]
    return PreparedArticle(
        article=article,
        content_hash=content_hash(article),
        passages=tuple(passages),
        texts=texts,
        lexical=tuple(lexical.encode_passage(text, language=article.language) for text in words),
    )
