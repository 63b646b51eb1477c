"""The page for judging holds the whole pool, reaches nothing, and runs nothing of an article."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from core.errors import SourceUnreadable
from eval.cells import check_letters, read_id
from eval.grades import GRADES
from eval.judgment_files import COLUMNS
from eval.pool_page import render_page, write_page
from eval.pools import pool_runs
from tests.eval.judged_pool import ITEMS, POOL, passage, run_of


class Page(HTMLParser):
    """Tags with their attributes, ids, and the text of style and scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inline: list[tuple[str, dict[str, str | None], str]] = []
        self._open: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in {"style", "script"}:
            self._open.append(self.tags[-1])

    def handle_endtag(self, tag: str) -> None:
        if tag in {"style", "script"}:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open:
            self.inline.append((*self._open[-1], data))

    def texts(self, tag: str, *, kind: str | None = None) -> list[str]:
        return [
            text for name, attrs, text in self.inline if name == tag and attrs.get("type") == kind
        ]


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(render_page(POOL))


@pytest.fixture(scope="module")
def data(page: Page) -> dict[str, Any]:
    (text,) = page.texts("script", kind="application/json")
    values: dict[str, Any] = json.loads(text)
    return values


def test_every_passage_is_in_it_as_the_article_has_it(data: dict[str, Any]) -> None:
    assert [one["text"] for one in data["questions"]] == [ITEMS[0].question, ""]
    assert [one["language"] for one in data["questions"]] == ["ar", "und"]
    assert [one["question"] for one in data["items"]] == [0, 0, 1]
    assert [
        (read_id(one["article"]), read_id(one["passage"]), one["title"], one["text"])
        for one in data["items"]
    ] == [(item.article_id, item.passage_id, item.title, item.text) for item in ITEMS]


def test_it_can_give_the_table_back(data: dict[str, Any]) -> None:
    assert data["columns"] == list(COLUMNS)
    assert read_id(data["questions"][1]["cell"]) == "007"
    assert data["items"][0]["check"] == check_letters("سؤال 1", "خبر/1", "p1")
    assert [one["value"] for one in data["grades"]] == [grade.value for grade in GRADES]


def test_no_article_can_end_the_data_or_begin_a_tag(page: Page) -> None:
    (text,) = page.texts("script", kind="application/json")
    assert "<" not in text
    assert "alert(1)" in text
    assert [tag for tag, _ in page.tags].count("script") == 2


def test_a_text_that_looks_like_a_place_of_the_page_stays_a_text() -> None:
    run = run_of("r", {"q": [passage("a")]}, question="{{script}}{{pool}}")
    (text,) = Page(render_page(pool_runs([run]))).texts("script", kind="application/json")
    assert json.loads(text)["questions"][0]["text"] == "{{script}}{{pool}}"


def test_only_its_own_style_and_script_may_run_and_nothing_is_reached(page: Page) -> None:
    (policy,) = (
        str(attrs["content"])
        for tag, attrs in page.tags
        if tag == "meta" and attrs.get("http-equiv") == "Content-Security-Policy"
    )
    allowed = dict(part.split(" ", 1) for part in policy.split("; "))
    assert allowed["default-src"] == "'none'"
    for tag, directive in (("style", "style-src"), ("script", "script-src")):
        (text,) = page.texts(tag)
        digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode()
        assert allowed[directive] == f"'sha256-{digest}'"
    reaching = {"src", "href", "action", "srcset", "style", "onclick", "onload"}
    assert not any(reaching & set(attrs) for _, attrs in page.tags)
    assert not re.search(r"https?://", "".join(page.texts("script") + page.texts("style")))


def test_the_script_never_makes_html_of_a_text(page: Page) -> None:
    (script,) = page.texts("script")
    assert "textContent" in script
    for way in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "fetch(",
    ):
        assert way not in script


def test_every_part_that_the_script_asks_for_is_on_the_page(page: Page) -> None:
    (script,) = page.texts("script")
    asked = set(re.findall(r"(?:byId|getElementById)\(\"(\w+)\"\)", script))
    there = [attrs["id"] for _, attrs in page.tags if "id" in attrs]

    assert len(asked) > 15
    assert asked <= set(there)
    assert len(set(there)) == len(there)


def test_nothing_tells_which_run_found_a_passage() -> None:
    runs = [run_of(name, {"q": [passage(f"خ{name[-1]}")]}) for name in ("secret-1", "secret-2")]
    assert "secret" not in render_page(pool_runs(runs))


def test_a_page_that_may_be_open_is_never_overwritten(tmp_path: Path) -> None:
    write_page(POOL, tmp_path / "pool.html")
    with pytest.raises(SourceUnreadable, match=r"pool\.html exists and may hold judgments"):
        write_page(POOL, tmp_path / "pool.html")
    with pytest.raises(SourceUnreadable, match=r"none/pool\.html cannot be written"):
        write_page(POOL, tmp_path / "none" / "pool.html")
