"""Test collections: articles, topics and qrels, read from BEIR folders or TREC files.

Three layouts: a BEIR folder (`corpus.jsonl[.gz]`, `queries.jsonl`, `qrels/*.tsv`); a parallel one
that keeps a BEIR part for each language (`corpus/<lang>/`, `queries/<lang>/`,
`qrels/<query language>-<document language>.tsv`); and TREC's topics and qrels beside a corpus of
JSON lines. Thakur et al. 2021 describe BEIR; the metadata that we add is described in
sample/README.md. A language that no file names is identified from the text.
"""

from collections.abc import Collection as Ids
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import InputError, SourceUnreadable
from core.language import identify_language
from eval.qrels import read_beir_qrels, read_qrels
from eval.records import read_records, record_id, record_language, record_text
from eval.trec import read_topics

Grades = dict[str, dict[str, int]]
"""Grade by article id, by topic id."""

Answers = Mapping[str, Sequence[str]]
"""Strings that answer a topic, by the article that holds them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldQuote:
    """A run of an article that answers a topic, verbatim."""

    article_id: str
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One question with its judgments: grade by article id, 0 for judged not relevant.

    `kind` is the type of its question ("who", "why" …), "" if the collection names none.
    """

    id: str
    text: str
    language: str
    answerable: bool
    qrels: dict[str, int]
    gold: tuple[GoldQuote, ...]
    kind: str = ""

    @property
    def relevant(self) -> dict[str, int]:
        """The judgments above 0."""
        return {key: grade for key, grade in self.qrels.items() if grade > 0}

    @property
    def is_ranked(self) -> bool:
        """Whether a ranking for it can be measured: the others would count as failures."""
        return self.answerable and bool(self.relevant)


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """Topics, the files that hold their articles, and the language of each relevant article.

    `files` are all that was read, by the name under which a manifest tells them.
    """

    name: str
    corpus: tuple[Path, ...]
    topics: tuple[Topic, ...]
    article_languages: dict[str, str]
    files: Mapping[str, Path] = field(default_factory=dict)

    def pair(self, topic: Topic) -> str:
        """Language pair of `topic`, "en->ar"; "en->none" where nothing answers it."""
        languages = sorted({self.article_languages.get(key, "und") for key in topic.relevant})
        return f"{topic.language}->{'+'.join(languages) or 'none'}"


def read_collection(
    folder: Path, *, query_languages: Sequence[str] = (), document_languages: Sequence[str] = ()
) -> Collection:
    """The collection in `folder`; languages choose the parts of a parallel one (default all).

    Raises:
        SourceUnreadable: the folder holds neither layout, or a file of it is damaged.
        InputError: languages are chosen of a folder that has no parts for them.
    """
    if (folder / "queries.jsonl").exists():
        if query_languages or document_languages:
            raise InputError(f"{folder} has no parts for languages to choose from")
        return _read_flat(folder)
    if (folder / "queries").is_dir() and (folder / "corpus").is_dir():
        return _read_parallel(folder, query_languages, document_languages)
    raise SourceUnreadable(
        f"{folder} is no test collection: it needs queries.jsonl, corpus.jsonl and qrels/*.tsv, "
        "or folders queries/, corpus/ and qrels/ with a part for each language"
    )


def read_trec_collection(topics: Path, qrels: Path, corpora: Sequence[Path]) -> Collection:
    """TREC's topics and qrels (or BEIR's) over `corpora`, files of one JSON article a line.

    Raises:
        SourceUnreadable: a file is missing or damaged; the message names it.
    """
    grades = read_qrels(qrels)
    asked = tuple(
        Topic(
            id=key,
            text=text,
            language=identify_language(text),
            answerable=True,
            qrels=grades.get(key, {}),
            gold=(),
        )
        for key, text in read_topics(topics).items()
    )
    return Collection(
        name=topics.stem,
        corpus=tuple(corpora),
        topics=asked,
        article_languages=_article_languages(corpora, judged=_relevant_ids(asked)),
        files={"/".join(path.resolve().parts[-2:]): path for path in (topics, qrels, *corpora)},
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


def named_files(folder: Path, paths: Iterable[Path]) -> dict[str, Path]:
    """Files of `folder` by a name that tells no more of the machine than the folder's own name."""
    name = folder.resolve().name
    return {f"{name}/{path.relative_to(folder).as_posix()}": path for path in paths}


def _read_flat(folder: Path) -> Collection:
    corpus, queries = corpus_file(folder), folder / "queries.jsonl"
    judgments = sorted((folder / "qrels").glob("*.tsv"))
    qrels: Grades = {}
    for path in judgments:
        _add_qrels(path, qrels)
    topics = tuple(_topics(queries, qrels))
    return Collection(
        name=folder.resolve().name,
        corpus=(corpus,),
        topics=topics,
        article_languages=_article_languages([corpus], judged=_relevant_ids(topics)),
        files=named_files(folder, [corpus, queries, *judgments]),
    )


def _read_parallel(
    folder: Path, query_languages: Sequence[str], document_languages: Sequence[str]
) -> Collection:
    asked = list(query_languages) or _parts(folder / "queries")
    indexed = list(document_languages) or _parts(folder / "corpus")
    files: list[Path] = []
    topics: list[Topic] = []
    asking = {language: folder / "queries" / language / "queries.jsonl" for language in asked}
    # A topic is asked in every language, and each knows the answers of its own paragraph only.
    answering = {
        language: path
        for language in indexed
        if (path := folder / "queries" / language / "queries.jsonl").exists()
    }
    answers = _parallel_answers(asking | answering)
    for language, queries in asking.items():
        qrels: Grades = {}
        judgments = [folder / "qrels" / f"{language}-{other}.tsv" for other in indexed]
        for path in judgments:
            _add_qrels(path, qrels)
        topics.extend(_topics(queries, qrels, part=language, answers=answers))
        files += [queries, *judgments]
    judged = _relevant_ids(topics)
    corpora = [corpus_file(folder / "corpus" / language) for language in indexed]
    languages: dict[str, str] = {}
    for language, corpus in zip(indexed, corpora, strict=True):
        languages |= _article_languages([corpus], judged=judged, part=language)
    return Collection(
        name=f"{folder.resolve().name} {'+'.join(asked)}->{'+'.join(indexed)}",
        corpus=tuple(corpora),
        topics=tuple(topics),
        article_languages=languages,
        files=named_files(folder, [*corpora, *files, *answering.values()]),
    )


def _parts(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir() if entry.is_dir())


def topic_number(topic_id: str, language: str) -> str:
    """The id of a parallel collection's topic without its language: the same in every language.

    >>> topic_number("56be-ar", "ar")
    '56be'
    """
    return topic_id.removesuffix(f"-{language}")


def _topics(
    path: Path,
    qrels: Grades,
    *,
    part: str | None = None,
    answers: Mapping[str, Answers] | None = None,
) -> Iterator[Topic]:
    """The topics in `path`; `answers` are those of a parallel collection, by topic number."""
    for record in read_records(path):
        metadata = record.get("metadata") or {}
        key, text = record_id(record, path), record_text(record)
        judged = qrels.get(key, {})
        if answers is None or part is None:
            own = _own_answers(metadata)
        else:
            own = answers.get(topic_number(key, part), {})
        yield Topic(
            id=key,
            text=text,
            language=record_language(metadata) or part or identify_language(text),
            answerable=bool(metadata.get("answerable", True)),
            qrels=judged,
            gold=tuple(_gold_quotes(metadata, judged, own)),
            kind=str(metadata.get("type") or ""),
        )


def _gold_quotes(
    metadata: dict[str, Any], judged: dict[str, int], answers: Answers
) -> Iterator[GoldQuote]:
    """Those that the topic names, else its answers in the articles judged relevant."""
    gold = metadata.get("gold")
    if isinstance(gold, list):
        for entry in gold:
            yield GoldQuote(article_id=entry["article_id"], quote=entry["quote"])
        return
    for article_id, quotes in answers.items():
        if judged.get(article_id, 0) > 0:
            for quote in quotes:
                yield GoldQuote(article_id=article_id, quote=quote)


def _own_answers(metadata: dict[str, Any]) -> Answers:
    """SQuAD style: answers that stand in one paragraph, of the topic's language."""
    answers = metadata.get("answers")
    if not isinstance(answers, list):
        return {}
    return {str(metadata.get("passage_id", "")): answers}


def _parallel_answers(queries: Mapping[str, Path]) -> dict[str, dict[str, Sequence[str]]]:
    """Answers in the paragraphs of each language of `queries`, by topic number."""
    found: dict[str, dict[str, Sequence[str]]] = {}
    for language, path in queries.items():
        for record in read_records(path):
            own = _own_answers(record.get("metadata") or {})
            found.setdefault(topic_number(record_id(record, path), language), {}).update(own)
    return found


def _add_qrels(path: Path, qrels: Grades) -> None:
    for topic, grades in read_beir_qrels(path).items():
        qrels.setdefault(topic, {}).update(grades)


def _relevant_ids(topics: Iterable[Topic]) -> set[str]:
    return {key for topic in topics for key in topic.relevant}


def _article_languages(
    corpora: Iterable[Path], *, judged: Ids[str], part: str | None = None
) -> dict[str, str]:
    """Language of each article of `judged` that `corpora` hold."""
    return {
        key: record_language(record)
        or part
        or identify_language(f"{record.get('title') or ''}\n{record_text(record)}")
        for path in corpora
        for record in read_records(path)
        if (key := record_id(record, path)) in judged
    }
