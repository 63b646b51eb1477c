"""RIS is read back by a RIS parser as what was written, whatever the fields hold."""

from typing import Any

import pytest
import rispy
from hypothesis import given

from api.exports.formats import CitationFormat, written
from api.exports.references import one_line
from core.types import Article, Citation
from tests.api.exports.cited_articles import (
    ANY_ARTICLE,
    ARABIC,
    ARTICLES,
    CITATIONS,
    TODAY,
    whole,
)


def records(citations: list[Citation]) -> list[dict[str, Any]]:
    text = written(citations, form=CitationFormat.RIS, accessed=TODAY)
    assert all(line.endswith("\r") for line in text.split("\n")[:-1])
    found: list[dict[str, Any]] = rispy.loads(text.replace("\r\n", "\n"))
    return found


def test_every_article_is_a_record_of_its_own() -> None:
    assert [record["id"] for record in records(CITATIONS)] == [each.id for each in ARTICLES]


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.id)
def test_fields_are_what_they_were(article: Article) -> None:
    [record] = records([whole(article)])
    assert record["type_of_reference"] == "NEWS"
    assert record["title"] == article.title
    assert record.get("secondary_title") == article.source
    assert record.get("authors", []) == list(article.authors)
    assert record.get("keywords", []) == list(article.tags)
    assert record["language"] == article.language
    [note] = record["notes"]
    assert note.startswith(f"“{one_line(article.body)}” [0–{len(article.body)}]")


def test_dates_and_addresses_are_as_the_format_wants_them() -> None:
    [record] = records([whole(ARABIC)])
    assert (record["year"], record["date"]) == ("2024", "2024/06/19/")
    assert record["access_date"] == "2026/03/01/"
    assert record["urls"] == [ARABIC.url]


@given(ANY_ARTICLE)
def test_any_article_is_one_record(article: Article) -> None:
    [record] = records([whole(article)])
    assert record["title"] == one_line(article.title)
    assert len(record.get("authors", [])) == len(article.authors)
