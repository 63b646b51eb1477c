"""A pool holds what the runs find first, each passage once, and tells nothing of the runs."""

import pytest

from core.errors import InputError
from eval.pools import Pool, pool_runs
from eval.runs import SHOWN, Run
from tests.eval.judged_pool import passage, run_of

HYBRID = run_of("hybrid", {"q1": [passage("أ"), passage("ب"), passage("ج")], "q2": [passage("أ")]})
LEXICAL = run_of("lexical", {"q1": [passage("د"), passage("أ"), passage("ب", 1)], "q3": []})


def articles(pool: Pool, topic: str = "q1") -> list[str]:
    return [item.article_id for item in pool.items if item.topic_id == topic]


def many(name: str, count: int) -> Run:
    return run_of(name, {"q1": [passage(f"{name}-{number}") for number in range(count)]})


def test_the_first_results_of_all_runs_are_in_it_each_passage_once() -> None:
    pool = pool_runs([HYBRID, LEXICAL], depth=3)

    assert sorted(item.passage_id for item in pool.items if item.topic_id == "q1") == [
        "أ#0",
        "ب#0",
        "ب#1",
        "ج#0",
        "د#0",
    ]
    assert pool.topic_ids == ("q1", "q2")


def test_depth_bounds_what_each_run_gives() -> None:
    assert sorted(articles(pool_runs([HYBRID, LEXICAL], depth=1))) == ["أ", "د"]
    assert len(pool_runs([many("a", SHOWN), many("b", SHOWN)]).items) == 2 * SHOWN


@pytest.mark.parametrize("depth", [0, SHOWN + 1])
def test_a_depth_that_runs_do_not_keep_is_refused(depth: int) -> None:
    with pytest.raises(InputError, match=f"depth {depth}: a run keeps the text of its first 10"):
        pool_runs([HYBRID], depth=depth)


def test_an_item_is_what_the_runs_show() -> None:
    (item,) = pool_runs([HYBRID], topic_ids=["q2"]).items

    assert (item.question, item.question_language) == ("Ne zaman?", "tr")
    assert (item.language, item.title, item.text) == ("ar", "عنوان أ", "نص أ 0")


def test_the_order_tells_nothing_of_ranks_and_runs() -> None:
    found, other = many("a", 10), many("b", 10)
    turned = run_of("a", {"q1": [passage(f"a-{number}") for number in reversed(range(10))]})

    pool = pool_runs([found, other])
    assert pool_runs([other, found]) == pool_runs([turned, other]) == pool
    order = articles(pool)
    assert order != sorted(order)
    assert order != [f"a-{n}" for n in range(10)] + [f"b-{n}" for n in range(10)]


def test_another_seed_gives_another_order_of_the_same_items() -> None:
    first, second = pool_runs([many("a", 10)], seed=1), pool_runs([many("a", 10)], seed=2)

    assert articles(first) != articles(second)
    assert set(first.items) == set(second.items)
    assert first.digest != second.digest


def test_an_article_that_was_indexed_again_is_judged_once() -> None:
    before = run_of("before", {"q1": [("أ", "2", "نص"), ("ب", "3", "نص")]})
    after = run_of("after", {"q1": [("أ", "1", "نص")]})

    pool = pool_runs([before, after])
    assert sorted((item.article_id, item.passage_id) for item in pool.items) == [
        ("أ", "1"),
        ("ب", "3"),
    ]


def test_only_the_topics_asked_for_are_pooled() -> None:
    assert pool_runs([HYBRID, LEXICAL], topic_ids=["q2"]).topic_ids == ("q2",)
    with pytest.raises(InputError, match="topic 'سؤال 9' is in none of the runs"):
        pool_runs([HYBRID], topic_ids=["q2", "سؤال 9"])


def test_what_is_judged_already_is_left_out_and_counted() -> None:
    known = {"q1": {"أ": 0, "ب": 2}, "q2": {"ج": 1}}
    pool = pool_runs([HYBRID, LEXICAL], known=known)

    assert sorted(articles(pool)) == ["ج", "د"]
    assert articles(pool, "q2") == ["أ"]
    assert pool.known == 3  # أ#0, ب#0 and ب#1


def test_a_pool_of_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="nothing is left to be judged: 1 passages"):
        pool_runs([HYBRID], topic_ids=["q2"], known={"q2": {"أ": 0}})
    with pytest.raises(InputError, match="nothing is left to be judged: 0 passages"):
        pool_runs([LEXICAL], topic_ids=["q3"])


def test_runs_of_two_collections_are_refused() -> None:
    other = run_of("other", {"q1": []}, question="متى؟")
    with pytest.raises(InputError, match=r"asks 'Ne zaman\?' in one run and 'متى؟' in other"):
        pool_runs([HYBRID, other])
