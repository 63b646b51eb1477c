"""An answer that takes its time: seen as it comes, stopped, cut off, and asked for again."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewReader
from tests.browser.reader import Reader
from tests.contracts.chat_endpoint import (
    Asked,
    ChatEndpoint,
    Reply,
    held,
    running_endpoint,
    sentences,
)
from tests.retrieval.generating import quotes_in
from tests.sanad.server import Served, serving

QUESTION = "كم حاوية ناول ميناء رأس المنار في 2024؟"
GAP_S = 0.05


def quotes(asked: Asked) -> Reply:
    """The first two quotes, word for word, written slowly."""
    given = list(quotes_in(asked).items())[:2]
    return sentences(*((text, [key]) for key, text in given), size=40, pause_s=GAP_S)


def first_quote_only(asked: Asked) -> Reply:
    """One sentence, and then nothing for as long as anybody waits."""
    (key, text), *_ = quotes_in(asked).items()
    return held(sentences((text, [key]), size=40))


@pytest.fixture(scope="module")
def endpoint() -> Iterator[ChatEndpoint]:
    with running_endpoint() as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def data_dir(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("generated") / "data"
    shutil.copytree(sample_data, copy)
    return copy


@pytest.fixture(scope="module")
def writing_site(data_dir: Path, endpoint: ChatEndpoint) -> Iterator[Served]:
    with serving(data_dir, SANAD_LLM_BASE_URL=endpoint.url, SANAD_LLM_MODEL="m") as served:
        yield served


@pytest.fixture
def reader(new_reader: NewReader, writing_site: Served) -> Reader:
    reader = new_reader(url=writing_site.url)
    reader.visit("/en")
    reader.open()
    return reader


def test_a_sentence_can_be_read_while_the_next_is_written(
    reader: Reader, endpoint: ChatEndpoint
) -> None:
    endpoint.replies = [quotes]
    reader.ask(QUESTION)
    first = reader.find(".sentence").first
    expect(first).to_be_visible()
    assert reader.find(".turn").get_attribute("data-state") == "asking"
    first.evaluate("(node) => (window.first = node)")
    turn = reader.wait("done")
    assert turn.locator(".sentence").count() >= 2
    assert first.evaluate("(node) => node === window.first"), "what is being read stays"
    expect(turn.locator(".notes")).to_contain_text("Worded by a language model")


def test_stopping_keeps_what_was_written_and_ends_the_work(
    reader: Reader, endpoint: ChatEndpoint
) -> None:
    endpoint.replies = [first_quote_only]
    endpoint.left.clear()
    reader.ask(QUESTION)
    expect(reader.find(".sentence")).to_have_count(1)
    reader.find(".send").click()
    turn = reader.wait("stopped")
    expect(turn.locator(".sentence")).to_have_count(1)
    expect(turn.locator(".fault")).to_contain_text("Stopped.")
    assert endpoint.left.wait(10), "nobody writes for a reader who has stopped"
    endpoint.replies = [quotes]
    turn.locator(".retry").click()
    reader.wait("done")


def test_a_new_conversation_may_begin_while_an_answer_is_written(
    reader: Reader, endpoint: ChatEndpoint
) -> None:
    endpoint.replies = [first_quote_only]
    reader.ask(QUESTION)
    expect(reader.find(".sentence")).to_have_count(1)
    reader.find(".fresh").click()
    expect(reader.find(".welcome")).to_be_visible()
    endpoint.replies = [quotes]
    reader.answer(QUESTION)
    expect(reader.find(".turn")).to_have_count(1)


def test_a_page_that_is_left_in_the_middle_of_an_answer_offers_it_again(
    reader: Reader, endpoint: ChatEndpoint
) -> None:
    endpoint.replies = [first_quote_only]
    reader.ask(QUESTION)
    expect(reader.find(".sentence")).to_have_count(1)
    reader.page.reload()
    turn = reader.wait("failed")
    expect(turn.locator(".fault")).to_contain_text("broke off")
    endpoint.replies = [quotes]
    turn.locator(".retry").click()
    expect(reader.wait("done").locator(".sentence").first).to_be_visible()


def test_a_server_that_dies_in_the_middle_is_missed_and_welcomed_back(
    reader: Reader, endpoint: ChatEndpoint, writing_site: Served, data_dir: Path
) -> None:
    endpoint.replies = [first_quote_only]
    reader.ask(QUESTION)
    expect(reader.find(".sentence")).to_have_count(1)
    writing_site.process.kill()
    writing_site.process.wait()
    turn = reader.wait("failed")
    expect(turn.locator(".sentence")).to_have_count(1)
    expect(turn.locator(".fault")).to_contain_text("broke off")
    turn.locator(".retry").click()
    reader.wait("failed")
    expect(turn.locator(".fault")).to_contain_text("cannot be reached")
    port = int(writing_site.url.rsplit(":", 1)[1])
    with serving(data_dir, port=port):
        expect(turn.locator(".fault")).to_contain_text("can be reached again", timeout=15_000)
        turn.locator(".retry").click()
        expect(reader.wait("done").locator(".sentence").first).to_be_visible()
    reader.complaints[:] = [one for one in reader.complaints if "Failed to load" not in one]
