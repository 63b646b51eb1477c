"""The measures of an answer run, each by hand on a few topics."""

import json

import pytest
from rich.console import Console

from eval.answers.measures import PAIRED, estimate_group, group_answers, topic_measures
from eval.answers.report import as_dict, estimate_run, tables
from eval.answers.runs import AnswerRun
from eval.groups import ALL, Group
from tests.eval.answers.answered import checked, sentence, topic

TOPICS = (
    topic("first", True, confidence=0.9),
    topic("second", False, True, confidence=0.8),
    topic("missed", False, confidence=0.7),
    topic("held back", True, abstained=True, confidence=0.3),
    topic("rightly held back", False, answerable=False, abstained=True, confidence=0.1),
    topic("invented", False, answerable=False, confidence=0.6),
)


def mean(name: str, *topics: object) -> float:
    return estimate_group(topics or TOPICS)[name].mean  # type: ignore[arg-type]  # topics


@pytest.mark.parametrize(
    ("name", "expected", "n"),
    [
        ("first_quote", 1 / 4, 4),  # only "first"; an abstention is a miss
        ("any_quote", 2 / 4, 4),
        ("decision", 4 / 6, 6),  # all but "held back" and "invented"
        ("abstention_precision", 1 / 2, 2),
        ("abstention_recall", 1 / 2, 2),
        ("coverage", 4 / 6, 6),
        ("wrong", 2 / 4, 4),  # "missed" and "invented"
        ("coverage_at_5", 2 / 6, 6),  # down to .8, nothing is wrong
        ("coverage_at_20", 2 / 6, 6),
        ("auroc", 7 / 8, 6),  # of 4 x 2 pairs, "held back" loses against "invented"
        # Risk at 1 … 6 topics: 0, 0, 1/3, 2/4, 2/5, 3/6.
        ("aurc", (1 / 3 + 1 / 2 + 2 / 5 + 1 / 2) / 6, 6),
        ("brier", (0.01 + 0.04 + 0.49 + 0.49 + 0.01 + 0.36) / 6, 6),
        # Bins of one topic each: |.9-1|, |.8-1|, .7, |.3-1|, .1, .6.
        ("ece", (0.1 + 0.2 + 0.7 + 0.7 + 0.1 + 0.6) / 6, 6),
    ],
)
def test_answers_abstention_and_confidence(name: str, expected: float, n: int) -> None:
    found = estimate_group(TOPICS)[name]
    assert (found.mean, found.n) == (pytest.approx(expected), n)


def test_what_a_threshold_would_give_looks_at_the_quotes_held_back() -> None:
    # "held back" is right at .3: with it, 3 of 4 are right down to there.
    topics = [topic("a", True), topic("b", True), topic("c", False, confidence=0.4)]
    topics.append(topic("d", True, abstained=True, confidence=0.3))
    assert mean("coverage_at_20", *topics) == pytest.approx(2 / 4)
    more = [topic(f"e{n}", True, abstained=True, confidence=0.3) for n in range(4)]
    assert mean("coverage_at_20", *topics, *more) == 1


def test_citations_are_counted_one_by_one_and_support_by_answer() -> None:
    broken = topic(
        "broken",
        citations=(checked(), checked(number=2, is_exact=False, resolves=False)),
        # 1 of 2 sentences is supported; of 4 citations named, one is relevant, one does not
        # resolve, and 7 is none of the answer's.
        sentences=(
            sentence((1, 2), relevant=(1,)),
            sentence((1, 7), is_supported=False, relevant=()),
        ),
    )
    whole = topic("whole", True, sentences=(sentence(),))
    silent = topic("silent", sentences=(sentence((), is_supported=False, relevant=()),))
    topics = (broken, whole, silent)

    assert mean("quotes_exact", *topics) == pytest.approx(2 / 3)
    assert mean("citations_resolve", *topics) == pytest.approx(3 / 5)
    assert mean("citation_recall", *topics) == pytest.approx((1 / 2 + 1 + 0) / 3)
    assert mean("citation_precision", *topics) == pytest.approx((1 / 4 + 1) / 2)


def test_own_words_count_where_there_are_any() -> None:
    topics = [topic("a", own_language="en"), topic("b", own_language="ar"), topic("c")]
    found = estimate_group(topics)["own_language"]
    assert (found.mean, found.n) == (0.5, 2)


def test_measures_of_a_topic_are_those_that_two_runs_share() -> None:
    first, *_, invented = TOPICS
    assert topic_measures(first) == dict.fromkeys(PAIRED, 1.0)
    assert topic_measures(invented) == {"decision": 0.0}


def test_groups_are_pairs_kinds_and_languages_where_nothing_answers() -> None:
    pairs = [topic("a", pair="en->ar", kind="who"), topic("b", pair="tr->ar")]
    assert list(group_answers(pairs)) == [
        ALL,
        Group(axis="pair", name="en->ar"),
        Group(axis="pair", name="tr->ar"),
        Group(axis="kind", name="who"),
    ]
    nothing = topic("c", answerable=False, pair="en->none")
    grouped = group_answers([*pairs, nothing])
    assert [one.id for one in grouped[Group(axis="language", name="en->any")]] == ["a", "c"]


def test_the_report_is_plain_values_and_tables() -> None:
    run = AnswerRun(name="r", topics=TOPICS, manifest={"commit": "c"})
    estimates = estimate_run(run)
    values = json.loads(json.dumps(as_dict(run, estimates, per_topic=True), allow_nan=False))

    assert values["measures"]["en->ar"]["first_quote"]["mean"] == 0.25
    assert values["measures"]["all"]["ece"]["low"] is None
    assert values["measures"]["all"]["citation_recall"] == {
        "mean": None, "low": None, "high": None, "n": 0,
    }  # fmt: skip
    assert [one["id"] for one in values["topics"]] == [one.id for one in TOPICS]


def test_tables_leave_small_groups_to_the_json_and_say_so() -> None:
    run = AnswerRun(name="r", topics=(*TOPICS, topic("z", pair="zh->ar")), manifest={})
    console = Console(width=200)
    with console.capture() as captured:
        for shown in tables(estimate_run(run), title="c"):
            console.print(shown)
    text = " ".join(captured.get().split())

    assert text.count("en->ar") == 4
    assert "zh->ar" not in text
    assert text.count("groups of fewer than 6: 1, in the JSON") == 4


def test_no_topics_are_no_figures() -> None:
    assert all(found.n == 0 for found in estimate_group([]).values())
