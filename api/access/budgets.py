"""How much the visitors of a site may ask, and what is left of it."""

from dataclasses import dataclass
from typing import Literal

MINUTE_S = 60
DAY_S = 86_400

Holder = Literal["visitor", "address", "site"]
Unit = Literal["questions", "tokens", "requests", "visitors"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """So many units in so many seconds, counted from the first one; for each holder apart."""

    holder: Holder
    unit: Unit
    quota: int
    window_s: int

    @property
    def name(self) -> str:
        """Of the policy in headers: letters, digits and hyphens."""
        window = {MINUTE_S: "minute", DAY_S: "day"}.get(self.window_s, f"{self.window_s}s")
        return f"{self.holder}-{self.unit}-{window}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What is left of a budget, and in how many seconds all of it is there again."""

    budget: Budget
    remaining: int
    resets_in_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetPlan:
    """The budgets of a site and its visitors.

    An address is an IPv4 address or an IPv6 network of 64 bits; many readers may be behind one.
    Tokens are those of the language model, prompts included. `at_once` counts answers under way.
    """

    visitor_questions_per_minute: int = 10
    visitor_questions_per_day: int = 100
    visitor_tokens_per_day: int = 300_000
    visitor_at_once: int = 2
    address_questions_per_minute: int = 60
    address_questions_per_day: int = 2_000
    address_tokens_per_day: int = 3_000_000
    address_at_once: int = 20
    site_questions_per_day: int = 50_000
    site_tokens_per_day: int = 30_000_000

    @property
    def questions(self) -> tuple[Budget, ...]:
        """What a question is charged to."""
        return (
            _budget("visitor", "questions", self.visitor_questions_per_minute, MINUTE_S),
            _budget("visitor", "questions", self.visitor_questions_per_day, DAY_S),
            _budget("address", "questions", self.address_questions_per_minute, MINUTE_S),
            _budget("address", "questions", self.address_questions_per_day, DAY_S),
            _budget("site", "questions", self.site_questions_per_day, DAY_S),
        )

    @property
    def tokens(self) -> tuple[Budget, ...]:
        """What the tokens of its answer are charged to."""
        return (
            _budget("visitor", "tokens", self.visitor_tokens_per_day, DAY_S),
            _budget("address", "tokens", self.address_tokens_per_day, DAY_S),
            _budget("site", "tokens", self.site_tokens_per_day, DAY_S),
        )


def _budget(holder: Holder, unit: Unit, quota: int, window_s: int) -> Budget:
    return Budget(holder=holder, unit=unit, quota=quota, window_s=window_s)


REQUESTS = (
    _budget("visitor", "requests", 120, MINUTE_S),
    _budget("address", "requests", 1_200, MINUTE_S),
)
"""What every request of a visitor is charged to, whatever it asks for and however it ends."""

TOKENS_OF_VISITORS = (_budget("address", "visitors", 60, MINUTE_S),)
"""What a token of a visitor is charged to: from one address, no more readers than this begin."""
