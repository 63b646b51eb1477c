"""BibTeX is read back by a BibTeX parser as what was written, whatever the fields hold."""

import re

import pytest
from hypothesis import given, settings
from pybtex.database import BibliographyData, parse_string
from pylatexenc.latex2text import (
    LatexNodes2Text,
    MacroTextSpec,
    get_default_latex_context_db,
)

from api.exports.bibtex import citation_key
from api.exports.formats import CitationFormat, written
from api.exports.references import one_line
from core.types import Article, Citation
from tests.api.exports.cited_articles import (
    ANY_ARTICLE,
    ARABIC,
    ARTICLES,
    CHINESE,
    CITATIONS,
    LINES,
    TODAY,
    TURKISH,
    whole,
)


def reader() -> LatexNodes2Text:
    """pylatexenc with the commands of LaTeX that it does not know, or knows by another mark."""
    commands = {"textbraceleft": "{", "textbraceright": "}", "textasciicircum": "^"}
    known = get_default_latex_context_db()
    known.add_context_category(
        "marks",
        macros=[MacroTextSpec(name, mark) for name, mark in commands.items()],
        prepend=True,
    )
    return LatexNodes2Text(latex_context=known, strict_latex_spaces=True)


READER = reader()


def bibliography(citations: list[Citation]) -> BibliographyData:
    text = written(citations, form=CitationFormat.BIBTEX, accessed=TODAY)
    return parse_string(text, "bibtex")


def plain(latex: str) -> str:
    """What LaTeX would print, without the ligatures that it makes of dashes and quotes."""
    shielded = re.sub(r"([-`'?!<>,\"])", r"{\1}", latex)
    return str(READER.latex_to_text(shielded))


def test_every_article_is_an_entry_of_its_own() -> None:
    entries = bibliography(CITATIONS).entries
    assert list(entries) == [citation_key(article.id) for article in ARTICLES]


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.id)
def test_fields_are_what_they_were(article: Article) -> None:
    [entry] = bibliography([whole(article)]).entries.values()
    assert plain(entry.fields["title"]) == article.title
    assert plain(entry.fields.get("journal", "")) == (article.source or "")
    names = [plain(str(person)) for person in entry.persons.get("author", ())]
    assert names == list(article.authors)
    assert one_line(article.body) in plain(entry.fields["note"])
    assert entry.fields["language"] == article.language
    assert entry.type == ("article" if article.source else "misc")


def test_dates_and_addresses_are_as_bibtex_and_biblatex_want_them() -> None:
    fields = bibliography([whole(ARABIC)]).entries[citation_key(ARABIC.id)].fields
    assert (fields["year"], fields["month"], fields["date"]) == ("2024", "June", "2024-06-19")
    assert fields["urldate"] == "2026-03-01"
    assert fields["url"].isascii()
    assert fields["url"].startswith("https://almadar.example/%D8%A3")
    assert fields["url"].partition("?")[2].startswith("a=1&b=%7B2%7D#")
    early = bibliography([whole(CHINESE)]).entries[citation_key(CHINESE.id)].fields
    assert early["year"] == "0987"
    unknown = bibliography([whole(TURKISH)]).entries[citation_key(TURKISH.id)].fields
    assert not {"year", "month", "date", "url"} & set(unknown)


@settings(deadline=None)
@given(ANY_ARTICLE)
def test_any_article_is_one_entry_with_its_title_and_names(article: Article) -> None:
    [entry] = bibliography([whole(article)]).entries.values()
    assert plain(entry.fields["title"]) == one_line(article.title)
    assert len(entry.persons.get("author", ())) == len(article.authors)


@given(LINES, LINES)
def test_keys_are_plain_and_apart(first: str, second: str) -> None:
    keys = citation_key(first), citation_key(second)
    assert all(re.fullmatch("[A-Za-z0-9-]+", key) for key in keys)
    assert (keys[0] == keys[1]) == (first == second)
