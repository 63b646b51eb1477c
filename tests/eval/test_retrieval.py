"""Searches over a collection become a run with measures and evidence."""

import json
from pathlib import Path

import pytest

from core.errors import InputError
from core.types import ArticleHeader, Passage
from eval.collection import Collection, Topic
from eval.groups import ALL, Group, group_topics
from eval.measures import NAMES
from eval.report import as_dict
from eval.retrieval import search_topics, summarise
from eval.runs import SHOWN, Judged, Run
from retrieval.query import (
    Contribution,
    Explanation,
    SearchHit,
    SearchMode,
    SearchQuery,
    SearchResults,
)

EXPLANATION = Explanation(
    dense_score=0.5,
    dense_rank=1,
    lexical_score=None,
    lexical_rank=None,
    dense_normalised=2.0,
    lexical_normalised=0.0,
    lexical_weight=0.0,
    question_language="ar",
    fused_rank=1,
    contributions=(Contribution(name="dense", value=2.0, weight=1.0, note="cosine 0.5"),),
)


def hit(rank: int, article_id: str) -> SearchHit:
    return SearchHit(
        rank=rank,
        score=2.0,
        passage=Passage(
            id=f"{article_id}#0",
            article_id=article_id,
            order=0,
            start=0,
            end=3,
            text="نص",
            language="ar",
            tokens=1,
        ),
        header=ArticleHeader(id=article_id, title="عنوان", language="ar"),
        explain=lambda: EXPLANATION,
    )


class Ranked:
    """A searcher that answers each query with a given order of articles, all of one score."""

    def __init__(self, orders: dict[str, list[str]]) -> None:
        self._orders = orders

    async def search(self, query: SearchQuery) -> SearchResults:
        hits = tuple(hit(rank, key) for rank, key in enumerate(self._orders[query.text], start=1))
        return SearchResults(query_id="q", language="en", hits=hits, notices=(), timing_ms={})


def topic(key: str, *, qrels: dict[str, int] | None = None, kind: str = "who") -> Topic:
    judged = {"a": 1} if qrels is None else qrels
    return Topic(
        id=key,
        text=key,
        language="en",
        answerable=bool(judged),
        qrels=judged,
        gold=(),
        kind=kind,
    )


def collection(folder: Path, *topics: Topic) -> Collection:
    corpus = folder / "corpus.jsonl"
    corpus.write_text(
        json.dumps({"_id": "a", "title": "المعاهدة", "text": "وقعت المعاهدة"}, ensure_ascii=False),
        encoding="utf-8",
    )
    return Collection(
        name="c", corpus=(corpus,), topics=topics, article_languages={"a": "ar", "b": "tr"}
    )


async def searched(orders: dict[str, list[str]], asked: Collection) -> Run:
    return await search_topics(
        Ranked(orders), asked, name="r", mode=SearchMode.HYBRID, on_topic=lambda _: None
    )


@pytest.mark.anyio
async def test_measures_by_hand_without_the_unanswerable(tmp_path: Path) -> None:
    asked = collection(
        tmp_path, topic("q1"), topic("q2"), topic("q3"), topic("q4"), topic("u", qrels={})
    )
    orders = {"q1": ["a", "b"], "q2": ["b", "a"], "q3": ["b"], "q4": [], "u": ["b", "a"]}

    run = await searched(orders, asked)
    report = summarise(run, collection="c")

    # nDCG@10: 1, 1 / log2(3) = 0.6309, 0, 0; mean 0.4077. RR: 1, 1/2, 0, 0.
    all_topics = report.by_pair["all"]
    assert all_topics["nDCG@10"].n == 4
    assert all_topics["nDCG@10"].mean == pytest.approx(0.40773, abs=1e-4)
    assert all_topics["RR@10"].mean == pytest.approx(0.375)
    assert all_topics["Success@1"].mean == pytest.approx(0.25)
    assert set(report.by_pair) == {"all", "en->ar"}
    assert (report.unanswerable, set(report.per_topic)) == (1, {"q1", "q2", "q3", "q4"})


@pytest.mark.anyio
async def test_an_unanswerable_topic_is_searched_for_and_shown_but_not_measured(
    tmp_path: Path,
) -> None:
    run = await searched({"u": ["b"]}, collection(tmp_path, topic("u", qrels={})))

    (found,) = run.topics
    assert (found.measures, found.pair, found.answerable) == ({}, "en->none", False)
    assert [one.article_id for one in found.results] == ["b"]
    assert group_topics(run.topics) == {ALL: []}
    assert json.dumps(as_dict(summarise(run, collection="c"), per_topic=True), allow_nan=False)


@pytest.mark.anyio
async def test_an_article_judged_not_relevant_is_judged_but_no_hit(tmp_path: Path) -> None:
    run = await searched(
        {"q": ["b", "x"]}, collection(tmp_path, topic("q", qrels={"a": 2, "b": 0}))
    )

    (found,) = run.topics
    assert found.measures["Judged@10"] == 0.5  # b of b and x
    assert found.measures["R@100"] == 0
    assert found.judged == (
        Judged(article_id="a", grade=2, language="ar", title="المعاهدة", text="وقعت المعاهدة"),
    )


@pytest.mark.anyio
async def test_the_searchers_order_of_equal_scores_stays(tmp_path: Path) -> None:
    order = [f"x{number}" for number in range(30, 0, -1)]
    run = await searched({"q": [*order, "a"]}, collection(tmp_path, topic("q")))

    (found,) = run.topics
    assert sorted(run.ranking["q"], key=lambda key: -run.ranking["q"][key]) == [*order, "a"]
    assert [one.article_id for one in found.results] == order[:SHOWN]
    assert found.measures["AP"] == pytest.approx(1 / 31)
    assert found.results[0].explanation["dense_normalised"] == 2.0
    assert found.results[0].explanation["contributions"] == [
        {"name": "dense", "value": 2.0, "weight": 1.0, "note": "cosine 0.5", "adds": 2.0}
    ]


@pytest.mark.anyio
async def test_topics_are_grouped_by_pair_and_kind(tmp_path: Path) -> None:
    asked = collection(
        tmp_path,
        topic("q1", kind="why"),
        topic("q2", kind="", qrels={"b": 1}),
        topic("q3", qrels={"a": 1, "b": 1}),
    )
    run = await searched({"q1": [], "q2": ["b"], "q3": ["a", "b"]}, asked)

    groups = {
        group: [one.id for one in topics] for group, topics in group_topics(run.topics).items()
    }
    assert groups == {
        ALL: ["q1", "q2", "q3"],
        Group(axis="pair", name="en->ar"): ["q1"],
        Group(axis="pair", name="en->tr"): ["q2"],
        Group(axis="pair", name="en->ar+tr"): ["q3"],
        Group(axis="kind", name="why"): ["q1"],
        Group(axis="kind", name="who"): ["q3"],
    }
    shown = as_dict(summarise(run, collection="c"), per_topic=False)
    assert list(shown) == ["collection", "measures", "kinds", "unanswerable"]
    assert list(summarise(run, collection="c").by_kind["who"]) == list(NAMES)


@pytest.mark.anyio
async def test_the_manifest_tells_the_time_taken(tmp_path: Path) -> None:
    run = await searched({"q1": []}, collection(tmp_path, topic("q1")))
    assert set(run.manifest["timings"]) == {"seconds", "p50_ms", "p95_ms"}


@pytest.mark.anyio
async def test_a_topic_that_cannot_be_searched_for_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="topic ؟؟: the query holds no letter"):
        await searched({}, collection(tmp_path, topic("؟؟")))
