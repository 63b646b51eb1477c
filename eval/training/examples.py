"""Topics of a parallel collection asked of archives with and without what answers them.

Each topic is asked of three archives: the paragraphs of its source article (as small as a desk's
first import, and full of near misses), all paragraphs of the language, and these among the
distractors if there are any; each with and without the paragraph that answers it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.types import PassageFilter
from eval.collection import Collection, Topic, read_collection
from eval.records import read_records
from retrieval.answering.extractive import ExtractiveAnswerer
from retrieval.evidence.ranking import Evidence
from retrieval.search import Searcher

CHECK_SHARE = 0.25
"""Share of the source articles whose topics check what the others fit."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Example:
    """One topic asked of one archive.

    Attributes:
        pair: Languages of question and documents, "en->ar".
        in_check: Whether its source article is one of those that check.
        answerable: Whether the archive held the paragraph with the answer.
        evidence: As it was ranked when the question was asked.
        holds: For each piece of evidence, whether the answer stands in it.
        question: Its text.
        language: Of the question.
    """

    pair: str
    in_check: bool
    answerable: bool
    evidence: tuple[Evidence, ...]
    holds: NDArray[np.bool_]
    question: str
    language: str

    def rows(self) -> NDArray[np.float64]:
        """(n, len(FEATURES)): the signals of the evidence."""
        return np.stack([piece.signals for piece in self.evidence]).astype(np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Archives:
    """The paragraphs of a parallel collection: language and source article by id."""

    languages: dict[str, str]
    sources: dict[str, str]

    def without(self, gold_id: str) -> Iterator[tuple[PassageFilter, PassageFilter]]:
        """Filters of the archives for a topic: with its paragraph `gold_id`, and without."""
        language = self.languages[gold_id]
        own = tuple(key for key, one in self.languages.items() if one == language)
        article = tuple(key for key in own if self.sources[key] == self.sources[gold_id])
        translations = tuple(key for key, one in self.languages.items() if one != language)
        for where in (
            PassageFilter(article_ids=article),
            PassageFilter(article_ids=own),
            PassageFilter(except_articles=translations),
        ):
            yield where, replace(where, except_articles=(*where.except_articles, gold_id))


def read_archives(corpora: Iterable[Path]) -> Archives:
    """The paragraphs of `corpora`, whose metadata name their language and source article."""
    languages, sources = {}, {}
    for corpus in corpora:
        for record in read_records(corpus):
            languages[record["_id"]] = record["metadata"]["lang"]
            sources[record["_id"]] = record["metadata"]["article"]
    return Archives(languages=languages, sources=sources)


def every_pair(folder: Path, *, topics_per_pair: int) -> list[Collection]:
    """The language pairs of a parallel collection, each with a spread sample of its topics."""
    languages = sorted(entry.name for entry in (folder / "queries").iterdir())
    pairs = []
    for number, (asked, indexed) in enumerate(product(languages, languages)):
        whole = read_collection(folder, query_languages=[asked], document_languages=[indexed])
        step = max(1, len(whole.topics) // topics_per_pair)
        pairs.append(replace(whole, topics=whole.topics[number % step :: step]))
    return pairs


async def gather_examples(
    searcher: Searcher,
    answerer: ExtractiveAnswerer,
    collection: Collection,
    archives: Archives,
    *,
    on_topic: Callable[[], None],
) -> list[Example]:
    """Ask every topic of all its archives; one that finds nothing gives no example."""
    examples = []
    for topic in collection.topics:
        gold_id = next(iter(topic.relevant))
        for filters in archives.without(gold_id):
            for where, answerable in zip(filters, (True, False), strict=True):
                evidence = await answerer.weigh(await searcher.rank(topic.text, where=where))
                if evidence:
                    examples.append(
                        Example(
                            pair=collection.pair(topic),
                            in_check=is_in_check(archives.sources[gold_id]),
                            answerable=answerable,
                            evidence=tuple(map(_without_tokens, evidence)),
                            holds=_holds(evidence, topic),
                            question=topic.text,
                            language=topic.language,
                        )
                    )
        on_topic()
    return examples


def _without_tokens(piece: Evidence) -> Evidence:
    """The same piece, which keeps no token vectors alive: two megabytes an example."""
    none = np.zeros((0, 0), dtype=np.float32)
    return replace(piece, candidate=replace(piece.candidate, tokens=none))


def _holds(evidence: Sequence[Evidence], topic: Topic) -> NDArray[np.bool_]:
    return np.array(
        [
            any(
                gold.article_id == piece.candidate.hit.header.id
                and gold.quote in piece.candidate.text
                for gold in topic.gold
            )
            for piece in evidence
        ],
        dtype=np.bool_,
    )


def is_in_check(source_article: str) -> bool:
    """Whether its topics check: by hash, so that all languages and every run agree."""
    digest = sha256(source_article.encode("utf-8")).digest()
    return int.from_bytes(digest[:4], "big") / 2**32 < CHECK_SHARE
