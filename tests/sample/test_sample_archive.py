"""The sample archive is what its README says."""

import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from eval.collection import read_collection

FOLDER = Path(__file__).parents[2] / "sample"
QUESTION_LANGUAGES = {"ar", "en", "fr", "es", "tr", "ru", "zh", "fa"}


def _read(name: str) -> list[dict[str, Any]]:
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


ARTICLES = _read("corpus.jsonl")
QUESTIONS = _read("queries.jsonl")
ANSWERABLE = [question for question in QUESTIONS if question["metadata"]["answerable"]]
UNANSWERABLE = [question for question in QUESTIONS if not question["metadata"]["answerable"]]
BY_ID = {article["_id"]: article for article in ARTICLES}


def test_it_has_the_promised_size_and_languages() -> None:
    languages = Counter(article["language"] for article in ARTICLES)
    assert len(BY_ID) == len(ARTICLES) >= 60
    assert languages["ar"] >= 40
    assert set(languages) == {"ar", "en", "fr", "es", "tr", "ru", "zh"}
    assert len(ANSWERABLE) >= 150
    assert len(UNANSWERABLE) >= 50
    assert {question["metadata"]["language"] for question in QUESTIONS} == QUESTION_LANGUAGES
    assert len({question["_id"] for question in QUESTIONS}) == len(QUESTIONS)


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article["_id"])
def test_an_article_is_of_realistic_length_and_dated(article: dict[str, Any]) -> None:
    text = article["text"]
    length = len(text) // 2 if article["language"] == "zh" else len(text.split())
    assert 150 <= length <= 600
    published = datetime.fromisoformat(article["published_at"])
    assert published.tzinfo is not None
    assert 2023 <= published.year <= 2026
    assert article["url"].split("/")[2].endswith(".example")
    assert article["source"]
    assert article["section"]
    assert article["tags"]


def test_every_gold_quote_stands_once_in_a_usable_article() -> None:
    for question in ANSWERABLE:
        assert question["metadata"]["gold"], question["_id"]
        for gold in question["metadata"]["gold"]:
            article = BY_ID[gold["article_id"]]
            assert article["text"].count(gold["quote"]) == 1, question["_id"]
            assert article["status"] == "usable", question["_id"]


def test_most_questions_are_asked_in_another_language_than_the_article() -> None:
    crossing = [
        question
        for question in ANSWERABLE
        if all(
            BY_ID[gold["article_id"]]["language"] != question["metadata"]["language"]
            for gold in question["metadata"]["gold"]
        )
    ]
    assert len(crossing) > len(ANSWERABLE) / 2


def test_unanswerable_questions_have_no_gold_and_say_what_is_missing() -> None:
    assert {question["metadata"]["type"] for question in UNANSWERABLE} == {"near_miss", "absurd"}
    for question in UNANSWERABLE:
        assert question["metadata"]["gold"] == []
        assert question["metadata"]["why"]
        assert set(question["metadata"].get("near", [])) <= set(BY_ID)


def test_the_qrels_are_the_articles_of_the_gold_quotes() -> None:
    collection = read_collection(FOLDER)
    topics = {topic.id: topic for topic in collection.topics}
    for question in QUESTIONS:
        expected = {gold["article_id"]: 1 for gold in question["metadata"]["gold"]}
        assert topics[question["_id"]].qrels == expected


def test_it_holds_stories_corrections_withdrawals_and_the_treaty_of_2024() -> None:
    stories = json.loads((FOLDER / "stories.json").read_text(encoding="utf-8"))
    assert len(stories) >= 5
    assert all(set(ids) <= set(BY_ID) and len(ids) >= 2 for ids in stories.values())
    assert any(article["corrections"] for article in ARTICLES)
    assert any(article["status"] == "canceled" for article in ARTICLES)
    languages = {BY_ID[key]["language"] for key in stories["moscow-pyongyang-2024"]}
    assert {"ar", "en", "ru"} <= languages
