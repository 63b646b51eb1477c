"""Articles and questions are text: nothing in them becomes markup, code, or another's direction."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.reader import Reader
from tests.sanad.server import Served

TAG = '<img src=x onerror="window.owned=1"><script>window.owned=1</script>'
ENDLESS = "x" * 900
ID = "zubair-quarry-hostile"
ARTICLE = {
    "title": f"Zubair quarry \u202eopens {TAG}",
    "language": "en",
    "source": TAG,
    "section": TAG,
    "authors": [TAG],
    "url": "https://quarry.example/a?x=1&y=%3C2%3E",
    "published_at": "2026-01-01",
    "body": f"The Zubair quarry produced 7731 tonnes of {TAG} marble in 2025 "
    f"\u202eunder {ENDLESS}.\n"
    "The quarry belongs to </p></article></blockquote></dialog> the town of Zubair.",
    "corrections": [{"at": "2026-01-02", "text": f"Not granite. {TAG}"}],
}


@pytest.fixture
def hostile(site: Served) -> Iterator[str]:
    assert site.client.put(f"/v1/articles/{ID}", json=ARTICLE).is_success
    yield ID
    assert site.client.delete(f"/v1/articles/{ID}").is_success


def test_what_an_article_says_stays_text_everywhere(reader: Reader, hostile: str) -> None:
    reader.visit("/en")
    reader.open()
    turn = reader.answer(f"How many tonnes of marble did the Zubair quarry produce in 2025? {TAG}")
    expect(turn.locator(".sentence").first).to_contain_text("7731")
    turn.locator(".chip").first.click()
    expect(reader.find(".card blockquote")).to_contain_text("<img src=x")
    assert reader.find(":is(img, script, iframe)").count() == 0
    width = reader.find(".card .inside").evaluate("(node) => [node.scrollWidth, node.clientWidth]")
    assert width[0] <= width[1], "a word without end is broken"
    reader.find(".card a.button").click()
    mark = reader.page.locator("mark.cited").first
    expect(mark).to_be_in_viewport()
    assert "<img src=x" in mark.inner_text()
    assert reader.page.locator("article.story img").count() == 0
    assert reader.page.evaluate("window.owned") is None
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_an_override_in_a_title_turns_nothing_around_it(reader: Reader, hostile: str) -> None:
    reader.visit("/en")
    reader.open()
    turn = reader.answer("How many tonnes of marble did the Zubair quarry produce in 2025?")
    row = turn.locator(".rows .row").first
    place = """(row) => {
      const [title, meta] = [".title", ".meta"].map((name) => row.querySelector(name));
      return [getComputedStyle(title).unicodeBidi, getComputedStyle(meta).direction];
    }"""
    assert row.evaluate(place) == ["isolate", "ltr"]


FULL_STOPS = [
    ("ar", "أطلقت شركة ACME القمر Sat-7.", "left"),
    ("ar", "ACME أطلقت القمر الصناعي في المدار.", "left"),
    ("en", "The city is called الرياض.", "right"),
]


@pytest.mark.parametrize(("language", "text", "side"), FULL_STOPS)
def test_a_full_stop_stands_at_the_end_of_its_sentence(
    reader: Reader, language: str, text: str, side: str
) -> None:
    reader.visit("/en")
    reader.open()
    reader.page.route(
        "**/v1/answers",
        lambda route: route.fulfill(json=_answer(text, language=language)),
    )
    turn = reader.answer("What?")
    box = turn.locator(".sentence bdi").evaluate(
        """(node) => {
          const range = document.createRange();
          const { firstChild: text } = node;
          range.setStart(text, text.length - 1);
          range.setEnd(text, text.length);
          const [stop, line] = [range, node].map((one) => one.getBoundingClientRect());
          return { left: stop.left - line.left < 2, right: line.right - stop.right < 2 };
        }"""
    )
    assert box[side]


def _answer(text: str, *, language: str) -> dict[str, object]:
    """A generated answer, whose direction no quote decides."""
    return {
        "id": "a",
        "status": "answered",
        "language": language,
        "mode": "generated",
        "text": text,
        "sentences": [{"start": 0, "end": len(text), "citations": [], "support": "supported"}],
    }
