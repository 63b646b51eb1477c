"""An index in memory for one setting: cut, encoded and fused as the product does it.

Scores are exact, IDF is that of the stores (core/backends/memory_store.py), and the legs are drawn
and fused as retrieval/drawing.py and retrieval/fusion.py do: the dense leg language by language,
the lexical leg in the language of the question. Token matches take no part.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_matrix, csr_matrix

from benchmarks.passages_data import Asked
from core.lexical import LexicalEncoder
from core.types import Article, Match, Passage, SparseVector, Vectors
from indexing.chunking import Chunker
from retrieval.cohort import Cohort
from retrieval.drawing import Drawn
from retrieval.fusion import Fused
from retrieval.query import SearchMode
from retrieval.scales import Moments, QuestionScales, Scales

DEPTH = 200
"""Passages a leg, and a language of the dense leg: those of a search for 100 articles."""

BLOCK = 256
"""Topics that are scored at once."""

Ranking = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """All passages of the archive under one chunker, with the texts of both legs, in order."""

    passages: tuple[Passage, ...]
    texts: tuple[str, ...]
    words: tuple[str, ...]

    @classmethod
    def of(cls, articles: Mapping[str, Article], chunker: Chunker) -> "Cut":
        """Cut every article."""
        found = [(article, one) for article in articles.values() for one in chunker.split(article)]
        return cls(
            passages=tuple(one for _, one in found),
            texts=tuple(chunker.embedding_text(article, one) for article, one in found),
            words=tuple(chunker.lexical_text(article, one) for article, one in found),
        )

    def whole_shares(self, topics: Sequence[Asked]) -> dict[str, float]:
        """By set: the share of topics of which a passage holds an answer from end to end."""
        by_article: dict[str, list[Passage]] = {}
        for passage in self.passages:
            by_article.setdefault(passage.article_id, []).append(passage)
        held: dict[str, list[bool]] = {}
        for topic in topics:
            if topic.spans:
                held.setdefault(topic.group, []).append(
                    any(
                        passage.start <= span.start and span.end <= passage.end
                        for span in topic.spans
                        for passage in by_article.get(span.article_id, ())
                    )
                )
        return {group: round(sum(each) / len(each), 4) for group, each in held.items()}


class Words:
    """The lexical leg: term weights of every passage, by term."""

    def __init__(self, cut: Cut, encoder: LexicalEncoder) -> None:
        self._encoder = encoder
        vectors = [
            encoder.encode_passage(text, language=passage.language)
            for text, passage in zip(cut.words, cut.passages, strict=True)
        ]
        terms = sorted({term for vector in vectors for term in vector.indices})
        self._columns = {term: column for column, term in enumerate(terms)}
        self.entries = sum(len(vector.indices) for vector in vectors)
        self._matrix = csc_matrix(self._rows(vectors))
        counts = np.diff(self._matrix.indptr)
        total = sum(1 for vector in vectors if vector.indices)
        self._idf = np.log1p((total - counts + 0.5) / (counts + 0.5))

    def scores(
        self, topics: Sequence[Asked]
    ) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
        """(topics, passages)."""
        asked = [self._encoder.encode_query(one.text, language=one.language) for one in topics]
        weighted = self._rows(asked).multiply(self._idf[None, :])
        found = csr_matrix(weighted) @ self._matrix.T
        return np.asarray(found.todense())

    def _rows(self, vectors: Sequence[SparseVector]) -> csr_matrix:
        known = [
            [
                (self._columns[term], value)
                for term, value in zip(one.indices, one.values, strict=True)
                if term in self._columns
            ]
            for one in vectors
        ]
        columns = [column for row in known for column, _ in row]
        values = [value for row in known for _, value in row]
        starts = np.cumsum([0, *(len(row) for row in known)])
        return csr_matrix((values, columns, starts), shape=(len(known), len(self._columns)))


class Legs:
    """Both legs over one cut, and their fusion."""

    def __init__(self, cut: Cut, *, vectors: Vectors, words: Words, cohort: Cohort) -> None:
        self._cut = cut
        self._vectors = vectors
        self._words = words
        self._ids = [f"{one.article_id}#{one.order:05}" for one in cut.passages]
        languages = [one.language for one in cut.passages]
        self._languages = dict(zip(self._ids, languages, strict=True))
        self._members = {
            language: np.array([n for n, own in enumerate(languages) if own == language])
            for language in dict.fromkeys(languages)
        }
        moments = {key: Moments.of(vectors[members]) for key, members in self._members.items()}
        self._scales = Scales(cohort, moments)

    def rank(self, topics: Sequence[Asked], queries: Vectors, *, mode: SearchMode) -> Ranking:
        """The articles of each topic, each by its best passage, scored 1 / rank."""
        ranking: Ranking = {}
        for start in range(0, len(topics), BLOCK):
            block = topics[start : start + BLOCK]
            vectors = queries[start : start + BLOCK]
            lexical = self._words.scores(block) if mode is SearchMode.HYBRID else None
            for row, topic in enumerate(block):
                scales = self._scales.of_question(vectors[row], language=topic.language)
                drawn = Drawn(
                    dense=self._dense(scales),
                    lexical=[] if lexical is None else self._lexical(lexical[row], topic),
                    languages=self._languages,
                )
                fused = Fused(drawn, scales=scales, language=topic.language, mode=mode)
                ids = dict.fromkeys(one.passage_id.rpartition("#")[0] for one in fused.ranked)
                ranking[topic.id] = {key: 1 / place for place, key in enumerate(ids, 1)}
        return ranking

    def _dense(self, scales: QuestionScales) -> list[Match]:
        return [
            match
            for language, members in self._members.items()
            for match in self._best(self._vectors @ scales.vector(language), members)
        ]

    def _lexical(self, scores: Vectors, topic: Asked) -> list[Match]:
        members = self._members.get(topic.language, np.array([], dtype=int))
        return [match for match in self._best(scores, members) if match.score > 0]

    def _best(
        self, scores: Vectors, members: "np.ndarray[tuple[int], np.dtype[np.int64]]"
    ) -> list[Match]:
        own = scores[members]
        if len(own) > DEPTH:
            members = members[np.argpartition(-own, DEPTH)[:DEPTH]]
        found = [Match(self._ids[n], float(scores[n])) for n in members]
        return sorted(found, key=lambda match: (-match.score, match.passage_id))
