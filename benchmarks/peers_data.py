"""Documents and questions of the peers benchmark, written as every system's job reads them."""

import gzip
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PAIRS_BY_SET = {"ar": ("ar-ar", "en-ar"), "en": ("en-en",)}
"""Set of documents -> the language pairs asked of it, as question-document."""

WARM_UP_LANGUAGE = "es"
"""Asked before the clock starts; the measured questions are in the other languages."""

WARM_UP_QUESTIONS = 32

Topics = dict[str, str]
"""Question id -> text."""

Qrels = dict[str, dict[str, int]]
"""Question id -> document id -> grade."""


@dataclass(frozen=True, kw_only=True)
class DocumentSet:
    """Documents in a file, the topics by pair, and their judgments."""

    name: str
    file: Path
    document_ids: frozenset[str]
    characters: int
    topics: Mapping[str, Topics]
    qrels: Mapping[str, Qrels]

    @property
    def questions(self) -> list[str]:
        """Distinct texts of all pairs, in order: asked twice, a system might remember one."""
        return list(dict.fromkeys(text for each in self.topics.values() for text in each.values()))


def document_sets(
    xquad: Path, news: Path, *, distractors: int, topics: int | None, folder: Path
) -> list[DocumentSet]:
    """The sets, their documents written to `folder`.

    The Arabic set holds the paragraphs of XQuAD and the first `distractors` articles of `news`;
    the English set holds paragraphs only. `topics` limits the questions of each pair.
    """
    made = []
    for name, pairs in PAIRS_BY_SET.items():
        documents = paragraphs(xquad, name)
        if name == "ar":
            documents += articles(news, distractors)
        file = folder / f"documents-{name}.jsonl"
        write_documents(documents, file)
        made.append(
            DocumentSet(
                name=name,
                file=file,
                document_ids=frozenset(document["id"] for document in documents),
                characters=sum(len(document["text"]) for document in documents),
                topics={
                    pair: read_topics(xquad, pair.split("-")[0], limit=topics) for pair in pairs
                },
                qrels={pair: read_qrels(xquad / "qrels" / f"{pair}.tsv") for pair in pairs},
            )
        )
    return made


def warm_up_questions(xquad: Path) -> list[str]:
    """Texts that no topic of a set has."""
    topics = read_topics(xquad, WARM_UP_LANGUAGE, limit=WARM_UP_QUESTIONS)
    return list(dict.fromkeys(topics.values()))


def paragraphs(xquad: Path, language: str) -> list[dict[str, str]]:
    """The paragraphs of one language as documents."""
    records = _json_lines(xquad / "corpus" / language / "corpus.jsonl.gz")
    return [document(record, language=language) for record in records]


def articles(news: Path, count: int) -> list[dict[str, str]]:
    """The first `count` articles of a corpus in the layout of BEIR, as documents.

    Raises:
        SystemExit: there are fewer.
    """
    records = itertools.islice(_json_lines(news / "corpus.jsonl.gz"), count)
    found = [document(record, language=record["lang"]) for record in records]
    if len(found) < count:
        raise SystemExit(f"{news} has {len(found)} articles: choose --distractors up to that")
    return found


def document(record: Mapping[str, Any], *, language: str) -> dict[str, str]:
    """A record of BEIR as the jobs have it: id, title, text and language."""
    return {
        "id": record["_id"],
        "title": record.get("title", "").strip(),
        "text": record["text"].strip(),
        "language": language,
    }


def write_documents(documents: Sequence[Mapping[str, str]], path: Path) -> None:
    """As JSON lines.

    Raises:
        SystemExit: two documents have one id, so that rankings would be ambiguous.
    """
    if len({document["id"] for document in documents}) < len(documents):
        raise SystemExit("two documents have the same id: choose another corpus of distractors")
    lines = (json.dumps(document, ensure_ascii=False) + "\n" for document in documents)
    path.write_text("".join(lines), encoding="utf-8")


def read_topics(xquad: Path, language: str, *, limit: int | None) -> Topics:
    """The first questions of one language in the order of the file; all for no limit."""
    records = _json_lines(xquad / "queries" / language / "queries.jsonl")
    return {record["_id"]: record["text"] for record in itertools.islice(records, limit)}


def read_qrels(path: Path) -> Qrels:
    """Judgments from tab-separated lines under a header; grades of zero are left out."""
    qrels: Qrels = {}
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        topic, found, grade = line.split("\t")
        if int(grade) > 0:
            qrels.setdefault(topic, {})[found] = int(grade)
    return qrels


def _json_lines(path: Path) -> Iterator[dict[str, Any]]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
