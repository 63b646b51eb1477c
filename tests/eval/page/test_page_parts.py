"""What stands on the page: curves, sentences, facts and the choice of topics."""

from dataclasses import replace

import pytest

from eval.comparison import Comparison, Row, compare
from eval.fairness import measure_fairness
from eval.fairness_record import read_fairness
from eval.gate import falls
from eval.groups import ALL
from eval.intervals import Estimate
from eval.page.curves import DEPTH, rank_curves
from eval.page.difference_plots import topic_plot
from eval.page.evidence import PASSAGE, beginning
from eval.page.facts import facts
from eval.page.measured import known_by, measure_run
from eval.page.selection import failed_topics, in_turn, weak_topics
from eval.page.summary import headlines
from eval.page.wording import explain_difference, shown_p, warnings
from tests.eval.page.page_runs import fair_run, good_run, order, poor_run, run, topic


def row(*, mean: float, p: float | None, n: int = 40) -> Row:
    return Row(
        other="جديد <b>",
        measure="nDCG@10",
        group=ALL,
        base_mean=0.5,
        other_mean=0.5 + mean,
        difference=Estimate(mean=mean, low=mean - 0.02, high=mean + 0.02, n=n),
        wins=1,
        ties=n - 1,
        losses=0,
        p=p,
        p_holm=p,
    )


def test_curves_are_the_means_over_topics() -> None:
    topics = [
        topic("1", relevant={"a-ar": 1, "b-en": 2}, order=["a-ar", "x", "b-en"]),
        topic("2", relevant={"a-ar": 1}, order=["x", "a-ar"]),
        topic("3", relevant={"a-ar": 1}, order=[]),
        topic("4", relevant={}, order=["x"]),
    ]
    made = run("made", topics)
    found = rank_curves(made.topics, made.ranking)

    assert found.topics == 3
    assert len(found.success) == len(found.recall) == DEPTH
    # Topic 1 at rank 1, topic 2 at rank 2, topic 3 never.
    assert found.success[:4] == pytest.approx((1 / 3, 2 / 3, 2 / 3, 2 / 3))
    # .5 of two at rank 1, all at rank 3; and as above: (.5 + 0 + 0) / 3, (.5 + 1) / 3, (1 + 1) / 3.
    assert found.recall[:3] == pytest.approx((0.5 / 3, 1.5 / 3, 2 / 3))
    assert not found.is_one_line
    assert rank_curves([topics[3]], made.ranking).recall == ()


def test_curves_agree_with_the_measures() -> None:
    made = fair_run()
    found, measured = rank_curves(made.topics, made.ranking), measure_run(made, paint="run")
    for name, value in (
        ("Success@1", found.success[0]),
        ("Success@5", found.success[4]),
        ("R@10", found.recall[9]),
        ("R@100", found.recall[99]),
    ):
        assert measured.groups[ALL][name].mean == pytest.approx(value)


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (
            row(mean=0.1, p=0.001),
            "is <strong>better</strong> than <bdi>base</bdi>: .600 against .500",
        ),
        (row(mean=-0.1, p=0.0001), "<strong>worse</strong>"),
        (row(mean=-0.1, p=0.0001), "more than chance (p &lt; .001)"),
        (row(mean=0.01, p=0.3), "<strong>No difference</strong>"),
        (
            row(mean=0.01, p=0.3),
            "may be chance (p .300); the true difference lies between −.010 and +.030",
        ),
        (
            row(mean=0.03, p=0.058),
            "p is .058, corrected for all rows of the comparison, where the interval (+.010 to "
            "+.050) is of this one alone",
        ),
        (row(mean=0.5, p=None, n=4), "4 topics are too few to tell a difference from chance"),
        (row(mean=0.5, p=0.001), "<bdi>جديد &lt;b&gt;</bdi>"),
        (row(mean=0.5, p=0.001), "It wins 1 topic, loses 0 topics and ties 39 topics."),
    ],
)
def test_a_sentence_says_what_a_difference_means(one: Row, said: str) -> None:
    assert said in explain_difference(one, base="base")


def test_a_probability_is_never_shown_as_nothing() -> None:
    assert [shown_p(p) for p in (0.0002, 0.034, 1.0)] == ["< .001", ".034", "1.00"]


def test_what_weakens_the_figures_is_told() -> None:
    base = good_run("base")
    changed = replace(
        good_run("run"),
        topics=good_run().topics[1:],
        manifest={"commit": "abc+changes", "collection": {"files": {"corpus.jsonl": "0"}}},
    )
    measured = [measure_run(one, paint="run") for one in (base, changed)]
    told = warnings(measured, compare(base, [changed], measures=["nDCG@10"]))

    assert told == [
        "corpus.jsonl is not the same file in both runs",
        "left out, only in base: 0",
        "run was measured with changes that no commit holds: abc+changes does not make it again",
    ]
    assert warnings([measure_run(base, paint="run")], None) == []


def test_facts_tell_what_differs_and_skip_what_nobody_knows() -> None:
    other = replace(good_run("b"), manifest={"commit": "abc-a", "cores": 2})
    found = {fact.name: fact for fact in facts([good_run("a"), other])}

    assert found["commit"].values == ("abc-a", "abc-a")
    assert not found["commit"].differs
    assert found["search mode"].values == ("hybrid", "")
    assert found["search mode"].differs
    assert found["SHA-256 of corpus.jsonl"].values == ("f" * 12, "")
    assert found["index identity"].values[0] == "embedder model bundled"
    assert "server" not in found
    assert facts([replace(other, manifest={})]) == []


def test_failed_topics_are_those_without_a_relevant_article_in_the_first_ten() -> None:
    topics = [
        topic("late", relevant={"a-ar": 1, "b-ar": 1}, order=order("x", "a-ar")),
        topic("first", relevant={"a-ar": 1}, order=order("a-ar")),
        topic("never", relevant={"a-ar": 1}, order=order()),
        topic("unanswerable", relevant={}, order=order()),
    ]
    made = run("made", topics)

    assert [one.id for one in failed_topics(made, most=9).chosen] == ["never"]
    assert [one.id for one in weak_topics(made, most=9).chosen] == ["late"]
    assert failed_topics(made, most=0).total == 1


def test_topics_are_chosen_in_turn_and_stand_in_their_order() -> None:
    items = ["a1", "a2", "b1", "a3", "c1"]

    assert in_turn(items, by=lambda item: item[0], most=4) == ["a1", "a2", "b1", "c1"]
    assert in_turn(items, by=lambda item: item[0], most=9) == items


def test_a_long_passage_is_cut_at_a_blank_and_a_short_one_is_whole() -> None:
    words = "كلمة " * 200
    shown = beginning(words)

    assert shown.endswith("كلمة …")
    assert len(shown) <= PASSAGE + 2
    assert len(beginning("字" * 1000)) == PASSAGE + 2
    assert beginning("") == ""


def test_fairness_comes_back_from_its_record() -> None:
    made = fair_run()
    assert read_fairness(made.fairness or {}, run="fair") == measure_fairness(made)


def test_a_topic_that_is_known_keeps_what_it_has() -> None:
    known = good_run()
    bare = replace(known.topics[0], text="", pair="", kind="", language="und", judged=())

    completed = known_by(replace(known, topics=(bare, known.topics[1])), known).topics
    assert (completed[0].text, completed[0].pair) == (known.topics[0].text, "ar->ar")
    assert completed[0].judged == ()
    assert completed[1] is known.topics[1]


def test_a_measure_that_only_one_run_has_is_not_compared() -> None:
    base = good_run("base")
    lacking = [
        replace(one, measures={"nDCG@10": one.measures["nDCG@10"]} if one.measures else {})
        for one in base.topics
    ]
    runs = [
        measure_run(replace(base, topics=tuple(lacking)), paint="base"),
        measure_run(good_run("run"), paint="run"),
    ]
    comparison = compare(runs[0].run, [runs[1].run], measures=["nDCG@10"])

    assert [(one.measure, one.base is None) for one in headlines(runs, comparison)] == [
        ("nDCG@10", False),
        ("Success@1", True),
        ("R@100", True),
    ]


def test_topics_are_counted_by_classes_of_their_difference() -> None:
    comparison: Comparison = compare(poor_run(), [good_run()], measures=["nDCG@10", "Success@1"])
    table = topic_plot(comparison).table

    assert table.columns[3:6] == ("-.1 to 0", "the same", "0 to .1")
    ndcg, success = ([cell.text for cell in line.cells] for line in table.lines)
    # Nine gain .5 of nDCG@10 and 1 of Success@1; one is the same.
    assert ndcg == ["0", "0", "0", "0", "1", "0", "0", "9", "0"]
    assert success == ["0", "0", "0", "0", "1", "0", "0", "0", "9"]
    assert falls(comparison.rows) == []
