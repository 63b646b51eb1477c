"""Fairness between languages, by hand."""

import json
import math
from collections.abc import Sequence

import pytest

from core.errors import InputError
from eval.fairness import Fairness, measure_fairness
from eval.report import fairness_tables
from tests.eval.fair_runs import parallel_topic, run_of

TRANSLATIONS = ("1-ar", "1-en", "1-zh")
FILLERS = tuple(f"{number}-en" for number in range(100, 130))


def fairness(order: Sequence[str], *, language: str = "en") -> Fairness:
    """Of one topic with three translations and this ranking."""
    topic = parallel_topic("q", language=language, relevant=TRANSLATIONS, order=order)
    return measure_fairness(run_of({"q": order}, topic))


def test_translations_are_counted_at_10_and_20() -> None:
    # en at 1, ar at 10, zh at 11.
    order = ("1-en", *FILLERS[:8], "1-ar", "1-zh", *FILLERS[8:])
    found = fairness(order).translations

    assert found["en"]["R@10"].mean == pytest.approx(2 / 3)
    assert (found["en"]["R@20"].mean, found["en"]["All@20"].mean) == (1, 1)
    assert found["all"] == found["en"]


def test_all_translations_must_stand_within_20() -> None:
    order = ("1-en", "1-ar", *FILLERS[:18], "1-zh", *FILLERS[18:])  # zh at 21
    found = fairness(order).translations["all"]

    assert found["R@20"].mean == pytest.approx(2 / 3)
    assert found["All@20"].mean == 0


def test_the_other_translations_are_taken_out_where_only_one_may_be_found() -> None:
    order = ("1-en", "100-en", "1-zh", "1-ar", *FILLERS[1:])
    only = fairness(order).only_in

    assert set(only) == {"en->ar", "en->en", "en->zh"}
    # Without 1-en and 1-zh: 100-en, 1-ar, so rank 2; ar would be at 4 otherwise.
    assert only["en->ar"].ndcg.mean == pytest.approx(1 / math.log2(3))
    assert only["en->ar"].success.mean == 0
    assert (only["en->en"].ndcg.mean, only["en->en"].success.mean) == (1, 1)
    assert only["en->ar"].exhausted == 0


def test_rank_11_is_worth_nothing_and_so_is_an_article_that_was_not_found() -> None:
    order = (*FILLERS[:10], "1-ar", *FILLERS[10:])
    only = fairness(order).only_in

    assert only["en->ar"].ndcg.mean == 0
    assert (only["en->zh"].ndcg.mean, only["en->zh"].success.mean) == (0, 0)


def test_a_ranking_that_ends_early_is_told() -> None:
    order = ("1-en", "1-ar", *FILLERS[:9])  # without en and ar 9 are left, without one of them 10
    found = fairness(order).only_in

    exhausted = {pair: test.exhausted for pair, test in found.items()}
    assert exhausted == {"en->ar": 0, "en->en": 0, "en->zh": 1}


def test_shares_are_means_over_topics_of_the_first_10() -> None:
    first = ("1-en", "1-ar", *FILLERS)  # the first 10: 9 en, 1 ar
    second = ("2-ar", "2-zh")  # 1 ar, 1 zh
    run = run_of(
        {"q1": first, "q2": second},
        parallel_topic("q1", language="en", relevant=("1-ar", "1-en"), order=first),
        parallel_topic("q2", language="en", relevant=("2-ar", "2-zh"), order=second),
        parallel_topic("u", language="en", relevant=(), order=("1-en",)),
    )
    shares = measure_fairness(run).shares["en"]

    # ar (.1 + .5) / 2, en .9 / 2, zh .5 / 2; of the relevant (.5 + .5) / 2, .25, .25.
    assert shares.first == pytest.approx({"ar": 0.3, "en": 0.45, "zh": 0.25})
    assert shares.relevant == pytest.approx({"ar": 0.5, "en": 0.25, "zh": 0.25})
    assert shares.distance == pytest.approx(0.2)  # (.2 + .2 + 0) / 2
    assert shares.topics == 2


def test_a_gap_is_the_median_of_rank_differences() -> None:
    orders = {
        "q1": ("1-en", "100-en", "1-ar"),  # +2
        "q2": ("2-ar", "2-en"),  # -1
        "q3": ("3-en", "100-en", "101-en"),  # ar is not found: 4 - 1 = +3
        "q4": ("100-en",),  # neither is found: left out
    }
    topics = [
        parallel_topic(key, language="en", relevant=(f"{key[1]}-ar", f"{key[1]}-en"), order=order)
        for key, order in orders.items()
    ]
    gaps = measure_fairness(run_of(orders, *topics)).gaps

    assert list(gaps) == ["en->ar"]
    assert (gaps["en->ar"].median, gaps["en->ar"].topics, gaps["en->ar"].not_found) == (2, 3, 1)


def test_there_is_no_gap_without_an_article_in_the_questions_language() -> None:
    assert fairness(TRANSLATIONS, language="tr").gaps == {}


@pytest.mark.parametrize("relevant", [("1-ar",), ("1-ar", "2-ar"), ("1-ar", "2-ar", "1-en"), ()])
def test_a_topic_is_parallel_only_with_one_article_in_each_of_several_languages(
    relevant: Sequence[str],
) -> None:
    topic = parallel_topic("q", language="en", relevant=relevant, order=TRANSLATIONS)
    with pytest.raises(InputError, match="parallel collection"):
        measure_fairness(run_of({"q": TRANSLATIONS}, topic))


def test_it_is_plain_json_and_tables() -> None:
    found = fairness(("1-en", "1-ar", *FILLERS))

    values = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    assert values["only_in"]["en->ar"]["nDCG@10"] == {"mean": 1.0, "low": 1.0, "high": 1.0, "n": 1}
    assert values["gaps"]["en->zh"] == {"median": 32, "topics": 1, "not_found": 1}
    assert [table.row_count for table in fairness_tables(found)] == [2, 3, 1]
