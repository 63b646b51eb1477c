"""From a question to the very sentence of the article, in Arabic and in English."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.reader import Reader

WATCH = """(chat) => {
  window.seen = [];
  chat.addEventListener("sanad:answer", () => window.seen.push("answer"));
  const look = () => {
    const count = chat.shadowRoot.querySelectorAll(".sentence").length;
    const last = window.seen.at(-1);
    if (count && last !== count && last !== "answer") window.seen.push(count);
  };
  new MutationObserver(look).observe(chat.shadowRoot, { childList: true, subtree: true });
}"""

QUESTIONS = [
    ("/", "ماذا وقّعت موسكو وبيونغ يانغ عام 2024؟"),
    ("/en", "How many containers did the port of Ras Manar handle in 2024?"),
]


@pytest.mark.parametrize(("path", "question"), QUESTIONS, ids=["ar", "en"])
def test_a_reader_asks_and_lands_on_the_very_sentence(
    reader: Reader, path: str, question: str
) -> None:
    reader.visit(path)
    reader.open()
    reader.page.evaluate(f"({WATCH})(document.querySelector('sanad-chat'))")
    turn = reader.answer(question)
    assert reader.page.evaluate("window.seen")[0] == 1, "the first sentence comes by itself"
    assert reader.page.evaluate("window.seen").index("answer") > 0

    turn.locator(".chip").first.click()
    card = reader.find(".card")
    expect(card).to_be_visible()
    quote = card.locator("blockquote").inner_text()
    card.locator("a.button").click()

    mark = reader.page.locator("mark.cited")
    expect(mark.first).to_be_in_viewport()
    assert " ".join(mark.all_inner_texts()) == " ".join(quote.split())
    assert re.search(r"/articles/.+#sanad=\d+-\d+$", reader.page.url)
