"""Real passages with real vectors for the store benchmark, embedded once and kept."""

import os
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import anyio
import numpy as np
from store_data import FIRST_DAY, Data
from store_text import cut

from core.backends.embedding import open_embedder
from core.ports import Embedder
from core.settings import load_settings
from core.types import Vectors
from eval.records import read_records

QUERIES = 200
BATCH = 512
SEED = 20_260_101


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """A passage and where it is from."""

    number: int
    text: str
    article: dict[str, str]


def real(count: int, *, corpus: Path, cache: Path) -> Data:
    """The first `count` passages of the corpus in an order drawn once; fewer if it has fewer.

    Exact repeats are left out. Headlines of the first articles are the questions. Vectors are
    kept in the folder `cache` as `passages.npy` and `queries.npy`; what is missing is embedded
    with the configured embedder.
    """
    pieces = _pieces(corpus, count)
    firsts = list({piece.number: piece.article for piece in pieces}.values())[:QUERIES]
    titles = [article["title"] for article in firsts]
    vectors, queries = _vectors([piece.text for piece in pieces], titles, cache)
    return Data(
        label="real vectors and text",
        vectors=vectors,
        articles=np.array([piece.number for piece in pieces]),
        languages=np.array([piece.article["lang"] for piece in pieces]),
        sources=np.array([piece.article["source"] for piece in pieces]),
        days=np.array([_day(piece.article["date"]) for piece in pieces]),
        text_of=[piece.text for piece in pieces].__getitem__,
        queries=queries,
        query_texts=titles,
        query_languages=np.array([article["lang"] for article in firsts]),
    )


def _pieces(corpus: Path, count: int) -> list[_Piece]:
    articles = [line for line in read_records(corpus) if "duplicate_of" not in line]
    pieces: list[_Piece] = []
    for number in np.random.default_rng(SEED).permutation(len(articles)):
        article = articles[number]
        pieces += [
            _Piece(number=int(number), text=text, article=article) for text in cut(article["text"])
        ]
        if len(pieces) >= count:
            break
    return pieces[:count]


def _vectors(texts: list[str], titles: list[str], cache: Path) -> tuple[Vectors, Vectors]:
    cache.mkdir(parents=True, exist_ok=True)
    passages, queries = cache / "passages.npy", cache / "queries.npy"
    if not (passages.exists() and queries.exists() and len(np.load(passages)) >= len(texts)):
        _embed(texts, titles, passages, queries)
    return np.load(passages)[: len(texts)], np.load(queries)


def _embed(texts: list[str], titles: list[str], passages: Path, queries: Path) -> None:
    settings = load_settings(os.environ)
    embedder = open_embedder(settings, report=lambda _line: None).embedder
    parts = [np.load(passages)] if passages.exists() else []

    async def run(embedder: Embedder) -> None:
        np.save(queries, await embedder.embed_queries(titles))
        for start in range(sum(map(len, parts)), len(texts), BATCH):
            sys.stderr.write(f"embedding: {start:,} of {len(texts):,} passages\n")
            parts.append(await embedder.embed_passages(texts[start : start + BATCH]))
            np.save(passages, np.concatenate(parts))

    anyio.run(run, embedder)


def _day(date: str) -> int:
    moment = datetime.fromisoformat(date)
    return (moment.replace(tzinfo=moment.tzinfo or FIRST_DAY.tzinfo) - FIRST_DAY).days
