"""When something is in the way, a reader gets a kind sentence and a way on."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.browser.reader import Reader, forgive_failed_loads
from tests.sanad.server import Served

QUESTION = "How many people died in the Ain Sidra flood?"
ANSWERS = "**/v1/answers"


def problem(status: int, slug: str, **headers: str) -> Callable[[Route], None]:
    """Answers in the server's place, as it does when it cannot be made to do so here."""

    def answer(route: Route) -> None:
        route.fulfill(
            status=status,
            content_type="application/problem+json",
            headers=headers,
            json={"type": f"urn:sanad:problem:{slug}", "title": "T", "status": status},
        )

    return answer


def test_offline_a_question_is_kept_until_the_reader_is_back(reader: Reader) -> None:
    reader.visit("/en")
    reader.open()
    reader.context.set_offline(True)
    reader.ask(QUESTION)
    turn = reader.wait("failed")
    expect(turn.locator(".fault")).to_contain_text("You are offline")
    reader.context.set_offline(False)
    expect(turn.locator(".fault")).to_contain_text("can be reached again")
    turn.locator(".retry").click()
    expect(reader.wait("done").locator(".sentence").first).to_be_visible()
    forgive_failed_loads(reader)


@pytest.mark.parametrize(
    ("status", "slug", "said"),
    [
        (503, "asking-is-off", "Questions are paused"),
        (503, "busy", "Many people are asking"),
        (403, "origin-not-allowed", "cannot be asked from this page"),
        (401, "unauthorized", "cannot be asked from this page"),
        (500, "unexpected", "Something went wrong on our side"),
        (502, "", "cannot be reached"),
        (413, "body-too-large", "too long"),
    ],
)
def test_a_problem_of_the_server_is_told_kindly(
    reader: Reader, status: int, slug: str, said: str
) -> None:
    reader.visit("/en")
    reader.open()
    reader.page.route(ANSWERS, problem(status, slug))
    reader.ask(QUESTION)
    expect(reader.wait("failed").locator(".fault")).to_contain_text(said)
    forgive_failed_loads(reader)


def test_a_limit_tells_when_it_is_over_and_lets_the_reader_go_on_then(reader: Reader) -> None:
    reader.visit("/en")
    reader.open()
    reader.page.route(ANSWERS, problem(429, "too-many-requests", **{"Retry-After": "2"}))
    reader.ask(QUESTION)
    turn = reader.wait("failed")
    expect(turn.locator(".fault")).to_contain_text("You can ask again at")
    expect(turn.locator(".retry")).to_be_disabled()
    reader.page.unroute(ANSWERS)
    expect(turn.locator(".retry")).to_be_enabled(timeout=4_000)
    turn.locator(".retry").click()
    reader.wait("done")
    forgive_failed_loads(reader)


HOSTILE_STREAMS = [
    "event: answer\ndata: {}\n\n",
    "event: answer\ndata: null\n\n",
    "event: answer\ndata: [1, 2]\n\n",
    "event: answer\ndata: {not json\n\n",
    'event: delta\ndata: {"sentence": 7}\n\nevent: answer\ndata: 3\n\n',
    'event: citation\ndata: {"number": "<b>", "quote": {}}\n\n',
    "event: nobody\ndata: knows\n\n: a comment\n\n",
    "<html>a proxy's page</html>",
    "",
]


@pytest.mark.parametrize("body", HOSTILE_STREAMS)
def test_an_answer_that_is_none_never_breaks_the_page(reader: Reader, body: str) -> None:
    reader.visit("/en")
    reader.open()
    reader.page.route(
        ANSWERS, lambda route: route.fulfill(content_type="text/event-stream", body=body)
    )
    reader.ask(QUESTION)
    turn = reader.wait("failed")
    expect(turn.locator(".retry")).to_be_visible()
    reader.page.unroute(ANSWERS)
    turn.locator(".retry").click()
    reader.wait("done")


def test_what_lies_in_the_storage_never_breaks_the_page(reader: Reader) -> None:
    reader.visit("/en")
    reader.open()
    reader.answer(QUESTION)
    for rubbish in ("{", "7", "[null, 3, {}]", '[{"question": {}, "state": "done"}]'):
        reader.page.evaluate(
            """(rubbish) => Object.keys(sessionStorage).forEach((key) =>
                 sessionStorage.setItem(key, rubbish))""",
            rubbish,
        )
        # A page keeps its conversation when it is left: this one is not to do so.
        reader.page.evaluate("document.querySelector('sanad-chat').remove()")
        reader.page.reload()
        assert reader.chat("chat.messages") == []


def test_a_question_without_a_letter_is_not_sent(reader: Reader) -> None:
    reader.visit("/en")
    reader.open()
    sent: list[str] = []
    reader.page.on("request", lambda request: sent.append(request.url))
    reader.ask("؟ ... 🚢")
    expect(reader.find(".hint")).to_contain_text("at least one letter or digit")
    assert not [url for url in sent if "/v1/" in url]


def test_feedback_that_does_not_arrive_is_not_shown_as_given(reader: Reader) -> None:
    reader.visit("/en")
    reader.open()
    turn = reader.answer(QUESTION)
    reader.page.route("**/v1/feedback", problem(503, "store-unavailable"))
    turn.locator(".wrong").click()
    expect(turn.locator(".said")).to_have_text("Your note could not be sent.")
    expect(turn.locator(".wrong")).to_have_attribute("aria-pressed", "false")
    forgive_failed_loads(reader)


@pytest.mark.parametrize("verdict", ["helpful", "wrong", "missing_source"])
def test_feedback_reaches_those_who_read_it(reader: Reader, site: Served, verdict: str) -> None:
    reader.visit("/en")
    reader.open()
    turn = reader.answer(QUESTION)
    turn.locator(f".{verdict}").click()
    expect(turn.locator(".said")).to_have_text("Thank you. Your note has arrived.")
    expect(turn.locator(f".{verdict}")).to_have_attribute("aria-pressed", "true")
    answer_id = reader.chat("chat.messages.at(-1).answer.id")
    kept = site.client.get("/v1/feedback").json()["feedback"]
    assert (answer_id, verdict, "demo") in [
        (one["answer_id"], one["verdict"], one["site"]) for one in kept
    ]
