"""From what the systems wrote to figures: checked rankings, nDCG@10, and medians over rounds."""

import statistics
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import ir_measures
from ir_measures import nDCG

from eval.intervals import estimate

TOP_DOCUMENTS = 10

MEASURE = nDCG @ TOP_DOCUMENTS

Rankings = Mapping[str, Sequence[str]]
"""Text of a question -> ids of documents, best first."""


class InvalidResult(Exception):
    """A system wrote what cannot be compared; the message says what."""


def checked_rankings(
    questions: Sequence[str], rankings: Sequence[Sequence[str]], *, known: Collection[str]
) -> dict[str, list[str]]:
    """Rankings by question.

    Raises:
        InvalidResult: one for each question was expected, each of distinct known documents, at
            most ten of them and at least one.
    """
    if len(rankings) != len(questions):
        raise InvalidResult(f"{len(questions)} questions, {len(rankings)} rankings")
    for question, ranking in zip(questions, rankings, strict=True):
        if not 1 <= len(ranking) <= TOP_DOCUMENTS:
            raise InvalidResult(f"{len(ranking)} documents for {question!r}")
        if len(set(ranking)) < len(ranking):
            raise InvalidResult(f"a document comes twice for {question!r}")
        if strange := [found for found in ranking if found not in known]:
            raise InvalidResult(f"{strange[0]!r} is no document, for {question!r}")
    return dict(zip(questions, map(list, rankings), strict=True))


def ndcg_by_topic(
    topics: Mapping[str, str], qrels: Mapping[str, Mapping[str, int]], rankings: Rankings
) -> list[float]:
    """nDCG@10 of each judged topic (id -> text), in their order; one without a hit has 0."""
    wanted = {topic: dict(qrels[topic]) for topic in topics if topic in qrels}
    # The rank is the score: ties were broken by the system and must stay broken.
    run = {
        topic: {found: 1 / rank for rank, found in enumerate(rankings[topics[topic]], start=1)}
        for topic in wanted
    }
    values = {
        metric.query_id: float(metric.value)
        for metric in ir_measures.iter_calc([MEASURE], wanted, run)
    }
    return [values.get(topic, 0.0) for topic in wanted]


def compared(values: Sequence[float], reference: Sequence[float]) -> dict[str, Any]:
    """Mean with its interval, and that of the paired differences to `reference`."""
    differences = [own - other for own, other in zip(values, reference, strict=True)]
    return {**asdict(estimate(values)), "to_sanad": asdict(estimate(differences))}


def step_figures(action: str, result: Mapping[str, Any]) -> dict[str, float]:
    """What one step of one round adds to the figures of its set."""
    if action == "index":
        names = ("load_s", "index_s", "vectors")
        figures = {name: float(result[name]) for name in names}
        return figures | {"index_peak_mib": result["peak_mib"]}
    if action == "load":
        return {"per_s": result["per_s"], "load_peak_mib": result["peak_mib"]}
    latencies = sorted(result["latencies_ms"])
    return {
        "open_s": result["open_s"],
        "p50_ms": percentile(latencies, 50),
        "p95_ms": percentile(latencies, 95),
        "search_peak_mib": result["peak_mib"],
    }


def percentile(ordered: Sequence[float], share: int) -> float:
    """By nearest rank, of at least one value."""
    return ordered[max(0, -(-share * len(ordered) // 100) - 1)]


def merged(rounds: Sequence[Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """Median, least and most of every figure over the rounds."""
    return {
        name: {
            "median": statistics.median(values),
            "min": min(values),
            "max": max(values),
        }
        for name in rounds[0]
        for values in [[figures[name] for figures in rounds]]
    }
