"""Synthetic passages with vectors for the store benchmark, and articles made of any passages."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from store_text import cut

from core.ids import content_hash, passage_id
from core.lexical import LexicalEncoder
from core.types import (
    Article,
    EmbeddedArticle,
    EmbeddedPassage,
    Passage,
    StoredArticle,
    Vectors,
)
from eval.records import read_records

QUERIES = 100
PER_ARTICLE = 4
LANGUAGES = ("ar", "en", "zh", "fr", "es", "fa")
LANGUAGE_SHARES = (0.5, 0.2, 0.1, 0.1, 0.05, 0.05)
SOURCES = 7
DIMENSION = 384
FIRST_DAY = datetime(2024, 1, 1, tzinfo=UTC)
DAYS = 365
CLUSTER_SIZE = 50
CODE_BYTES = 160 * DIMENSION // 4
"""Token codes of a passage: 160 tokens of two bits a value."""


_NOISE = np.random.default_rng(11).bytes(4_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """Passages to be stored; those of an article follow one another.

    `vectors` is (n, dim); `articles` (the number of the article), `languages`, `sources` and
    `days`, counted from FIRST_DAY, are (n,). `queries` is (q, dim) and `query_texts` are in the
    language `query_languages`.
    """

    label: str
    vectors: Vectors
    articles: NDArray[np.int64]
    languages: NDArray[np.str_]
    sources: NDArray[np.str_]
    days: NDArray[np.int64]
    text_of: Callable[[int], str]
    queries: Vectors
    query_texts: list[str]
    query_languages: NDArray[np.str_]


def synthetic(count: int, *, corpus: Path | None) -> Data:
    """Unit vectors around topics, shifted by language as multilingual models do; seeded.

    The text is cut from `corpus` if there is one, else made of Zipf-distributed words.
    """
    random = np.random.default_rng(20_260_101)
    topics = random.standard_normal((max(1, count // CLUSTER_SIZE), DIMENSION), dtype=np.float32)
    shifts = random.standard_normal((len(LANGUAGES), DIMENSION), dtype=np.float32)

    def draw(how_many: int) -> tuple[Vectors, NDArray[np.str_]]:
        # An article has one language, so each is drawn once for its passages.
        drawn = random.choice(len(LANGUAGES), size=-(-how_many // PER_ARTICLE), p=LANGUAGE_SHARES)
        spoken = np.repeat(drawn, PER_ARTICLE)[:how_many]
        vectors = np.empty((how_many, DIMENSION), np.float32)
        for start in range(0, how_many, 10_000):
            end = min(start + 10_000, how_many)
            rows = topics[random.integers(len(topics), size=end - start)]
            rows = rows + shifts[spoken[start:end]]
            rows += random.standard_normal(rows.shape, dtype=np.float32)
            vectors[start:end] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return vectors, np.array(LANGUAGES)[spoken]

    vectors, languages = draw(count)
    queries, query_languages = draw(QUERIES)
    text_of = _zipf_text if corpus is None else _slices_of(corpus, count)
    numbers = np.arange(count) // PER_ARTICLE
    return Data(
        label=f"synthetic vectors, {'synthetic' if corpus is None else 'real'} text",
        vectors=vectors,
        articles=numbers,
        languages=languages,
        sources=np.array([f"source-{number}" for number in range(SOURCES)])[numbers % SOURCES],
        days=_days(count),
        text_of=text_of,
        queries=queries,
        query_texts=[" ".join(text_of(7 * row).split()[:8]) for row in range(QUERIES)],
        query_languages=query_languages,
    )


def articles(data: Data) -> Iterator[EmbeddedArticle]:
    """Every article with its passages and the real lexical vectors of their text."""
    encoder = LexicalEncoder()
    for _number, group in itertools.groupby(range(len(data.vectors)), data.articles.__getitem__):
        rows = list(group)
        texts = [data.text_of(row) for row in rows]
        article = Article(
            id=f"article-{data.articles[rows[0]]}",
            title=texts[0][:60],
            body="\n".join(texts),
            language=str(data.languages[rows[0]]),
            source=str(data.sources[rows[0]]),
            published_at=FIRST_DAY + timedelta(days=int(data.days[rows[0]])),
        )
        codes = [_codes(row) for row in rows]
        yield _embedded(article, texts, data.vectors[rows], codes, encoder)


def _embedded(
    article: Article,
    texts: list[str],
    vectors: Vectors,
    codes: list[bytes],
    encoder: LexicalEncoder,
) -> EmbeddedArticle:
    digest = content_hash(article)
    start, passages = 0, []
    for order, (text, vector, tokens) in enumerate(zip(texts, vectors, codes, strict=True)):
        passage = Passage(
            id=passage_id(article.id, order, digest),
            article_id=article.id,
            order=order,
            start=start,
            end=start + len(text),
            text=text,
            language=article.language,
            tokens=len(text) // 4,
        )
        lexical = encoder.encode_passage(text, language=article.language)
        passages.append(
            EmbeddedPassage(passage=passage, dense=vector, lexical=lexical, tokens=tokens)
        )
        start += len(text) + 1
    stored = StoredArticle(
        article=article, content_hash=digest, version=1, passage_count=len(passages)
    )
    return EmbeddedArticle(stored=stored, passages=tuple(passages))


def _codes(row: int) -> bytes:
    """Bytes that do not compress, of the length of a passage's token codes."""
    start = row * 7_919 % (len(_NOISE) - CODE_BYTES)
    return _NOISE[start : start + CODE_BYTES]


def _days(count: int) -> NDArray[np.int64]:
    drawn = np.random.default_rng(7).integers(DAYS, size=-(-count // PER_ARTICLE))
    return np.repeat(drawn, PER_ARTICLE)[:count]


def _zipf_text(row: int) -> str:
    numbers = np.random.default_rng(row).zipf(1.3, size=100) % 30_000
    return " ".join(f"w{number}x" for number in numbers)


def _slices_of(corpus: Path, count: int) -> Callable[[int], str]:
    """Text by passage number; beyond the corpus it begins again."""
    pieces = (piece for line in read_records(corpus) for piece in cut(line["text"]))
    slices = list(itertools.islice(pieces, count))
    return lambda row: slices[row % len(slices)]
