"""CSL-JSON is what citation processors read, and a bibliography comes of it."""

import json
from typing import Any

import pytest
from citeproc import Citation as Cited
from citeproc import CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON

from api.exports.formats import CitationFormat, written
from core.types import Article, Citation
from retrieval.citations import cite
from tests.api.exports.cited_articles import ARABIC, ARTICLES, CHINESE, CITATIONS, TODAY, whole


def items(citations: list[Citation]) -> list[dict[str, Any]]:
    text = written(citations, form=CitationFormat.CSL_JSON, accessed=TODAY)
    found: list[dict[str, Any]] = json.loads(text)
    return found


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.id)
def test_fields_are_what_they_were(article: Article) -> None:
    [item] = items([whole(article)])
    assert (item["id"], item["type"]) == (article.id, "article-newspaper")
    assert item["title"] == article.title
    assert item.get("container-title") == article.source
    assert [name["literal"] for name in item.get("author", [])] == list(article.authors)
    assert item["accessed"] == {"date-parts": [[2026, 3, 1]]}
    assert "URL" in item or article.url is None


def test_dates_are_days_in_utc_and_what_is_unknown_is_left_out() -> None:
    assert items([whole(ARABIC)])[0]["issued"] == {"date-parts": [[2024, 6, 19]]}
    assert items([whole(CHINESE)])[0]["issued"] == {"date-parts": [[987, 1, 2]]}
    assert "issued" not in items([whole(ARTICLES[1])])[0]


def test_an_article_that_is_cited_twice_is_one_item_with_both_quotes() -> None:
    places = [(0, 10), (11, 20), (0, 10)]
    citations = [
        cite(ARABIC, number=number, start=start, end=end)
        for number, (start, end) in enumerate(places, start=1)
    ]
    [item] = items(citations)
    first, second = item["note"].split("\n")
    assert first.startswith(f"“{ARABIC.body[:10]}” [0–10] https://almadar.example/")
    assert second.startswith(f"“{ARABIC.body[11:20]}” [11–20] https://almadar.example/")


def test_a_citation_processor_makes_a_bibliography_of_it() -> None:
    named = [item | {"id": f"i{place}"} for place, item in enumerate(items(CITATIONS))]
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = CitationStylesBibliography(style, CiteProcJSON(named), formatter.plain)
    for item in named:
        bibliography.register(Cited([CitationItem(item["id"])]))
    shown = "\n".join(str(entry) for entry in bibliography.bibliography())
    for word in ("ليلى حداد", "المدار", "Çiğdem Öz", "长江大桥通车", "می‌گوید"):
        assert word in shown
