"""A request belongs to the trace that its caller names, and to one of its own otherwise."""

import logging
import re
from secrets import token_hex

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from api.trace_context import trace_context

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = "00f067aa0ba902b7"
GIVEN = f"00-{TRACE}-{PARENT}-01"
OURS = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")


def answered(client: TestClient, headers: list[tuple[str, str]]) -> tuple[str, str, str]:
    match = OURS.fullmatch(client.get("/health", headers=headers).headers["traceparent"])
    assert match is not None
    trace_id, span_id, flags = match.groups()
    return trace_id, span_id, flags


@pytest.mark.parametrize(
    "given_one", [GIVEN, f" {GIVEN} ", f"01-{TRACE}-{PARENT}-01", f"cc-{TRACE}-{PARENT}-01-more"]
)
def test_the_trace_of_a_caller_goes_on_in_a_span_of_our_own(
    client: TestClient, given_one: str
) -> None:
    trace_id, span_id, flags = answered(client, [("traceparent", given_one)])
    assert (trace_id, flags) == (TRACE, "01")
    assert span_id != PARENT


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "00",
        f"00-{'0' * 32}-{PARENT}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-{PARENT}-01",
        f"ff-{TRACE}-{PARENT}-01",
        f"00-{TRACE}-{PARENT}-01-more",
        f"00-{TRACE}-{PARENT}-1",
        f"00-{TRACE}x-{PARENT}-01",
        f"00-{TRACE}-{PARENT}-01\tstatus=200",
    ],
)
def test_what_names_no_trace_begins_one(client: TestClient, bad: str) -> None:
    first = answered(client, [("traceparent", bad)])
    again = answered(client, [("traceparent", bad)])
    assert first[0] != again[0]
    assert TRACE not in (first[0], again[0])


def test_two_parents_are_none(client: TestClient) -> None:
    assert answered(client, [("traceparent", GIVEN), ("traceparent", GIVEN)])[0] != TRACE


def test_the_line_of_a_request_names_its_trace_and_the_request_id_stays(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="api.envelope"):
        response = client.get("/health", headers={"traceparent": GIVEN, "X-Request-ID": "7f3c"})
    span_id = response.headers["traceparent"].split("-")[2]
    assert f"request_id=7f3c trace_id={TRACE} span_id={span_id}" in caplog.text


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"),
        (" a=1 ,, b@sys=2 ", "a=1,b@sys=2"),
        ("", ""),
        ("a=1,a=2", ""),
        ("A=1", ""),
        ("a=", ""),
        ("a=b=c", ""),
        ("a=\x07", ""),
        ("a=سند", ""),
        (",".join(f"k{n}=1" for n in range(33)), ""),
        ("a=" + "x" * 257, ""),
        (",".join(f"k{n}={'x' * 200}" for n in range(3)), ""),
    ],
)
def test_the_state_is_kept_whole_or_not_at_all(state: str, expected: str) -> None:
    assert trace_context(GIVEN, state, new_id=token_hex).state == expected


def test_a_state_without_a_trace_is_dropped() -> None:
    found = trace_context("", "a=1", new_id=token_hex)
    assert (found.state, found.parent_id, found.flags) == ("", None, "00")


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_headers_give_a_span_with_sane_ids(traceparent: str, tracestate: str) -> None:
    found = trace_context(traceparent, tracestate, new_id=token_hex)
    assert OURS.fullmatch(found.traceparent)
    assert found.state.isascii()
    assert found.state.isprintable()
