"""The page as markup: whole, safe, for every direction, and by itself."""

import base64
import hashlib
import re
from collections import Counter
from dataclasses import replace

import pytest

from eval.page.drawing import PAINTS
from tests.eval.page.documents import Node, read_document
from tests.eval.page.page_runs import (
    HOSTILE,
    PASSAGES,
    TITLES,
    good_run,
    hostile_run,
    run,
)
from tests.eval.page.reading import page_text


def test_ids_are_unique_and_every_link_leads_to_one(pages: list[Node]) -> None:
    for document in pages:
        ids = Counter(
            node.attributes["id"] for node in document.every() if node.attributes.get("id")
        )
        assert [name for name, count in ids.items() if count > 1] == []
        links = [node.attributes["href"] for node in document.every("a")]
        links += [node.attributes["href"] for node in document.every("use")]
        links += re.findall(r"url\((#[^)]+)\)", str([n.attributes for n in document.every("path")]))
        assert links
        assert {link.removeprefix("#") for link in links} <= set(ids)
        labels = [node.attributes.get("aria-labelledby") for node in document.every("section")]
        assert set(labels) <= set(ids)


def test_nothing_is_fetched_and_nothing_but_its_own_script_may_run(pages: list[Node]) -> None:
    for document in pages:
        for node in document.every():
            assert "src" not in node.attributes
            assert not [name for name in node.attributes if name.startswith("on")]
            if "href" in node.attributes:
                assert node.attributes["href"].startswith(("#", "data:,"))
        policy = next(
            node.attributes["content"]
            for node in document.every("meta")
            if node.attributes.get("http-equiv") == "Content-Security-Policy"
        )
        digest = hashlib.sha256(document.one("script").text.encode()).digest()
        assert "default-src 'none'" in policy
        assert f"script-src 'sha256-{base64.b64encode(digest).decode()}'" in policy
        style = document.one("style").text
        assert "@import" not in style
        assert "url(" not in style


def test_the_page_fits_a_phone_and_both_schemes(one: Node) -> None:
    assert one.one("meta", name="viewport").attributes["content"].startswith("width=device-width")
    assert one.one("meta", name="color-scheme").attributes["content"] == "light dark"
    assert "prefers-color-scheme: dark" in one.one("style").text
    assert one.one("html").attributes["lang"] == "en"


def test_drawings_have_a_text_take_their_colours_from_the_page_and_a_table_below(
    pages: list[Node],
) -> None:
    variables = {f"var(--{name})" for name in PAINTS}
    for document in pages:
        style = document.one("style").text
        assert all(style.count(f"--{name}:") >= 2 for name in PAINTS)
        for figure in document.every("figure"):
            assert figure.every("figcaption")[0].words
            assert figure.one("table").every("td")
            for panel in figure.every(class_="panel"):
                drawing = panel.one("svg")
                assert drawing.attributes["role"] == "img"
                assert drawing.attributes["aria-label"]
                inner = str([node.attributes for node in drawing.every()])
                assert not re.search(r"#[0-9a-f]{6}\b", inner)
                assert set(re.findall(r"var\([^)]*\)", inner)) <= variables
                assert not drawing.every("style")


def test_no_text_of_a_run_becomes_markup() -> None:
    text = page_text(hostile_run(), hostile_run("base"), title=HOSTILE)
    document = read_document(text)

    assert len(document.every("script")) == 1
    assert document.every("img") == []
    assert "<script>alert" not in text
    shown = {node.text for node in document.every()}
    assert HOSTILE in shown
    assert document.one("title").text == document.one("h1").text == HOSTILE
    (card,) = document.one("section", id="weak").every("details", class_="topic")
    assert card.attributes["data-pair"] == card.attributes["data-kind"] == HOSTILE
    assert card.every(class_="passage")[0].attributes["lang"] == HOSTILE


@pytest.mark.parametrize("language", ["ar", "fa", "he", "zh", "en"])
def test_every_text_tells_its_language_and_takes_its_own_direction(
    language: str, two: Node
) -> None:
    cards = two.one("section", id="wins").every("details", class_="topic")
    card = next(each for each in cards if each.attributes["data-pair"] == f"{language}->{language}")
    question = card.one(class_="question")
    assert (question.attributes["dir"], question.attributes["lang"]) == ("auto", language)
    passages = card.one(class_="wanted").every("p", class_="passage")
    assert [(one.attributes["dir"], one.attributes["lang"], one.text) for one in passages] == [
        ("auto", language, PASSAGES[language])
    ]
    heading = card.one(class_="wanted").one("h4")
    assert (heading.attributes["dir"], heading.attributes["lang"], heading.text) == (
        "auto", language, TITLES[language],
    )  # fmt: skip


def test_a_title_in_arabic_names_the_page(two: Node) -> None:
    assert two.one("title").text == "إصدار 1.4"
    assert (two.one("h1").text, two.one("h1").attributes["dir"]) == ("إصدار 1.4", "auto")


def test_the_page_works_without_its_script(one: Node) -> None:
    assert "hidden" in one.one("form", id="filter").attributes
    assert [node for node in one.every("details") if "hidden" in node.attributes] == []
    assert {each.attributes["data-pair"] for each in one.every("details", class_="topic")} == {
        each.attributes["value"] for each in one.one("select", name="pair").every("option")
    } - {""}


def test_names_that_svg_or_formulas_cannot_hold_are_drawn() -> None:
    strange = replace(good_run().topics[0], pair="ar->$x^{\x00\ud800", text="")
    chinese = replace(good_run().topics[1], pair="中文->አማርኛ")
    text = page_text(run("$\\frac", [strange, chinese]))
    document = read_document(text)

    assert text.encode("utf-8").decode("utf-8") == text
    labels = [node.text for node in document.every("text")]
    assert "ar → $x^{\ufffd\ufffd" in labels
    assert "中文 → አማርኛ" in labels
