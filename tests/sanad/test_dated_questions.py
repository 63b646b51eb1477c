"""On the sample archive: a time in a question changes the order, and buries nothing."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from core.periods import Period, PeriodUse
from core.settings import load_settings
from core.types import PassageFilter
from eval.collection import Topic, read_collection
from retrieval.fusion import Ranked
from retrieval.parameters import DEFAULT_PARAMETERS
from retrieval.preference import MAX_FALL, Preferred, publication_days
from sanad.composition import open_index, open_models, open_reader
from tests.sanad.command import ROOT, environment, run_sanad
from tests.sanad.conftest import CopyIndex, Indexed

LATEST = Period(text="", start=0, end=0, first=None, last=None, use=PeriodUse.LATEST)
BY_DATE = {"period", "recency", "held"}
READ = 6
"""Passages that are read for evidence."""


def found(sample_index: Indexed, query: str) -> dict[str, Any]:
    process = run_sanad("search", query, "--json", "--explain", data_dir=sample_index.data_dir)
    assert process.returncode == 0, process.stderr
    response: dict[str, Any] = json.loads(process.stdout)
    return response


def ids(response: dict[str, Any]) -> list[str]:
    return [result["article"]["id"] for result in response["results"]]


@pytest.mark.parametrize(
    ("query", "other", "preferred"),
    [
        (
            "latest news on the treaty between Moscow and Pyongyang",
            "putin-kim-partnership-treaty-signed-2024-06-20",
            "russia-north-korea-treaty-enters-force-2024-12-05",
        ),
        (
            "ما أحدث حصيلة لفيضان عين السدرة؟",
            "ain-sidra-flood-first-toll-2025-09-14",
            "ain-sidra-inundacion-investigacion-2025-09-19",
        ),
        (
            "كم حاوية مرّت عبر ميناء رأس المنار في عام 2025؟",
            "ras-manar-port-containers-2024-01-17",
            "ras-manar-two-million-2025-01-21",
        ),
    ],
)
def test_a_time_brings_the_article_of_that_time_before_one_that_fits_better(
    sample_index: Indexed, query: str, other: str, preferred: str
) -> None:
    results = found(sample_index, query)["results"]
    scores = {result["article"]["id"]: result["score"] for result in results}
    by_content = {result["article"]["id"]: score_of_content(result) for result in results}

    assert by_content[other] > by_content[preferred]
    assert scores[other] < scores[preferred]
    assert other in list(scores)[:5]


def score_of_content(result: dict[str, Any]) -> float:
    parts = result["explain"]["contributions"]
    return sum(part["adds"] for part in parts if part["name"] not in BY_DATE)


def test_the_oldest_article_stays_first_where_it_alone_answers(sample_index: Indexed) -> None:
    response = found(sample_index, "What is the latest on the floating library on the Dvina?")

    assert [period["use"] for period in response["periods"]] == ["latest"]
    assert ids(response)[0] == "plavuchaya-biblioteka-dvina-2023-07-14"


@pytest.mark.anyio
async def test_the_only_article_that_answers_is_not_buried_if_all_questions_want_the_latest(
    sample_index: Indexed, copy_index: CopyIndex
) -> None:
    lost, asked = [], 0
    async for topic, before, after, articles in every_ranking(copy_index(sample_index)):
        [answer] = topic.relevant
        own = {key for key, article in articles.items() if article == answer}
        places = [
            next(i for i, one in enumerate(r) if one.passage_id in own) for r in (before, after)
        ]
        assert places[1] <= places[0] + MAX_FALL
        asked += 1
        if places[0] < READ <= places[1]:
            lost.append(topic.id)

    assert asked > 150
    assert len(lost) / asked <= 0.02, lost


async def every_ranking(
    data_dir: Path,
) -> AsyncIterator[tuple[Topic, list[Ranked], list[Ranked], dict[str, str]]]:
    """Questions that one article answers, with the ranking before and after, and its articles."""
    settings = load_settings(environment(data_dir))
    models = await open_models(settings, report=lambda _: None)
    async with open_index(settings, models, command="test", create=False) as store:
        reader = await open_reader(settings, models, store, report=lambda _: None)
        for topic in read_collection(ROOT / "sample").topics:
            if len(topic.relevant) != 1:
                continue
            fused = (await reader.searcher.rank(topic.text, where=PassageFilter())).fused
            passages = await store.read_passages([one.passage_id for one in fused.ranked])
            days = publication_days(passages)
            moved = Preferred(fused, days, [LATEST], bound=DEFAULT_PARAMETERS.dates)
            articles = {key: one.header.id for key, one in passages.items()}
            yield topic, list(fused.ranked), list(moved.ranked), articles
