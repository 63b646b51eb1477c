"""Fits the evidence and abstention weights on a parallel collection, and writes them.

The features come from the very code that serves (`retrieval.evidence`, `retrieval.abstention`).
Topics are split by source article: a source article is wholly in the fit or in the check.
Each topic is asked of two archives, the paragraphs of its source article only (as small as a
desk's first import, and full of near misses) and the whole collection, each with and without
the paragraph that answers it.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from core.types import PassageFilter
from eval.collection import Collection, Topic, read_records
from retrieval.abstention import SIGNALS, signals
from retrieval.answering.extractive import ExtractiveAnswerer
from retrieval.evidence import FEATURES, Evidence
from retrieval.search import Searcher

EVIDENCE_RIDGE = 30.0
ABSTENTION_RIDGE = 50.0
"""Quadratic penalties on the weights of standardised columns, summed over all examples."""

CHECK_SHARE = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One topic asked of one archive: evidence features, which rows hold the answer, signals."""

    pair: str
    in_check: bool
    answerable: bool
    rows: NDArray[np.float32]
    holds: NDArray[np.bool_]
    evidence: tuple[Evidence, ...]
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Archives:
    """Paragraph ids of each source article, and the source article of each paragraph."""

    members: dict[str, tuple[str, ...]]
    source: dict[str, str]


def read_archives(corpora: Iterable[Path]) -> Archives:
    """Group the paragraphs of `corpora` by language and source article."""
    groups: dict[str, list[str]] = {}
    source = {}
    for corpus in corpora:
        for record in read_records(corpus):
            metadata = record["metadata"]
            key = f"{metadata['lang']}:{metadata['article']}"
            groups.setdefault(key, []).append(record["_id"])
            source[record["_id"]] = key
    return Archives(members={key: tuple(ids) for key, ids in groups.items()}, source=source)


async def gather_examples(
    searcher: Searcher,
    answerer: ExtractiveAnswerer,
    collection: Collection,
    archives: Archives,
    *,
    answers: dict[str, Sequence[str]],
    on_example: Callable[[], None],
) -> list[Example]:
    """Ask every topic of four archives; `answers` gives the answer strings by paragraph and topic.

    Keys of `answers` are "paragraph id|topic number", because a parallel collection asks the
    same topic in several languages and answers it in several.
    """
    examples = []
    for topic in collection.topics:
        gold_id = next(iter(topic.qrels))
        own = archives.members[archives.source[gold_id]]
        everything = tuple(archives.source)
        strings = answers[f"{gold_id}|{topic_number(topic)}"]
        for members in (own, everything):
            for present in (True, False):
                ids = members if present else tuple(key for key in members if key != gold_id)
                where = PassageFilter(article_ids=ids)
                ranking = await searcher.rank(topic.text, where=where)
                evidence = await answerer.weigh(ranking)
                if evidence:
                    examples.append(
                        _example(
                            collection.pair(topic),
                            topic,
                            evidence,
                            gold_id=gold_id,
                            strings=strings,
                            source=archives.source[gold_id],
                            present=present,
                        )
                    )
                on_example()
    return examples


def topic_number(topic: Topic) -> str:
    """The id of a topic without its language: the same in every language."""
    return topic.id.rsplit("-", 1)[0]


def _example(
    pair: str,
    topic: Topic,
    evidence: Sequence[Evidence],
    *,
    gold_id: str,
    strings: Sequence[str],
    source: str,
    present: bool,
) -> Example:
    holds = [
        piece.candidate.hit.header.id == gold_id
        and any(string in piece.candidate.text for string in strings)
        for piece in evidence
    ]
    article = source.partition(":")[2]
    draw = int.from_bytes(sha256(article.encode("utf-8")).digest()[:4], "big") / 2**32
    return Example(
        pair=pair,
        in_check=draw < CHECK_SHARE,
        answerable=present,
        rows=np.stack([piece.descriptors for piece in evidence]),
        holds=np.array(holds, dtype=np.bool_),
        evidence=tuple(evidence),
        language=topic.language,
    )


def fit_evidence(examples: Sequence[Example]) -> NDArray[np.float64]:
    """(len(FEATURES),): the listwise softmax fit (ListNet's top-one loss, Cao et al. 2007)."""
    lists = [
        (example.rows[:, : len(FEATURES)].astype(np.float64), example.holds)
        for example in examples
        if example.holds.any()
    ]
    scale = np.concatenate([rows - rows.mean(axis=0) for rows, _ in lists]).std(axis=0) + 1e-9

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total = EVIDENCE_RIDGE * float(weights @ weights)
        gradient = 2 * EVIDENCE_RIDGE * weights
        for rows, holds in lists:
            columns = rows / scale
            scores = columns @ weights
            exponents = np.exp(scores - scores.max())
            share = exponents / exponents.sum()
            right = share * holds
            total -= float(np.log(right.sum() + 1e-12))
            gradient = gradient + columns.T @ (share - right / (right.sum() + 1e-12))
        return total / len(lists), gradient / len(lists)

    found = minimize(loss, np.zeros(len(FEATURES)), jac=True, method="L-BFGS-B").x
    return np.asarray(found / scale)


def rescored(examples: Sequence[Example], weights: NDArray[np.float64]) -> list[list[Evidence]]:
    """The evidence of each example, ranked again under `weights`."""
    ranked = []
    for example in examples:
        scores = example.rows[:, : len(FEATURES)] @ weights
        pieces = [
            Evidence(candidate=piece.candidate, score=float(score), descriptors=piece.descriptors)
            for piece, score in zip(example.evidence, scores, strict=True)
        ]
        ranked.append(sorted(pieces, key=lambda piece: -piece.score))
    return ranked


def fit_abstention(
    rows: NDArray[np.float64], labels: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """Weights (len(SIGNALS),) and bias of the logistic model of "the archive answers this"."""
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    table = np.hstack([(rows - mean) / scale, np.ones((len(rows), 1))])

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margins = table @ weights
        value = float(np.logaddexp(0, margins).sum() - margins @ labels)
        value += ABSTENTION_RIDGE * float(weights[:-1] @ weights[:-1])
        gradient = table.T @ (1 / (1 + np.exp(-margins)) - labels)
        gradient[:-1] += 2 * ABSTENTION_RIDGE * weights[:-1]
        return value / len(labels), gradient / len(labels)

    found = minimize(loss, np.zeros(table.shape[1]), jac=True, method="L-BFGS-B").x
    weights = found[:-1] / scale
    return weights, float(found[-1] - weights @ mean)


def signal_rows(
    examples: Sequence[Example], ranked: Sequence[Sequence[Evidence]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(n, len(SIGNALS)) signals and (n,) labels, 1 where the archive answers."""
    rows = np.array(
        [
            signals(pieces, language=example.language)
            for example, pieces in zip(examples, ranked, strict=True)
        ],
        dtype=np.float64,
    )
    return rows, np.array([float(example.answerable) for example in examples])


def write_weights(path: Path, payload: dict[str, object]) -> None:
    """One readable JSON file, keys in the order given."""
    path.write_text(json.dumps(payload, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def named(names: Sequence[str], values: NDArray[np.float64]) -> dict[str, float]:
    """Values by name, rounded for reading."""
    return {name: round(float(value), 5) for name, value in zip(names, values, strict=True)}


def evidence_payload(weights: NDArray[np.float64], provenance: str) -> dict[str, object]:
    """The content of `retrieval/evidence_weights.json`."""
    return {"trained_by": provenance, "weights": named(FEATURES, weights)}


def abstention_payload(
    weights: NDArray[np.float64],
    bias: float,
    *,
    answer_above: float,
    partial_above: float,
    provenance: str,
) -> dict[str, object]:
    """The content of `retrieval/abstention_weights.json`."""
    return {
        "trained_by": provenance,
        "answer_above": round(answer_above, 4),
        "partial_above": round(partial_above, 4),
        "bias": round(bias, 5),
        "weights": named(SIGNALS, weights),
    }
