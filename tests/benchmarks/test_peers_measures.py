import math

import pytest

from benchmarks.peers_measures import (
    InvalidResult,
    checked_rankings,
    compared,
    merged,
    ndcg_by_topic,
    percentile,
    step_figures,
)

KNOWN = {f"d{n}" for n in range(20)}


def test_rankings_are_given_by_question() -> None:
    assert checked_rankings(["a?", "b?"], [["d1", "d0"], ["d2"]], known=KNOWN) == {
        "a?": ["d1", "d0"],
        "b?": ["d2"],
    }


@pytest.mark.parametrize(
    ("rankings", "message"),
    [
        ([], "1 questions, 0 rankings"),
        ([[]], "0 documents"),
        ([[f"d{n}" for n in range(11)]], "11 documents"),
        ([["d1", "d1"]], "comes twice"),
        ([["passage-1"]], "is no document"),
    ],
)
def test_a_ranking_that_cannot_be_compared_is_refused(
    rankings: list[list[str]], message: str
) -> None:
    with pytest.raises(InvalidResult, match=message):
        checked_rankings(["a?"], rankings, known=KNOWN)


def test_ndcg_is_that_of_the_rank_of_the_only_relevant_document() -> None:
    topics = {"t1": "first?", "t2": "second?", "t3": "none?"}
    qrels = {"t1": {"d0": 1}, "t2": {"d0": 1}, "t3": {"d0": 1}}
    rankings = {"first?": ["d0", "d1"], "second?": ["d1", "d2", "d0"], "none?": ["d1"]}

    values = ndcg_by_topic(topics, qrels, rankings)

    # At rank r the gain is 1 / log2(r + 1), of an ideal of 1: rank 1 -> 1, rank 3 -> 1/2.
    assert values == pytest.approx([1.0, 0.5, 0.0])


def test_two_relevant_documents_are_measured_against_their_ideal_order() -> None:
    values = ndcg_by_topic({"t": "?"}, {"t": {"d0": 1, "d1": 1}}, {"?": ["d0", "d2", "d1"]})

    # (1 + 1/log2(4)) / (1 + 1/log2(3)) = 1.5 / 1.63093
    assert values == pytest.approx([1.5 / (1 + 1 / math.log2(3))])


def test_a_topic_without_judgments_is_left_out() -> None:
    values = ndcg_by_topic({"t": "?", "u": "??"}, {"u": {"d0": 1}}, {"?": ["d0"], "??": ["d0"]})

    assert values == [1.0]


def test_a_system_is_compared_topic_by_topic() -> None:
    better = compared([1.0, 0.5, 1.0], [0.5, 0.0, 0.5])

    # Every topic is better by one half: the interval of the difference has no width.
    assert better["to_sanad"] == {"mean": 0.5, "low": 0.5, "high": 0.5, "n": 3}
    assert better["low"] < better["mean"] < better["high"]


def test_systems_with_other_topics_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="argument 2"):
        compared([1.0, 1.0], [1.0])


def test_rounds_are_merged_to_median_and_range() -> None:
    assert merged([{"index_s": 3.0}, {"index_s": 1.0}, {"index_s": 10.0}]) == {
        "index_s": {"median": 3.0, "min": 1.0, "max": 10.0}
    }


def test_latencies_are_told_by_nearest_rank() -> None:
    result = {"open_s": 0.1, "latencies_ms": [float(n) for n in range(100, 0, -1)], "peak_mib": 5.0}

    figures = step_figures("search", result)

    assert (figures["p50_ms"], figures["p95_ms"]) == (50.0, 95.0)
    assert figures["search_peak_mib"] == 5.0
    assert percentile([7.0], 95) == 7.0


def test_memory_is_told_apart_by_step() -> None:
    index = {"load_s": 1.0, "index_s": 2.0, "vectors": 3, "disk_mb": 4.0, "peak_mib": 10.0}
    load = {"per_s": 5.0, "peak_mib": 20.0}

    both = step_figures("index", index) | step_figures("load", load)

    assert (both["index_peak_mib"], both["load_peak_mib"]) == (10.0, 20.0)
