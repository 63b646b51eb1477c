"""Test collections: articles, topics and qrels, read from BEIR folders.

Two layouts: a BEIR folder (`corpus.jsonl[.gz]`, `queries.jsonl`, `qrels/*.tsv`), and a
parallel one that keeps a BEIR part for each language (`corpus/<lang>/`, `queries/<lang>/`,
`qrels/<query language>-<document language>.tsv`). Thakur et al. 2021 describe BEIR; the
metadata that we add is described in sample/README.md.
"""

import csv
import gzip
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import SourceUnreadable


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldQuote:
    """A run of an article that answers a topic, verbatim."""

    article_id: str
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One question with its judgments: grade by article id, empty if nothing answers it."""

    id: str
    text: str
    language: str
    answerable: bool
    qrels: dict[str, int]
    gold: tuple[GoldQuote, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """Topics, the files that hold their articles, and the language of each judged article."""

    name: str
    corpus: tuple[Path, ...]
    topics: tuple[Topic, ...]
    article_languages: dict[str, str]

    def pair(self, topic: Topic) -> str:
        """Language pair of `topic`, "en->ar"; "en->none" where nothing answers it."""
        languages = sorted({self.article_languages.get(key, "und") for key in topic.qrels})
        return f"{topic.language}->{'+'.join(languages) or 'none'}"


def read_collection(
    folder: Path, *, query_languages: Sequence[str] = (), document_languages: Sequence[str] = ()
) -> Collection:
    """The collection in `folder`; languages choose the parts of a parallel one (default all).

    Raises:
        SourceUnreadable: the folder holds neither layout; the message names what is missing.
    """
    if (folder / "queries.jsonl").exists():
        return _read_flat(folder)
    if (folder / "queries").is_dir() and (folder / "corpus").is_dir():
        return _read_parallel(folder, query_languages, document_languages)
    raise SourceUnreadable(
        f"{folder} is no test collection: it needs queries.jsonl, corpus.jsonl and qrels/*.tsv, "
        "or folders queries/, corpus/ and qrels/ with a part for each language"
    )


def corpus_file(folder: Path) -> Path:
    """`corpus.jsonl` or its gzipped form in `folder`.

    Raises:
        SourceUnreadable: neither is there.
    """
    for name in ("corpus.jsonl", "corpus.jsonl.gz"):
        if (folder / name).exists():
            return folder / name
    raise SourceUnreadable(f"{folder} holds no corpus.jsonl or corpus.jsonl.gz")


def _read_flat(folder: Path) -> Collection:
    corpus = corpus_file(folder)
    qrels: dict[str, dict[str, int]] = {}
    for path in sorted((folder / "qrels").glob("*.tsv")):
        _add_qrels(path, qrels)
    languages = _article_languages(corpus, default="und")
    return Collection(
        name=folder.resolve().name,
        corpus=(corpus,),
        topics=tuple(_topics(folder / "queries.jsonl", qrels, default_language="und")),
        article_languages=languages,
    )


def _read_parallel(
    folder: Path, query_languages: Sequence[str], document_languages: Sequence[str]
) -> Collection:
    asked = list(query_languages) or _parts(folder / "queries")
    indexed = list(document_languages) or _parts(folder / "corpus")
    corpora: list[Path] = []
    languages: dict[str, str] = {}
    for language in indexed:
        corpora.append(corpus_file(folder / "corpus" / language))
        languages |= _article_languages(corpora[-1], default=language)
    topics: list[Topic] = []
    for language in asked:
        qrels: dict[str, dict[str, int]] = {}
        for other in indexed:
            _add_qrels(folder / "qrels" / f"{language}-{other}.tsv", qrels)
        path = folder / "queries" / language / "queries.jsonl"
        topics.extend(_topics(path, qrels, default_language=language))
    return Collection(
        name=f"{folder.resolve().name} {'+'.join(asked)}->{'+'.join(indexed)}",
        corpus=tuple(corpora),
        topics=tuple(topics),
        article_languages=languages,
    )


def _parts(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir() if entry.is_dir())


def _topics(
    path: Path, qrels: dict[str, dict[str, int]], *, default_language: str
) -> Iterator[Topic]:
    for record in read_records(path):
        metadata = record.get("metadata") or {}
        judged = {key: grade for key, grade in qrels.get(record["_id"], {}).items() if grade > 0}
        yield Topic(
            id=record["_id"],
            text=record["text"],
            language=metadata.get("language") or metadata.get("lang") or default_language,
            answerable=bool(metadata.get("answerable", True)),
            qrels=judged,
            gold=tuple(_gold_quotes(metadata, judged)),
        )


def _gold_quotes(metadata: dict[str, Any], judged: dict[str, int]) -> Iterator[GoldQuote]:
    gold = metadata.get("gold")
    if isinstance(gold, list):
        for entry in gold:
            yield GoldQuote(article_id=entry["article_id"], quote=entry["quote"])
        return
    # SQuAD style: the answers stand in the one judged paragraph of the topic's language.
    answers = metadata.get("answers")
    if isinstance(answers, list) and metadata.get("passage_id") in judged:
        for answer in answers:
            yield GoldQuote(article_id=str(metadata["passage_id"]), quote=answer)


def _add_qrels(path: Path, qrels: dict[str, dict[str, int]]) -> None:
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            qrels.setdefault(row["query-id"], {})[row["corpus-id"]] = int(row["score"])


def _article_languages(corpus: Path, *, default: str) -> dict[str, str]:
    return {
        record["_id"]: record.get("language") or record.get("lang") or default
        for record in read_records(corpus)
    }


def read_records(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a .jsonl or .jsonl.gz file, in order.

    Raises:
        SourceUnreadable: there is no such file.
    """
    if not path.exists():
        raise SourceUnreadable(f"{path} is missing from the test collection")
    with (
        gzip.open(path) if path.suffix == ".gz" else path.open("rb") as raw,
        io.TextIOWrapper(raw, encoding="utf-8") as lines,
    ):
        for line in lines:
            if line.strip():
                yield json.loads(line)
