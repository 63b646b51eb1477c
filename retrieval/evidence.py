"""Which sentences of the found passages answer the question: scored, best first."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from core.types import Vectors
from retrieval.cohort import CohortScales
from retrieval.query import SearchHit
from retrieval.sentences import split_sentences
from retrieval.signals import expects_figure, figures, term_coverage

FEATURES = (
    "sentence_similarity",
    "window_similarity",
    "passage_score",
    "passage_gap",
    "sentence_terms",
    "window_terms",
    "figures_held",
    "figures_missing",
    "figure_wanted_and_given",
    "figure_wanted_not_given",
    "short",
    "question_echo",
)
"""Names of the columns of `describe`, in order."""

SHORT_CHARS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A sentence of a found passage: `text == body[start:end]`; `order` counts in the passage."""

    hit: SearchHit
    start: int
    end: int
    text: str
    order: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A candidate with its features (len(FEATURES),) and score, higher is better."""

    candidate: Candidate
    score: float
    features: NDArray[np.float32]


def find_candidates(hits: Sequence[SearchHit]) -> list[Candidate]:
    """The sentences of `hits` in order of hit and place."""
    found = []
    for hit in hits:
        passage = hit.passage
        spans = split_sentences(passage.text, language=passage.language)
        for order, span in enumerate(spans):
            found.append(
                Candidate(
                    hit=hit,
                    start=passage.start + span.start,
                    end=passage.start + span.end,
                    text=passage.text[span.start : span.end],
                    order=order,
                )
            )
    return found


def rank_evidence(
    question: str,
    candidates: Sequence[Candidate],
    *,
    question_vector: Vectors,
    sentence_vectors: Vectors,
    scales: CohortScales,
) -> list[Evidence]:
    """`candidates` best first, ties by place; `sentence_vectors` is (n, dim), row by row."""
    rows = describe(
        question,
        candidates,
        question_vector=question_vector,
        sentence_vectors=sentence_vectors,
        scales=scales,
    )
    scores = rows @ evidence_weights()
    order = sorted(
        range(len(candidates)),
        key=lambda i: (-scores[i], candidates[i].hit.header.id, candidates[i].start),
    )
    return [
        Evidence(candidate=candidates[i], score=float(scores[i]), features=rows[i]) for i in order
    ]


def describe(
    question: str,
    candidates: Sequence[Candidate],
    *,
    question_vector: Vectors,
    sentence_vectors: Vectors,
    scales: CohortScales,
) -> NDArray[np.float32]:
    """(n, len(FEATURES)) float32: the signals of each candidate, in the order of FEATURES."""
    if not candidates:
        return np.zeros((0, len(FEATURES)), dtype=np.float32)
    cosines = sentence_vectors @ question_vector
    languages = [candidate.hit.passage.language for candidate in candidates]
    texts = [candidate.text for candidate in candidates]
    similarity = [
        scales.normalise(float(cosine), language=language)
        for cosine, language in zip(cosines, languages, strict=True)
    ]
    terms_held = term_coverage(question, texts, languages=languages)
    best_passage = max(candidate.hit.score for candidate in candidates)
    wanted = figures(question)
    figure_asked = expects_figure(question)
    rows = np.zeros((len(candidates), len(FEATURES)), dtype=np.float32)
    for i, candidate in enumerate(candidates):
        near = _neighbours(candidates, i)
        given = figures(candidate.text)
        # The year asked about often stands in the sentence before the one that answers.
        given_near = given.union(*(figures(candidates[j].text) for j in near))
        rows[i] = (
            similarity[i],
            max((similarity[j] for j in near), default=0.0),
            candidate.hit.score,
            best_passage - candidate.hit.score,
            terms_held[i],
            max((terms_held[j] for j in near), default=0.0),
            len(wanted & given_near) / len(wanted) if wanted else 0.0,
            len(wanted - given_near) / len(wanted) if wanted else 0.0,
            float(figure_asked and bool(given - wanted)),
            float(figure_asked and not given - wanted),
            float(len(candidate.text) < SHORT_CHARS),
            float(candidate.text.rstrip().endswith(("?", "؟", "？"))),
        )
    return rows


@cache
def evidence_weights() -> NDArray[np.float32]:
    """(len(FEATURES),) float32, learnt by `eval.training`."""
    text = (files("retrieval") / "evidence_weights.json").read_text(encoding="utf-8")
    weights = json.loads(text)["weights"]
    return np.array([weights[name] for name in FEATURES], dtype=np.float32)


def _neighbours(candidates: Sequence[Candidate], i: int) -> list[int]:
    """Positions of the sentences just before and after, in the same passage."""
    return [
        j
        for j in (i - 1, i + 1)
        if 0 <= j < len(candidates) and candidates[j].hit.passage.id == candidates[i].hit.passage.id
    ]
