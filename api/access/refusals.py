"""What a visitor is told of budgets: how much is left, and when to come back.

The headers are those of draft-ietf-httpapi-ratelimit-headers-10: RateLimit-Policy lists budgets
with quota (q), unit (qu) and window in seconds (w), RateLimit what remains (r) and in how many
seconds it is whole again (t). Retry-After is RFC 9110's, section 10.2.3.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from api.access.budgets import DAY_S, MINUTE_S, Balance, Holder
from api.problem_kinds import TOO_MANY_REQUESTS
from api.problems import Problem

SOON_S = 2
"""When to try again once an answer that is under way may have ended."""

_WHOSE: dict[Holder, str] = {
    "visitor": "You have used up your",
    "address": "Readers at your network address have used up their",
    "site": "Readers of this site have used up their",
}
_WINDOWS = {MINUTE_S: "a minute", DAY_S: "a day"}
_UNITS = {
    "questions": "questions",
    "tokens": "tokens of the language model",
    "requests": "requests",
    "visitors": "new readers",
}


def rate_limit_headers(balances: Sequence[Balance]) -> dict[str, str]:
    """Headers that tell `balances`; none for none."""
    if not balances:
        return {}
    return {
        "RateLimit-Policy": ", ".join(_policy(one) for one in balances),
        "RateLimit": ", ".join(
            f'"{one.budget.name}";r={one.remaining};t={one.resets_in_s}' for one in balances
        ),
    }


def used_up(exhausted: Sequence[Balance], *, now: datetime) -> Problem:
    """The refusal of what goes beyond the budgets `exhausted`, at least one."""
    last = max(exhausted, key=lambda one: one.resets_in_s)
    wait_s = max(1, last.resets_in_s)
    budget = last.budget
    window = _WINDOWS.get(budget.window_s, f"{budget.window_s} seconds")
    return Problem(
        TOO_MANY_REQUESTS,
        f"{_WHOSE[budget.holder]} {budget.quota} {_UNITS[budget.unit]} {window}: "
        f"ask again {in_words(wait_s, now=now)}",
        headers={"Retry-After": str(wait_s)} | rate_limit_headers(exhausted),
    )


def too_many_at_once(limit: int) -> Problem:
    """The refusal of an answer beside `limit` others that are under way."""
    return Problem(
        TOO_MANY_REQUESTS,
        f"{limit} of your questions are being answered: wait for an answer, then ask again",
        headers={"Retry-After": str(SOON_S)},
    )


def in_words(wait_s: int, *, now: datetime) -> str:
    """As in "in 40 seconds", "in 5 minutes", "in 3 hours, at 14:05 UTC"."""
    if wait_s < 2 * MINUTE_S:
        return f"in {wait_s} second{'s' * (wait_s != 1)}"
    if wait_s < 7_200:
        return f"in {-(-wait_s // MINUTE_S)} minutes"
    at = now + timedelta(seconds=wait_s)
    return f"in {-(-wait_s // 3_600)} hours, at {at:%H:%M} UTC"


def _policy(balance: Balance) -> str:
    budget = balance.budget
    unit = "" if budget.unit != "tokens" else ';qu="tokens"'
    return f'"{budget.name}";q={budget.quota}{unit};w={budget.window_s}'
