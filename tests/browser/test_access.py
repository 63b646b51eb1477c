"""For everyone: keyboard alone, screen readers, both themes, small and large windows."""

from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewReader
from tests.browser.reader import Reader

CONFLICT = "How many people died in the Ain Sidra flood?"
ABSENT = "Who won the chess world championship in 1850?"
LISTEN = """(node) => {
  window.heard = [];
  const hear = (changes) => changes.forEach((change) =>
    change.addedNodes.forEach((added) => window.heard.push(added.textContent)));
  new MutationObserver(hear).observe(node, { childList: true, subtree: true, characterData: true });
}"""
FRENCH = "/articles/ndar-solidaire-microcredit-pecheuses-2026-04-09"
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong on the page and in its shadow trees, by rule and place."""
    # Colours are judged as they are drawn: nothing may be half faded in.
    page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished))")
    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/articles/irbid-pedestrian-street-2025-04-21"])
def test_axe_finds_nothing_wrong_with(new_reader: NewReader, theme: str, path: str) -> None:
    reader = new_reader(color_scheme=theme, reduced_motion="reduce")
    reader.visit(path)
    assert violations(reader.page) == []
    reader.open()
    assert violations(reader.page) == []
    reader.answer(ABSENT)
    turn = reader.answer(CONFLICT)
    assert violations(reader.page) == []
    turn.locator(".chip").first.click()
    expect(reader.find(".card")).to_be_visible()
    assert violations(reader.page) == []
    reader.find(".card .head button").click()
    reader.context.set_offline(True)
    reader.ask(CONFLICT)
    reader.wait("failed")
    assert violations(reader.page) == []
    reader.complaints.clear()


def test_axe_finds_nothing_wrong_with_a_page_that_is_not_there(reader: Reader) -> None:
    reader.page.goto(f"{reader.url}/articles/safsaf-crossing-closed-indefinitely-2025-07-03")
    assert violations(reader.page) == []
    reader.complaints.clear()


def test_everything_is_reached_by_keyboard_and_the_focus_comes_back(reader: Reader) -> None:
    reader.visit("/en")
    page, press = reader.page, reader.page.keyboard.press
    reader.find(".launcher").focus()
    press("Enter")
    assert reader.focused().startswith("textarea")
    page.keyboard.type(CONFLICT)
    press("Enter")
    reader.wait("done")
    assert reader.focused().startswith("textarea"), "the next question can be typed at once"

    seen = []
    for _ in range(40):
        press("Shift+Tab")
        seen.append(reader.focused())
        if seen[-1].startswith("button.chip 1"):
            break
    assert seen[-1].startswith("button.chip 1"), seen
    assert any("missing_source" in one for one in seen)
    press("Enter")
    expect(reader.find(".card")).to_be_visible()
    assert reader.find(".card").evaluate(
        "(card) => card.contains(card.getRootNode().activeElement)"
    )
    press("Escape")
    expect(reader.find(".card")).to_be_hidden()
    expect(reader.find(".panel")).to_be_visible()
    assert reader.focused().startswith("button.chip 1")
    press("Escape")
    expect(reader.find(".panel")).to_be_hidden()
    assert reader.focused().startswith("button.launcher")


def test_a_screen_reader_hears_whole_sentences(reader: Reader) -> None:
    reader.visit("/en")
    reader.open()
    live = reader.find("[aria-live=polite]")
    live.evaluate(LISTEN)
    turn = reader.answer(CONFLICT)
    heard: list[str] = reader.page.evaluate("window.heard")
    assert heard[0].startswith("Searching")
    for sentence in turn.locator(".sentence bdi").all_inner_texts():
        assert [one for one in heard if one.startswith(sentence) and "Source" in one]


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
@pytest.mark.parametrize("path", ["/", "/en", FRENCH])
def test_no_page_scrolls_sideways(new_reader: NewReader, width: int, path: str) -> None:
    reader = new_reader(viewport={"width": width, "height": 720})
    reader.visit(path)
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= width
    reader.open()
    reader.answer(CONFLICT)
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= width
    assert reader.find(".log").evaluate("(log) => log.scrollWidth <= log.clientWidth")


def test_every_control_is_large_enough_to_touch(new_reader: NewReader) -> None:
    reader = new_reader(viewport={"width": 390, "height": 780}, has_touch=True)
    reader.visit("/en")
    reader.open()
    turn = reader.answer(CONFLICT)
    for selector in (".head button", ".actions button", ".rows button", ".send"):
        for one in reader.find(selector).all():
            box = one.bounding_box()
            assert box is None or min(box["width"], box["height"]) >= 44, selector
    # A number in the line is small; what it can be touched by is not.
    grown = turn.locator(".chip").first.evaluate(
        """(chip) => {
          const { left, top, width, height } = chip.getBoundingClientRect();
          const root = chip.getRootNode();
          return [-1, 1].every((side) =>
            root.elementFromPoint(left + width / 2, top + height / 2 + side * 20) === chip);
        }"""
    )
    assert grown


def test_motion_is_left_out_for_those_who_asked_for_that(new_reader: NewReader) -> None:
    reader = new_reader(reduced_motion="reduce")
    reader.visit("/en")
    reader.open()
    reader.ask(CONFLICT)
    assert reader.page.evaluate("document.getAnimations().length") == 0
    reader.wait("done")


def test_it_can_be_used_with_forced_colours(new_reader: NewReader) -> None:
    reader = new_reader(forced_colors="active")
    reader.visit("/en")
    reader.open()
    turn = reader.answer(CONFLICT)
    borders = turn.locator(".chip").first.evaluate(
        "(chip) => getComputedStyle(chip).borderTopStyle"
    )
    assert borders == "solid"
