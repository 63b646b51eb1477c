"""What readers see of an answer: its sources, doubts, corrections, and that there is none."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewReader
from tests.browser.reader import Reader

CORRECTED = "¿Cuánto costó construir la central solar Qasr Errih en Túnez?"
CONFLICT = "How many people died in the Ain Sidra flood?"
AGO = re.compile(r"\d+ (year|month)s? ago")
ABSENT = "Who won the chess world championship in 1850?"


def test_the_card_tells_quote_source_date_age_and_what_was_corrected(reader: Reader) -> None:
    reader.visit("/en")
    reader.open()
    reader.answer(CORRECTED).locator(".chip").first.click()
    card = reader.find(".card")
    expect(card.locator("blockquote")).to_have_attribute("dir", "rtl")
    expect(card.locator("blockquote")).to_have_attribute("lang", "ar")
    expect(card.locator(".inside")).to_contain_text("14 May 2025")
    expect(card.locator(".inside")).to_contain_text(AGO)
    expect(card.locator(".note.warm")).to_contain_text("Corrected on")
    expect(card.locator(".inside")).to_contain_text("In the original language: \u2068Arabic\u2069")


def test_the_short_answer_is_marked_inside_the_quote(reader: Reader) -> None:
    reader.visit("/en")
    reader.open()
    turn = reader.answer("أين وصلت السلحفاة «غزالة» بعد مغادرتها شاطئ العويجة؟")
    marked = [one for one in _spans(reader) if one]
    assert marked, "no short answer is marked: choose another question"
    turn.locator(".chip").first.click()
    assert reader.find(".card mark").all_inner_texts() == marked[0]


def _spans(reader: Reader) -> list[list[str]]:
    found: list[list[str]] = reader.chat(
        """chat.messages.at(-1).answer.citations.map((one) => one.answer_spans.map((span) =>
             [...one.quote].slice(span.start - one.start, span.end - one.start).join("")))"""
    )
    return found


def test_sources_that_disagree_are_shown_side_by_side_the_newest_first(reader: Reader) -> None:
    reader.visit("/en")
    reader.open()
    turn = reader.answer(CONFLICT)
    expect(turn.locator(".conflict .claim b")).to_have_text(["41", "٣٤", "17"])
    expect(turn.locator(".conflict .claim").first).to_contain_text("19 September 2025")
    assert turn.locator(".notes").get_by_text("41").count() == 0, "and not told twice"
    turn.locator(".conflict .chip").first.click()
    expect(reader.find(".card")).to_be_visible()


def test_what_the_archive_lacks_is_said_with_the_nearest_articles(reader: Reader) -> None:
    reader.visit("/en")
    reader.open()
    turn = reader.answer(ABSENT)
    expect(turn).to_contain_text("Not in the archive")
    expect(turn).to_contain_text(ABSENT)
    nearest = turn.locator(".rows a")
    assert nearest.count() >= 1
    nearest.first.click()
    expect(reader.page.locator("article.story h1")).to_be_visible()


def test_the_age_of_the_newest_source_is_told(reader: Reader) -> None:
    reader.visit("/en")
    reader.open()
    turn = reader.answer(CONFLICT)
    expect(turn.locator(".notes")).to_contain_text("Newest source:")
    expect(turn.locator(".notes")).to_contain_text(AGO)


def test_an_answer_is_copied_with_its_sources(new_reader: NewReader) -> None:
    reader = new_reader(permissions=["clipboard-read", "clipboard-write"])
    reader.visit("/en")
    reader.open()
    turn = reader.answer(CONFLICT)
    turn.locator(".copy").click()
    expect(turn.locator(".said")).to_have_text("Copied with its sources.")
    copied = reader.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"{CONFLICT}\n\n")
    assert "[1] " in copied
    assert "/articles/ain-sidra" in copied


def test_a_conversation_goes_on_and_is_there_after_a_page_change(reader: Reader) -> None:
    reader.visit("/")
    reader.open()
    reader.answer("كم حاوية ناول ميناء رأس المنار في 2024؟")
    reader.answer("وفي 2025؟")
    before = reader.find(".turn .sentence").all_inner_texts()
    reader.page.locator(".first .card a").first.click()
    reader.page.wait_for_url("**/articles/**")
    expect(reader.find(".panel")).to_be_visible()
    assert reader.find(".turn .sentence").all_inner_texts() == before
    assert reader.chat("chat.messages.length") == 2
    assert reader.focused().startswith("body"), "a panel that was restored takes no focus"
    reader.find(".fresh").click()
    expect(reader.find(".welcome")).to_be_visible()
    reader.page.reload()
    assert reader.chat("chat.messages") == []


def test_on_a_narrow_page_the_panel_does_not_cover_the_article_that_a_link_leads_to(
    new_reader: NewReader,
) -> None:
    reader = new_reader(viewport={"width": 390, "height": 780})
    reader.visit("/en")
    reader.open()
    reader.answer(CONFLICT).locator(".chip").first.click()
    reader.find(".card a.button").click()
    expect(reader.page.locator("mark.cited").first).to_be_in_viewport()
    expect(reader.find(".panel")).to_be_hidden()
    reader.open()
    expect(reader.find(".turn")).to_have_count(1)


def test_the_link_on_the_article_itself_moves_to_the_sentence_without_loading(
    reader: Reader,
) -> None:
    reader.visit("/articles/ain-sidra-flood-first-toll-2025-09-14")
    reader.page.evaluate("window.same = true")
    reader.open()
    turn = reader.answer(CONFLICT)
    row = turn.locator(".rows button", has_text="17")
    row.click()
    reader.find(".card a.button").click()
    expect(reader.page.locator("mark.cited").first).to_be_in_viewport()
    assert reader.page.evaluate("window.same") is True


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("ar", "اسأل الأرشيف"),
        ("en", "Ask the archive"),
        ("fr", "Interroger les archives"),
        ("es", "Pregunta al archivo"),
        ("tr", "Arşive sorun"),
        ("fa", "از آرشیو بپرسید"),
    ],
)
def test_the_interface_speaks_the_language_of_the_element(
    reader: Reader, language: str, title: str
) -> None:
    reader.visit("/en")
    reader.chat(f"chat.setAttribute('lang', '{language}')")
    expect(reader.find(".launcher")).to_have_text(title)
    direction = "rtl" if language in {"ar", "fa"} else "ltr"
    expect(reader.find(".root")).to_have_attribute("dir", direction)


def test_without_an_attribute_the_language_is_the_page_s_and_then_the_browser_s(
    new_reader: NewReader,
) -> None:
    reader = new_reader(locale="tr-TR")
    reader.visit("/articles/pacte-migration-asile-adopte-2024-05-15")
    expect(reader.find(".launcher")).to_have_text("Interroger les archives")
    reader.visit("/articles/xuelang-telescope-first-light-2025-04-10")
    expect(reader.find(".launcher")).to_have_text("Arşive sorun")
