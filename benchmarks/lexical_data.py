"""The collections of the lexical benchmark: documents in passages, topics in two halves."""

import hashlib
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import anyio

from core.errors import ArticleRejected
from core.settings import load_settings
from core.types import Article
from eval.collection import Collection, Topic, read_collection
from eval.records import read_records, record_id, record_text
from indexing.chunking import Chunker
from indexing.preparation import normalise
from sanad.composition import open_models

XQUAD_LANGUAGES = ("ar", "en", "es", "tr", "zh")
SEED = 20240619


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Passages with the number of their document each, ascending; every topic is answered by some.

    `choosing` are the ids of topics that decisions may look at, the others are held out.
    """

    name: str
    language: str
    documents: list[str]
    passages: list[str]
    owners: list[int]
    topics: list[Topic]
    choosing: frozenset[str]

    @property
    def qrels(self) -> dict[str, dict[str, int]]:
        """Grades of relevant documents by topic."""
        return {topic.id: topic.relevant for topic in self.topics}


def read_parallel(folder: Path, language: str) -> Corpus:
    """One language of a parallel collection; a paragraph is a passage."""
    chosen = read_collection(folder, query_languages=[language], document_languages=[language])
    name = f"{folder.resolve().name}-{language}"
    return _corpus(chosen, name=name, language=language, split=None, wanted=None)


def read_sentences(folder: Path, language: str) -> Corpus:
    """The same with each sentence a document: the one that holds the answer is to be found."""
    given = read_parallel(folder, language)
    records = {record["_id"]: record for record in _records(folder, "corpus", language)}
    documents, passages = [], []
    for key, record in records.items():
        for number, (start, end) in enumerate(record["metadata"]["sentence_breaks"]):
            documents.append(f"{key}/{number}")
            passages.append(record["text"][start:end])
    topics = [
        replace(topic, qrels={sentence: 1})
        for topic, asked in zip(given.topics, _records(folder, "queries", language), strict=True)
        for sentence in [_sentence_of(asked, records)]
    ]
    return replace(
        given,
        name=f"{given.name}, sentences",
        documents=documents,
        passages=passages,
        owners=list(range(len(documents))),
        topics=topics,
    )


def read_paragraphs(folder: Path, *, language: str) -> Corpus:
    """A flat collection of paragraphs, each a passage."""
    chosen = read_collection(folder)
    name = folder.resolve().name
    return _corpus(chosen, name=name, language=language, split=None, wanted=None)


def read_news(folder: Path, *, language: str, articles: int) -> Corpus:
    """News cut into passages as the product cuts them, without titles.

    The articles that topics ask for, and others drawn at random up to `articles`.
    """
    chosen = read_collection(folder)
    ids = [record_id(record, path) for path in chosen.corpus for record in read_records(path)]
    wanted = {key for topic in chosen.topics for key in topic.relevant}
    others = sorted(set(ids) - wanted)
    random.Random(SEED).shuffle(others)
    wanted |= set(others[: max(0, articles - len(wanted))])
    name = f"{folder.resolve().name} ({len(wanted):,} articles)"
    return _corpus(chosen, name=name, language=language, split=open_chunker(), wanted=wanted)


def open_chunker() -> Chunker:
    """The product's, which counts in the tokens of the model."""
    settings = load_settings(os.environ)
    return anyio.run(partial(open_models, settings, report=lambda _: None)).chunker


def _corpus(
    chosen: Collection,
    *,
    name: str,
    language: str,
    split: Chunker | None,
    wanted: set[str] | None,
) -> Corpus:
    documents: list[str] = []
    passages: list[str] = []
    owners: list[int] = []
    for path in chosen.corpus:
        for record in read_records(path):
            key = record_id(record, path)
            if wanted is not None and key not in wanted:
                continue
            for text in _passages(key, record_text(record), language=language, split=split):
                passages.append(text)
                owners.append(len(documents))
            documents.append(key)
    topics = [topic for topic in chosen.topics if topic.is_ranked]
    return Corpus(
        name=name,
        language=language,
        documents=documents,
        passages=passages,
        owners=owners,
        topics=topics,
        choosing=frozenset(topic.id for topic in topics if _is_for_choosing(topic)),
    )


def _passages(key: str, text: str, *, language: str, split: Chunker | None) -> Iterator[str]:
    if split is None:
        yield text
        return
    try:
        article = normalise(Article(id=key, title="", body=text, language=language))
    except ArticleRejected:
        return
    yield from (passage.text for passage in split.split(article))


def _records(folder: Path, part: str, language: str) -> list[dict[str, Any]]:
    name = "corpus.jsonl.gz" if part == "corpus" else "queries.jsonl"
    return list(read_records(folder / part / language / name))


def _sentence_of(asked: dict[str, Any], records: dict[str, dict[str, Any]]) -> str:
    key, place = asked["metadata"]["passage_id"], asked["metadata"]["answer_start"][0]
    breaks = records[key]["metadata"]["sentence_breaks"]
    number = next(n for n, (start, end) in enumerate(breaks) if start <= place < end)
    return f"{key}/{number}"


def _is_for_choosing(topic: Topic) -> bool:
    """By the relevant document, so that questions on one paragraph fall in one half."""
    document = min(topic.relevant)
    # "p012-zh": the same paragraphs in every language, five of an article in a row.
    if document[0] == "p" and document[1:4].isdigit():
        document = str(int(document[1:4]) // 5)
    return hashlib.blake2b(document.encode("utf-8")).digest()[0] % 2 == 0
