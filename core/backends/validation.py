"""What a store refuses before it writes or searches, because engines would take it silently.

Qdrant's embedded engine accepts NaN and then finds nothing; the rules hold for every store.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from uuid import UUID

import numpy as np

from core.errors import StoreRejected
from core.types import (
    Article,
    ArticleStatus,
    EmbeddedArticle,
    EmbeddedPassage,
    PassageFilter,
    SparseVector,
    VectorQuery,
    Vectors,
)

NORM_TOLERANCE = 1e-3
"""How far from 1 the length of a vector may be; float32 of 1,024 values errs by about 1e-6."""

MAX_TERM_ID = 2**32 - 1


def check_articles(articles: Sequence[EmbeddedArticle], *, dimension: int) -> None:
    """Refuse a batch that contradicts itself or holds a bad vector.

    Raises:
        StoreRejected: names the article or passage and what is wrong with it.
    """
    counts = Counter(embedded.stored.article.id for embedded in articles)
    repeated = sorted(article_id for article_id, count in counts.items() if count > 1)
    if repeated:
        raise StoreRejected(f"articles {repeated} stand more than once in one batch: send one each")
    for embedded in articles:
        _check_article(embedded)
        for item in embedded.passages:
            _check_passage(item, embedded, dimension=dimension)


def _check_dense(vector: Vectors, *, dimension: int, owner: str) -> None:
    """Refuse a vector that is not (dimension,), finite and of unit length.

    Raises:
        StoreRejected: names `owner` and what is wrong.
    """
    if vector.shape != (dimension,):
        raise StoreRejected(
            f"{owner}: vector of shape {vector.shape}, the index holds ({dimension},): "
            "use the embedder that built the index, or run `sanad reindex`"
        )
    norm = float(np.linalg.norm(vector.astype(np.float64)))
    if not math.isfinite(norm):
        raise StoreRejected(f"{owner}: the vector is not finite")
    if abs(norm - 1.0) > NORM_TOLERANCE:
        raise StoreRejected(f"{owner}: the vector has length {norm:.4f}, it must be 1")


def _check_sparse(vector: SparseVector, *, owner: str) -> None:
    """Refuse term ids that do not ascend and weights that are not positive and finite.

    Raises:
        StoreRejected: names `owner` and what is wrong.
    """
    indices, values = vector.indices, vector.values
    if len(indices) != len(values):
        raise StoreRejected(f"{owner}: {len(indices)} term ids but {len(values)} weights")
    if any(later <= earlier for earlier, later in zip(indices, indices[1:], strict=False)):
        raise StoreRejected(f"{owner}: term ids must ascend and be unique")
    if indices and (indices[0] < 0 or indices[-1] > MAX_TERM_ID):
        raise StoreRejected(f"{owner}: term ids must lie in 0..{MAX_TERM_ID}")
    if not all(math.isfinite(value) and value > 0 for value in values):
        raise StoreRejected(f"{owner}: term weights must be positive and finite")


def check_query(query: VectorQuery, *, dimension: int) -> None:
    """Refuse a query that no store may be asked.

    Raises:
        StoreRejected: the vector or the filter is not valid, or `k` is below 1.
    """
    if query.k < 1:
        raise StoreRejected(f"k {query.k} asks for nothing: it must be at least 1")
    _check_filter(query.where)
    if isinstance(query.vector, SparseVector):
        _check_sparse(query.vector, owner="query")
    else:
        _check_dense(query.vector, dimension=dimension, owner="query")


def check_texts(texts: Iterable[str], *, owner: str) -> None:
    """Refuse text that is not valid Unicode.

    Raises:
        StoreRejected: names `owner`.
    """
    try:
        for text in texts:
            text.encode("utf-8")
    except UnicodeEncodeError as exc:
        raise StoreRejected(f"{owner} holds a lone surrogate, which is not valid Unicode") from exc


def _check_filter(where: PassageFilter) -> None:
    """Refuse a filter that holds anything but valid Unicode.

    Raises:
        StoreRejected: says so.
    """
    fields = (
        where.languages,
        where.except_languages,
        where.sources,
        where.sections,
        where.tags,
        where.article_ids,
        where.except_articles,
    )
    check_texts((text for field in fields for text in field), owner="the filter")


def _check_article(embedded: EmbeddedArticle) -> None:
    stored = embedded.stored
    article = stored.article
    if not article.id or not stored.content_hash:
        raise StoreRejected(f"article {article.id!r} lacks an id or a content hash")
    if stored.passage_count != len(embedded.passages):
        raise StoreRejected(
            f"article {article.id!r} says {stored.passage_count} passages "
            f"and brings {len(embedded.passages)}"
        )
    if embedded.passages and article.status is not ArticleStatus.USABLE:
        raise StoreRejected(f"article {article.id!r} is {article.status}: it may have no passages")
    check_texts(_texts_of(article), owner=f"article {article.id!r}")
    ids = {item.passage.id for item in embedded.passages}
    if len(ids) != len(embedded.passages):
        raise StoreRejected(f"article {article.id!r} brings two passages with one id")


def _check_passage(item: EmbeddedPassage, embedded: EmbeddedArticle, *, dimension: int) -> None:
    passage, article = item.passage, embedded.stored.article
    owner = f"passage {passage.order} of article {article.id!r}"
    if passage.article_id != article.id:
        raise StoreRejected(f"{owner} says it belongs to {passage.article_id!r}")
    if not _is_uuid(passage.id):
        raise StoreRejected(f"{owner}: id {passage.id!r} is not a UUID in lower case with dashes")
    if passage.text != article.body[passage.start : passage.end]:
        raise StoreRejected(f"{owner}: its text is not body[{passage.start}:{passage.end}]")
    _check_dense(item.dense, dimension=dimension, owner=owner)
    _check_sparse(item.lexical, owner=owner)


def _texts_of(article: Article) -> tuple[str, ...]:
    return (
        article.id,
        article.title,
        article.body,
        article.language,
        article.url or "",
        article.source or "",
        article.section or "",
        *article.authors,
        *article.tags,
        *(correction.text for correction in article.corrections),
    )


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
