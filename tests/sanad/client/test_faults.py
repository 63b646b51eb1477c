"""What both clients make of servers that are busy, broken, silent, or something else."""

import socket
import threading

import pytest

from core.errors import EmptyQuery, InputError
from core.types import PassageFilter
from sanad.client import (
    FeedbackVerdict,
    NotAuthorized,
    ProblemError,
    RequestRefused,
    Retries,
    ServerBusy,
    ServerFailed,
    ServerTimedOut,
    ServerUnreachable,
    TooManyRequests,
    UnexpectedReply,
)
from sanad.exit_status import UNAVAILABLE, WRONG_USAGE, exit_status
from tests.sanad.client.calls import KINDS, Kind, call
from tests.sanad.desk import FOUND, Reply, desk

pytestmark = pytest.mark.parametrize("kind", KINDS)

NOW = {"Retry-After": "0"}
BUSY: Reply = (503, {"title": "busy", "detail": "come again"}, NOW)
LIMITED: Reply = (429, {"title": "limit"}, NOW)
OK: Reply = (200, FOUND, {})
FAILED: Reply = (500, {"title": "Something failed"}, {})
GATEWAY: Reply = (502, b"<html>", {})


def search(kind: Kind, url: str, **options: object) -> object:
    return call(kind, url, "search", "ميناء", **options)


@pytest.mark.parametrize("first", [BUSY, LIMITED, GATEWAY])
def test_a_request_that_was_put_off_is_sent_again(kind: Kind, first: Reply) -> None:
    with desk(first, first, OK) as here:
        search(kind, here.url)
    assert len(here.bodies) == 3


@pytest.mark.parametrize(
    ("reply", "error"), [(BUSY, ServerBusy), (LIMITED, TooManyRequests), (GATEWAY, ServerFailed)]
)
def test_tries_are_bounded(kind: Kind, reply: Reply, error: type[ProblemError]) -> None:
    with desk(reply) as here, pytest.raises(error):
        search(kind, here.url)
    assert len(here.bodies) == 4


def test_who_is_to_wait_too_long_is_told_for_how_long(kind: Kind) -> None:
    daily: Reply = (429, {"title": "daily limit"}, {"Retry-After": "3600"})
    with desk(daily) as here, pytest.raises(TooManyRequests, match="daily limit") as caught:
        search(kind, here.url)
    assert caught.value.problem.retry_after_s == 3600
    assert len(here.bodies) == 1


def test_a_fault_of_the_server_is_not_asked_for_again(kind: Kind) -> None:
    with desk(FAILED) as here, pytest.raises(ServerFailed, match="Something failed"):
        search(kind, here.url)
    assert len(here.bodies) == 1


@pytest.mark.parametrize("first", [BUSY, GATEWAY])
def test_what_is_sent_again_has_the_name_that_it_had(kind: Kind, first: Reply) -> None:
    taken: Reply = (202, {"id": "f1"}, {})
    options: dict[str, object] = {"citation": 2, "comment": "خطأ 🙁"}
    with desk(first, taken) as here:
        told = call(kind, here.url, "feedback", "answer-1", FeedbackVerdict.WRONG, **options)
        call(kind, here.url, "feedback", "answer-1", FeedbackVerdict.HELPFUL)
    assert told.id == "f1"
    assert (
        here.bodies[0] == here.bodies[1] == {"answer_id": "answer-1", "verdict": "wrong"} | options
    )
    assert here.bodies[2] == {"answer_id": "answer-1", "verdict": "helpful"}
    first_name, second_name, other_name = here.names
    assert first_name == second_name != other_name


@pytest.mark.parametrize(
    ("reply", "error", "message"),
    [
        ((401, {"detail": "who are you"}, {}), NotAuthorized, "who are you.*SANAD_API_KEY"),
        ((403, b"", {}), NotAuthorized, "status 403"),
        ((422, {"detail": "limit 100 is too much"}, {}), RequestRefused, "100 is too much"),
        ((418, [], {}), RequestRefused, "status 418"),
        ((302, b"", {"Location": "/login"}), UnexpectedReply, "no Sanad server"),
        ((200, b"<html>", {}), UnexpectedReply, "no Sanad server"),
        ((200, {"hits": []}, {}), UnexpectedReply, "another shape"),
    ],
)
def test_a_refusal_is_an_error_of_its_own_kind(
    kind: Kind, reply: Reply, error: type[InputError], message: str
) -> None:
    with desk(reply) as here, pytest.raises(error, match=message) as caught:
        search(kind, here.url)
    assert exit_status(caught.value) == WRONG_USAGE


def test_a_server_that_is_not_there_is_named(kind: Kind) -> None:
    with desk(OK) as here:
        url = here.url
    with pytest.raises(ServerUnreachable, match=rf"{url} does not answer") as caught:
        search(kind, url)
    assert exit_status(caught.value) == UNAVAILABLE


def test_a_server_that_says_nothing_is_left_and_not_asked_again(kind: Kind) -> None:
    connections = []
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()

        def accept() -> None:
            connections.append(listener.accept())

        thread = threading.Thread(target=accept)
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(ServerTimedOut, match="nothing for too long"):
            search(kind, url, timeout_s=0.3)
        thread.join()
    for connection, _ in connections:
        connection.close()


def test_the_key_goes_with_every_request_and_into_no_message(
    kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANAD_API_KEY", "from-outside")
    with desk((403, b"", {})) as here:
        for options in ({"api_key": "s3cret"}, {}, {"api_key": ""}):
            with pytest.raises(NotAuthorized) as caught:
                search(kind, here.url, **options)
            assert "s3cret" not in str(caught.value)
    assert here.keys == ["Bearer s3cret", "Bearer from-outside", None]


def test_a_password_in_the_address_is_never_shown(kind: Kind) -> None:
    with desk(FAILED) as here, pytest.raises(ServerFailed) as caught:
        search(kind, here.url.replace("//", "//me:s3cret@"))
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"query": " ؟ "}, EmptyQuery, "no letter or digit"),
        ({"limit": 101}, InputError, "limit 101"),
        ({"where": PassageFilter(except_articles=("a",))}, InputError, "except_articles"),
    ],
)
def test_what_the_server_need_not_be_asked_is_refused_at_once(
    kind: Kind, options: dict[str, object], error: type[InputError], message: str
) -> None:
    with pytest.raises(error, match=message):
        call(kind, "http://127.0.0.1:1", "search", **({"query": "x"} | options))


@pytest.mark.parametrize("url", ["news.example", "ftp://news.example", "http://", "http://h:port"])
def test_what_is_no_address_is_refused(kind: Kind, url: str) -> None:
    with pytest.raises(InputError, match="is no address"):
        search(kind, url)


def test_a_key_that_no_header_can_carry_is_refused(kind: Kind) -> None:
    with pytest.raises(InputError, match="copy it anew"):
        search(kind, "http://127.0.0.1:1", api_key="مفتاح\n")


EVENT = b'event: passages\ndata: {"results": []}\n\n'


def test_a_stream_that_breaks_off_is_no_answer(kind: Kind) -> None:
    for cut in (EVENT, EVENT + b'event: answer\ndata: {"id"', b""):
        with desk((200, cut, {})) as here, pytest.raises(ServerUnreachable, match="broke off"):
            call(kind, here.url, "stream", "ميناء")


def test_a_connection_that_breaks_in_a_stream_is_told(kind: Kind) -> None:
    cut: Reply = (200, EVENT, {"Content-Length": "9999"})
    with desk(cut) as here, pytest.raises(ServerUnreachable, match="does not answer"):
        call(kind, here.url, "stream", "ميناء")


def test_a_fault_in_a_stream_is_the_problem_that_the_server_tells(kind: Kind) -> None:
    told = (
        b'event: error\ndata: {"type": "urn:x", "status": 503, "title": "busy", "detail": "d"}\n\n'
    )
    with desk((200, EVENT + told, {})) as here, pytest.raises(ServerBusy, match="d") as caught:
        call(kind, here.url, "stream", "ميناء")
    assert caught.value.problem.type == "urn:x"
    assert len(here.bodies) == 1


def test_a_stream_that_was_put_off_is_asked_for_again(kind: Kind) -> None:
    with desk(BUSY, (200, EVENT, {})) as here, pytest.raises(ServerUnreachable):
        call(kind, here.url, "stream", "ميناء", retries=Retries(tries=2, first_wait_s=0))
    assert [body["stream"] for body in here.bodies] == [True, True]
