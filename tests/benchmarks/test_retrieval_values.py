"""The values of topics are those of the measures that they are the parts of."""

from statistics import fmean

import pytest

from benchmarks.retrieval_values import fairness_groups, ranked_group
from eval.fairness import measure_fairness
from eval.measures import NAMES
from eval.runs import Run
from tests.eval.fair_runs import parallel_topic, run_of

TRANSLATIONS = ("1-ar", "1-en", "1-zh")
FILLERS = tuple(f"{number}-en" for number in range(100, 130))
ORDERS = {
    "q1": ("1-en", *FILLERS[:8], "1-ar", "1-zh"),
    "q2": ("1-en", "1-ar", *FILLERS[:18], "1-zh"),
    "q3": ("100-en", "1-zh"),
    "س4": FILLERS,
}
LANGUAGES = {"q1": "en", "q2": "ar", "q3": "zh", "س4": "ar"}


def run() -> Run:
    topics = [
        parallel_topic(key, language=LANGUAGES[key], relevant=TRANSLATIONS, order=order)
        for key, order in ORDERS.items()
    ]
    return run_of(ORDERS, *topics)


def test_means_over_topics_are_the_figures_of_fairness() -> None:
    fairness = measure_fairness(run())
    groups = {group.name: group for group in fairness_groups("fair", {"sanad": run()})}

    for name, found in fairness.translations.items():
        values = groups.pop(f"translations, {name}").values["sanad"]
        for measure in ("R@10", "All@20"):
            assert fmean(values[measure].values()) == pytest.approx(found[measure].mean)
    for pair, test in fairness.only_in.items():
        values = groups.pop(f"only in {pair.split('->')[1]}, {pair}").values["sanad"]
        assert fmean(values["nDCG@10"].values()) == pytest.approx(test.ndcg.mean)
        assert fmean(values["Success@1"].values()) == pytest.approx(test.success.mean)
    assert groups == {}


def test_a_ranking_has_every_measure_of_every_topic_that_something_answers() -> None:
    unanswerable = parallel_topic("q5", language="en", relevant=(), order=FILLERS)
    answered = run()
    both = run_of(ORDERS | {"q5": FILLERS}, *answered.topics, unanswerable)
    group = ranked_group("large/ar", "en->ar", {"sanad": both, "bm25": answered})

    assert group.part == "large"
    assert group.measures == NAMES
    assert group.topics == tuple(ORDERS)
    assert group.values["sanad"] == group.values["bm25"]
    assert group.values["sanad"]["nDCG@10"]["q1"] == answered.topics[0].measures["nDCG@10"]
