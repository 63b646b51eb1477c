"""Waits between tries are random, bounded, and never shorter than the server asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanad.client.errors import (
    ClientError,
    Problem,
    ServerTimedOut,
    ServerUnreachable,
    problem_error,
)
from sanad.client.retries import Retries


def refused(status: int, retry_after_s: float | None) -> ClientError:
    problem = Problem(
        type="about:blank", title="x", status=status, detail="", retry_after_s=retry_after_s
    )
    return problem_error(problem, url="http://h")


DRAWN = st.floats(0, 1, exclude_max=True)


@given(tried=st.integers(1, 9), drawn=DRAWN, told=st.integers(0, 99))
def test_what_the_server_asks_for_is_waited_for_or_not_at_all(
    tried: int, drawn: float, told: int
) -> None:
    retries = Retries(tries=5, draw=lambda: drawn)
    for status in (429, 503):
        wait_s = retries.wait_s(refused(status, told), tried=tried)
        if tried >= 5 or told > 30:
            assert wait_s is None
        else:
            assert wait_s is not None
            assert told <= wait_s <= told + 0.5


@given(tried=st.integers(1, 9), drawn=DRAWN)
def test_what_broke_is_tried_again_ever_later(tried: int, drawn: float) -> None:
    retries = Retries(tries=99, max_wait_s=8, draw=lambda: drawn)
    for failure in (ServerUnreachable("x"), refused(502, None), refused(503, None)):
        wait_s = retries.wait_s(failure, tried=tried)
        assert wait_s == drawn * min(0.5 * 2 ** (tried - 1), 8)


@pytest.mark.parametrize(
    "failure", [ServerTimedOut("x"), refused(500, None), refused(422, None), refused(429, None)]
)
def test_what_will_not_pass_is_not_tried_again(failure: ClientError) -> None:
    assert Retries().wait_s(failure, tried=1) is None
