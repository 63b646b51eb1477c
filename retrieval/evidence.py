"""Which sentences of the found passages answer the question: scored, best first."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from core.types import TokenVectors
from retrieval.query import SearchHit
from retrieval.reading import Reading
from retrieval.sentences import split_sentences
from retrieval.signals import expects_figure, figures, term_coverage
from retrieval.token_match import best_matches, mean_match, weakest_match

FEATURES = (
    "sentence_similarity",
    "passage_score",
    "sentence_match",
    "window_match",
    "figures_missing",
    "figure_wanted_not_given",
    "short",
    "is_question",
)
"""What ranks evidence: the columns that the weights of `eval.training` apply to."""

CONTEXT = ("passage_match", "passage_weakest_match", "sentence_terms")
"""Further columns, for abstention: they say whether there is an answer, not where."""

DESCRIPTORS = FEATURES + CONTEXT
"""Names of the columns of `describe`, in order."""

SHORT_CHARS = 40

WEAKEST = 3
"""Question tokens that count as the least met: about one word that is nowhere in the text."""


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
    """A candidate with its descriptors (len(DESCRIPTORS),) and score, higher is better."""

    candidate: Candidate
    score: float
    descriptors: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceVectors:
    """Vectors of the candidates, one each in order, and of their titles by article id."""

    sentences: Sequence[TokenVectors]
    titles: Mapping[str, TokenVectors]


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
    reading: Reading, candidates: Sequence[Candidate], vectors: EvidenceVectors
) -> list[Evidence]:
    """`candidates` best first, ties by place."""
    if not candidates:
        return []
    rows = describe(reading, candidates, vectors)
    scores = rows[:, : len(FEATURES)] @ evidence_weights()
    order = sorted(
        range(len(candidates)),
        key=lambda i: (-scores[i], candidates[i].hit.header.id, candidates[i].start),
    )
    return [
        Evidence(candidate=candidates[i], score=float(scores[i]), descriptors=rows[i])
        for i in order
    ]


def describe(
    reading: Reading, candidates: Sequence[Candidate], vectors: EvidenceVectors
) -> NDArray[np.float32]:
    """(n, len(DESCRIPTORS)) float32: the signals of each candidate, in the order of DESCRIPTORS."""
    windows = [_neighbours(candidates, i) for i in range(len(candidates))]
    columns = {
        **_similarity_columns(reading, candidates, vectors.sentences),
        **_match_columns(reading, candidates, vectors, windows),
        **_word_columns(reading, candidates, windows),
    }
    return np.stack([np.asarray(columns[name], dtype=np.float32) for name in DESCRIPTORS], axis=1)


def _similarity_columns(
    reading: Reading,
    candidates: Sequence[Candidate],
    vectors: Sequence[TokenVectors],
) -> dict[str, list[float]]:
    similarity = [
        reading.scales.score(vector.pooled, language=candidate.hit.passage.language)
        for candidate, vector in zip(candidates, vectors, strict=True)
    ]
    return {
        "sentence_similarity": similarity,
        # Token matches are signals of their own here.
        "passage_score": [
            candidate.hit.explain().score_without("tokens", "meeting") for candidate in candidates
        ],
    }


def _match_columns(
    reading: Reading,
    candidates: Sequence[Candidate],
    vectors: EvidenceVectors,
    windows: Sequence[Sequence[int]],
) -> dict[str, list[float]]:
    matches = best_matches(
        reading.question_tokens(),
        [
            reading.passage_tokens(vector.tokens, language=candidate.hit.passage.language)
            for candidate, vector in zip(candidates, vectors.sentences, strict=True)
        ],
    )
    by_passage: dict[str, list[int]] = {}
    for i, candidate in enumerate(candidates):
        by_passage.setdefault(candidate.hit.passage.id, []).append(i)
    passages = {key: matches[rows].max(axis=0) for key, rows in by_passage.items()}
    own = [passages[candidate.hit.passage.id] for candidate in candidates]
    # Read with its title, a sentence need not name the subject again; else the lead, which
    # names it, would always seem to answer best.
    titled = np.maximum(matches, _title_matches(reading, candidates, vectors.titles))
    near = np.stack([titled[[i, *window]].max(axis=0) for i, window in enumerate(windows)])
    return {
        "sentence_match": mean_match(titled).tolist(),
        "window_match": mean_match(near).tolist(),
        "passage_match": mean_match(np.stack(own)).tolist(),
        "passage_weakest_match": [weakest_match(row, count=WEAKEST) for row in own],
    }


def _title_matches(
    reading: Reading, candidates: Sequence[Candidate], titles: Mapping[str, TokenVectors]
) -> NDArray[np.float32]:
    """(n, question tokens): how well the title of each candidate's article meets the question.

    -1 for a title that was taken from the lead: it says nothing that the lead does not.
    """
    derived = {candidate.hit.header.id for candidate in candidates if _begins_with_title(candidate)}
    languages = {c.hit.header.id: c.hit.passage.language for c in candidates}
    tokens = [
        np.zeros((0, 0), dtype=np.float32)
        if key in derived
        else reading.passage_tokens(titles[key].tokens, language=language)
        for key, language in languages.items()
    ]
    rows = dict(zip(languages, best_matches(reading.question_tokens(), tokens), strict=True))
    return np.stack([rows[candidate.hit.header.id] for candidate in candidates])


def _begins_with_title(candidate: Candidate) -> bool:
    """Whether the title is the beginning of this sentence, white space aside, cut with "…"."""
    title = candidate.hit.header.title.rstrip("… ")
    return " ".join(candidate.text.split()).startswith(title)


def _word_columns(
    reading: Reading, candidates: Sequence[Candidate], windows: Sequence[Sequence[int]]
) -> dict[str, list[float]]:
    texts = [candidate.text for candidate in candidates]
    languages = [candidate.hit.passage.language for candidate in candidates]
    held = term_coverage(reading.text, texts, languages=languages)
    wanted = figures(reading.text)
    given = [figures(text) for text in texts]
    # The year asked about often stands in the sentence before the one that answers.
    given_near = [given[i].union(*(given[j] for j in window)) for i, window in enumerate(windows)]
    figure_asked = expects_figure(reading.text)
    return {
        "sentence_terms": held,
        "figures_missing": [
            len(wanted - near) / len(wanted) if wanted else 0.0 for near in given_near
        ],
        "figure_wanted_not_given": [float(figure_asked and not own - wanted) for own in given],
        "short": [float(len(text) < SHORT_CHARS) for text in texts],
        "is_question": [float(text.rstrip().endswith(("?", "؟", "？"))) for text in texts],
    }


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
