"""What the passages benchmark asks, and of which articles: six sets of topics over one archive.

headlines      the editor's headline must find the article, whose title is not indexed (known item)
sentences      a sentence from the middle of an article, taken out of it, must find the rest
questions      why and how questions on Arabic Wikipedia: a titled paragraph is an article
documents-ar   XQuAD, the paragraphs of one article joined to a whole document without a title
documents-en   the same Arabic documents, asked in English
archive        the project's own archive: eight languages, titles, dates

`sentences` is the inverse cloze task (Lee, Chang and Toutanova 2019, section 4): titled news, and
topics that nobody made from the titles.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from core.errors import ArticleRejected
from core.types import Article, ArticleStatus
from eval.collection import Topic, read_collection
from eval.records import read_records, record_language, record_text
from indexing.preparation import normalise
from indexing.punctuation import SENTENCE_END

SEED = 20_240_619
MIN_WORDS, MAX_WORDS = 8, 30
"""Of a sentence that is asked: a shorter one names nothing, a longer one is like no question."""

MIN_SENTENCES = 6
"""Of an article that a sentence is taken out of: the lead and the end stay."""

_Member = TypeVar("_Member")
_SENTENCE = re.compile(rf"[^\n]+?(?:{SENTENCE_END}|(?=\n)|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What answers a topic: `body[start:end]` of an article."""

    article_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A topic: its set, its judgments, and the spans that answer it where they are known."""

    id: str
    group: str
    text: str
    language: str
    relevant: Mapping[str, int]
    spans: tuple[Span, ...] = ()


@dataclass(slots=True, kw_only=True)
class Archive:
    """All articles by id, and all topics."""

    articles: dict[str, Article] = field(default_factory=dict)
    topics: list[Asked] = field(default_factory=list)

    def add(self, articles: Iterable[Article], topics: Iterable[Asked]) -> None:
        """Articles as the pipeline would store them, and topics on them.

        Spans in a body that this changes are left out: they would lie elsewhere.
        """
        moved = set()
        for article in articles:
            try:
                stored = normalise(article)
            except ArticleRejected:
                continue
            self.articles[article.id] = stored
            if stored.body != article.body:
                moved.add(article.id)
        for topic in topics:
            spans = tuple(span for span in topic.spans if span.article_id not in moved)
            self.topics.append(replace(topic, spans=spans))


def read_archive(data: Path, sample: Path, *, articles: int, topics: int) -> Archive:
    """`articles` of the news beside all of the others, at most `topics` of each set.

    `data` holds the folders ant-news, kaiflematha-dev and xquad; `sample` is the project's archive.
    """
    archive = Archive()
    archive.add(*news(data / "ant-news", articles=articles, topics=topics))
    archive.add(*questions(data / "kaiflematha-dev", topics=topics))
    for language in ("ar", "en"):
        archive.add(*documents(data / "xquad", asked_in=language, topics=topics))
    archive.add(*own_archive(sample, topics=topics))
    return archive


def news(folder: Path, *, articles: int, topics: int) -> tuple[list[Article], list[Asked]]:
    """A fixed random slice of the news that holds all of what its headlines must find."""
    collection = read_collection(folder)
    records = {record["_id"]: record for record in read_records(collection.corpus[0])}
    headlines = spread(collection.topics, topics)
    gold = {key for topic in headlines for key in topic.relevant if key in records}
    order = np.random.default_rng(SEED).permutation(sorted(records.keys() - gold)).tolist()
    others = order[: max(0, articles - len(gold))]
    repeated = {record.get("duplicate_of") for record in records.values()}
    unique = [key for key in others if key not in repeated and "duplicate_of" not in records[key]]
    taken = taken_out({key: records[key]["text"] for key in unique}, topics)
    asked = [_asked(topic, "headlines") for topic in headlines]
    for key, (sentence, rest) in taken.items():
        records[key] = {**records[key], "text": rest}
        asked.append(
            Asked(
                id=f"sentence-{key}",
                group="sentences",
                text=sentence,
                language=records[key]["lang"],
                relevant={key: 1},
            )
        )
    return [_article(records[key]) for key in sorted(gold.union(others))], asked


def taken_out(texts: Mapping[str, str], count: int) -> dict[str, tuple[str, str]]:
    """A sentence and the text without it, for the first `count` texts that have one to ask.

    It is drawn from those after the second and before the last.
    """
    random = np.random.default_rng(SEED)
    found: dict[str, tuple[str, str]] = {}
    for key, text in texts.items():
        if len(found) == count:
            break
        pieces = list(_SENTENCE.finditer(text))
        fitting = [
            piece
            for piece in pieces[2:-1]
            if len(pieces) >= MIN_SENTENCES and MIN_WORDS <= len(piece[0].split()) <= MAX_WORDS
        ]
        if fitting:
            piece = fitting[int(random.integers(len(fitting)))]
            found[key] = (piece[0].strip(), text[: piece.start()] + text[piece.end() :])
    return found


def questions(folder: Path, *, topics: int) -> tuple[list[Article], list[Asked]]:
    """Questions, the titled paragraphs that answer them, and where in them."""
    collection = read_collection(folder)
    chosen = spread([topic for topic in collection.topics if topic.is_ranked], topics)
    wanted = {key for topic in chosen for key in topic.relevant}
    records = read_records(collection.corpus[0])
    articles = [_article(record) for record in records if record["_id"] in wanted]
    bodies = {article.id: article.body for article in articles}
    return articles, [_asked(topic, "questions", bodies) for topic in chosen]


def documents(folder: Path, *, asked_in: str, topics: int) -> tuple[list[Article], list[Asked]]:
    """Whole Arabic documents, and questions on them with the sentences that hold the answers."""
    places: dict[str, tuple[str, int, Mapping[str, Any]]] = {}
    bodies: dict[str, str] = {}
    for record in read_records(folder / "corpus" / "ar" / "corpus.jsonl.gz"):
        key = f"document-{record['metadata']['article']}"
        above = f"{bodies[key]}\n\n" if key in bodies else ""
        places[record["_id"]] = key, len(above), record["metadata"]
        bodies[key] = above + record["text"]
    spans: dict[str, Span] = {}
    for record in read_records(folder / "queries" / "ar" / "queries.jsonl"):
        asked = record["metadata"]
        key, offset, about = places[asked["passage_id"]]
        start, end = _sentence_around(asked["answer_start"][0], about["sentence_breaks"])
        spans[asked["squad_id"]] = Span(article_id=key, start=offset + start, end=offset + end)
    read = list(read_records(folder / "queries" / asked_in / "queries.jsonl"))
    found = [
        Asked(
            id=record["_id"],
            group=f"documents-{asked_in}",
            text=record["text"],
            language=asked_in,
            relevant={spans[record["metadata"]["squad_id"]].article_id: 1},
            spans=(spans[record["metadata"]["squad_id"]],),
        )
        for record in spread(read, topics)
    ]
    articles = [Article(id=key, title="", body=body, language="ar") for key, body in bodies.items()]
    return articles, found


def own_archive(folder: Path, *, topics: int) -> tuple[list[Article], list[Asked]]:
    """The project's archive, without what was withdrawn, and its answerable questions."""
    collection = read_collection(folder)
    articles = [
        _article(record)
        for record in read_records(collection.corpus[0])
        if record.get("status", "usable") == ArticleStatus.USABLE
    ]
    bodies = {article.id: article.body for article in articles}
    chosen = [topic for topic in collection.topics if topic.is_ranked]
    return articles, [_asked(topic, "archive", bodies) for topic in spread(chosen, topics)]


def spread(members: Sequence[_Member], count: int) -> list[_Member]:
    """`count` of the members at even distances, in order; all if there are no more."""
    if len(members) <= count:
        return list(members)
    return [members[number * len(members) // count] for number in range(count)]


def _asked(topic: Topic, group: str, bodies: Mapping[str, str] | None = None) -> Asked:
    return Asked(
        id=topic.id,
        group=group,
        text=topic.text,
        language=topic.language,
        relevant=topic.relevant,
        spans=tuple(_spans(topic, bodies or {})),
    )


def _spans(topic: Topic, bodies: Mapping[str, str]) -> Iterator[Span]:
    for gold in topic.gold:
        start = bodies.get(gold.article_id, "").find(gold.quote)
        if start >= 0:
            yield Span(article_id=gold.article_id, start=start, end=start + len(gold.quote))


def _sentence_around(position: int, breaks: Sequence[Sequence[int]]) -> tuple[int, int]:
    """The bounds of the sentence that `position` lies in.

    Raises:
        ValueError: it lies in none.
    """
    for start, end in breaks:
        if start <= position < end:
            return start, end
    raise ValueError(f"character {position} lies in no sentence of {list(breaks)}")


def _article(record: Mapping[str, Any]) -> Article:
    date = record.get("date") or record.get("published_at")
    moment = datetime.fromisoformat(date) if date else None
    if moment is not None and moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return Article(
        id=record["_id"],
        title=record.get("title") or "",
        body=record_text(dict(record)),
        language=record_language(dict(record)) or "ar",
        published_at=moment,
    )
