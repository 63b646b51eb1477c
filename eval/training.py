"""Fits the evidence and abstention weights on a parallel collection, and writes them.

The features come from the very code that serves (`retrieval.evidence`, `retrieval.abstention`).
Topics are split by source article: a source article is wholly in the fit or in the check.
Each topic is asked of two archives, the paragraphs of its source article only (as small as a
desk's first import, and full of near misses) and the whole collection, each with and without
the paragraph that answers it.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from core.types import PassageFilter
from eval.collection import Collection, Topic, read_collection
from eval.records import read_records
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
    on_example: Callable[[], None],
) -> list[Example]:
    """Ask every topic of four archives."""
    examples = []
    for topic in collection.topics:
        gold_id = next(iter(topic.relevant))
        own = archives.members[archives.source[gold_id]]
        everything = tuple(archives.source)
        strings = [gold.quote for gold in topic.gold if gold.article_id == gold_id]
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """Fitted weights, and how they did on the topics of the check."""

    evidence: dict[str, float]
    abstention: dict[str, float]
    bias: float
    check: dict[str, float]


def fit(examples: Sequence[Example], *, partial_above: float) -> Fit:
    """Fit both models on the fit topics and measure them on the check topics."""
    fitting = [example for example in examples if not example.in_check]
    checking = [example for example in examples if example.in_check]
    evidence = fit_evidence([example for example in fitting if example.answerable])
    abstention, bias = fit_abstention(*signal_rows(fitting, rescored(fitting, evidence)))
    ranked = rescored(checking, evidence)
    rows, labels = signal_rows(checking, ranked)
    chance = 1 / (1 + np.exp(-(rows @ abstention + bias)))
    answered = [_held_ranks(example, evidence) for example in checking if example.answerable]
    return Fit(
        evidence=_named(FEATURES, evidence),
        abstention=_named(SIGNALS, abstention),
        bias=round(bias, 5),
        check={
            "lists": len(answered),
            "first_sentence_right": float(np.mean([held[0] for held in answered])),
            "right_within_three": float(np.mean([any(held[:3]) for held in answered])),
            "auroc": _auroc(chance, labels),
            "answered_of_answerable": float((chance[labels == 1] >= partial_above).mean()),
            "abstained_of_unanswerable": float((chance[labels == 0] < partial_above).mean()),
        },
    )


def _held_ranks(example: Example, weights: NDArray[np.float64]) -> list[bool]:
    order = np.argsort(-(example.rows[:, : len(FEATURES)] @ weights), kind="stable")
    return [bool(example.holds[i]) for i in order]


def _auroc(scores: NDArray[np.float64], labels: NDArray[np.float64]) -> float:
    """Area under the ROC curve by ranks (Mann-Whitney); ties are rare enough to ignore."""
    ranks = scores.argsort().argsort() + 1
    positives = int(labels.sum())
    negatives = len(labels) - positives
    above = float(ranks[labels == 1].sum()) - positives * (positives + 1) / 2
    return above / (positives * negatives)


def write_weights(path: Path, payload: dict[str, object]) -> None:
    """One readable JSON file, keys in the order given."""
    path.write_text(json.dumps(payload, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _named(names: Sequence[str], values: NDArray[np.float64]) -> dict[str, float]:
    return {name: round(float(value), 5) for name, value in zip(names, values, strict=True)}
