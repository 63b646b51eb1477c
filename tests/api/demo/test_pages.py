"""The demo news site: real pages, in the language and direction of what they show."""

import json
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from tests.api.archive import Archive, served
from tests.api.news import ARABIC, EMOJI, MIXED, PERSIAN

VOID = {"meta", "link", "input", "br"}
HOSTILE = '</p></script><script>alert(1)</script><img src=x onerror="alert(2)">'


class Page(HTMLParser):
    """The tags of a page with their attributes, and the text of its paragraphs."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.paragraphs: dict[int, str] = {}
        self.open: list[str] = []
        self.data = ""
        self._start: int | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append((tag, given))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "p" and "data-start" in given:
            self._start = int(given["data-start"])
            self.paragraphs[self._start] = ""

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if tag == "p":
            self._start = None

    def handle_data(self, data: str) -> None:
        if self._start is not None:
            self.paragraphs[self._start] += data
        if self.open and self.open[-1] == "script":
            self.data += data

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


def page_of(client: TestClient, path: str, *, status: int = 200) -> Page:
    response = client.get(path)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    page = Page(response.text)
    assert page.open == []
    return page


def put(client: TestClient, article_id: str, **fields: Any) -> None:
    body = {"title": "Title", "body": "Body.", "language": "en"} | fields
    assert client.put(f"/v1/articles/{quote(article_id, safe='')}", json=body).is_success


@pytest.mark.parametrize(
    ("path", "language", "direction"), [("/", "ar", "rtl"), ("/en", "en", "ltr")]
)
def test_the_front_page_has_its_language_and_direction_and_leads_to_every_article(
    client: TestClient, path: str, language: str, direction: str
) -> None:
    page = page_of(client, path)
    assert page.all("html") == [{"lang": language, "dir": direction}]
    links = {link["href"] for link in page.all("a")}
    for article in (ARABIC, MIXED, EMOJI, PERSIAN):
        assert f"/articles/{quote(article.id, safe='')}" in links


@pytest.mark.parametrize("article", [ARABIC, PERSIAN, MIXED, EMOJI], ids=lambda one: one.id)
def test_an_article_is_shown_to_the_code_point(client: TestClient, article: Any) -> None:
    page = page_of(client, f"/articles/{quote(article.id, safe='')}")
    for start, text in page.paragraphs.items():
        assert article.body[start : start + len(text)] == text
    assert "\n".join(page.paragraphs.values()) == article.body


def test_an_id_with_slashes_is_one_article_however_they_are_sent(client: TestClient) -> None:
    assert client.get("/articles/ایران/۲").status_code == 200
    assert client.get(f"/articles/{quote('ایران/۲', safe='')}").status_code == 200


def test_an_article_names_its_language_and_what_a_search_engine_wants(client: TestClient) -> None:
    page = page_of(client, "/articles/almadar-1")
    assert page.all("html") == [{"lang": "ar", "dir": "rtl"}]
    (story,) = [one for one in page.all("article") if one.get("class") == "story"]
    assert (story["lang"], story["dir"]) == ("ar", "rtl")
    assert {"rel": "canonical", "href": ARABIC.url} in page.all("link")
    data = json.loads(page.data)
    assert data["@type"] == "NewsArticle"
    assert data["headline"] == ARABIC.title
    assert data["datePublished"] == "2024-06-19T11:05:00+00:00"
    assert data["author"] == [{"@type": "Person", "name": "ليلى حداد"}]


def test_a_correction_is_shown_with_its_article(client: TestClient) -> None:
    text = client.get("/articles/mixed%203").text
    assert "550 km, not 500 km" in text
    assert "تصحيح" in text


def test_what_an_article_says_is_text_and_never_markup(client: TestClient) -> None:
    put(
        client,
        "hostile",
        title=f"T {HOSTILE}",
        body=f"First.\n{HOSTILE}",
        source=HOSTILE,
        section=HOSTILE,
        authors=[HOSTILE],
        tags=[HOSTILE],
        corrections=[{"at": "2025-01-01", "text": HOSTILE}],
    )
    page = page_of(client, "/articles/hostile")
    assert page.paragraphs[7] == HOSTILE
    assert not page.all("img")
    assert all(
        "src" in one or one.get("type") == "application/ld+json" for one in page.all("script")
    )
    assert json.loads(page.data)["headline"] == f"T {HOSTILE}"


def test_a_withdrawn_article_is_gone_and_its_text_with_it(client: TestClient) -> None:
    put(client, "almadar-1", title=ARABIC.title, body=ARABIC.body, status="canceled", language="ar")
    response = client.get("/articles/almadar-1")
    assert response.status_code == 410
    assert "سُحب هذا المقال" in response.text
    assert ARABIC.body[:20] not in response.text
    assert ARABIC.title not in response.text
    assert ARABIC.title not in client.get("/").text


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "withheld"},
        {"embargoed_until": (datetime.now(UTC) + timedelta(days=1)).isoformat()},
    ],
    ids=["withheld", "embargoed"],
)
def test_an_article_that_is_not_out_yet_cannot_be_told_from_none(
    client: TestClient, fields: dict[str, str]
) -> None:
    put(client, "secret", title="Unpublished headline", **fields)
    assert client.get("/articles/secret").status_code == 404
    assert client.get("/articles/secret").text == client.get("/articles/nothing").text
    assert "Unpublished headline" not in client.get("/en").text


@pytest.mark.parametrize("path", ["/articles/%00", "/articles/%FF", "/articles/", "/sections/none"])
def test_a_path_that_names_nothing_gets_a_kind_page(client: TestClient, path: str) -> None:
    page = page_of(client, path, status=404)
    assert {"name": "robots", "content": "noindex"} in page.all("meta")


def test_a_section_lists_its_articles(client: TestClient) -> None:
    page = page_of(client, "/sections/science")
    assert f"/articles/{quote(MIXED.id)}" in {link["href"] for link in page.all("a")}


def test_pages_allow_no_inline_code_and_no_other_origin(client: TestClient) -> None:
    for path in ("/", "/en", "/articles/almadar-1", "/articles/nothing"):
        policy = client.get(path).headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "http" not in policy
        for tag in ("script", "link"):
            for one in Page(client.get(path).text).all(tag):
                address = one.get("src") or one.get("href", "/")
                assert address.startswith("/") or one["rel"] in {"canonical", "alternate"}


def test_the_files_of_a_page_are_there_with_the_hash_that_it_names(client: TestClient) -> None:
    page = page_of(client, "/")
    files = [one for one in [*page.all("link"), *page.all("script")] if "hreflang" not in one]
    assert len(files) == 4
    for one in files:
        response = client.get(one.get("src") or one["href"])
        assert response.status_code == 200
        assert "immutable" in response.headers["cache-control"]
    assert client.get("/demo/0000000000000000/site.css").status_code == 404


def test_every_page_carries_the_widget(client: TestClient) -> None:
    for path in ("/", "/articles/almadar-1", "/sections/science"):
        (chat,) = Page(client.get(path).text).all("sanad-chat")
        assert chat["article-url"] == "/articles/{id}#sanad={start}-{end}"


def test_without_the_demo_the_root_leads_to_the_reference() -> None:
    with served(Archive.empty(demo="off")) as client:
        response = client.get("/", follow_redirects=False)
        assert (response.status_code, response.headers["location"]) == (307, "/docs")
        assert client.get("/articles/almadar-1").status_code == 404
        assert client.get("/widget/sanad-chat.js").status_code == 200


def test_a_front_page_without_articles_says_how_to_add_some(client: TestClient) -> None:
    for article_id in re.findall(r'href="/articles/([^"]+)"', client.get("/").text):
        client.delete(f"/v1/articles/{article_id}")
    assert "sanad index" in client.get("/en").text
