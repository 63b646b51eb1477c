"""Lets the questions of visitors in within their budgets, and settles what they cost."""

import logging
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from api.access.budgets import REQUESTS, TOKENS_OF_VISITORS, Balance, Budget, BudgetPlan
from api.access.caller import Caller
from api.access.counters import Counters, Held
from api.access.refusals import rate_limit_headers, too_many_at_once, used_up
from api.access.seats import Seats
from api.problem_kinds import ASKING_IS_OFF
from api.problems import Problem
from retrieval.answering.metering import Spending, count_spending

logger = logging.getLogger(__name__)

Event = TypeVar("Event")

AT_ONCE = "at-once"
SWITCHED_OFF = "switched-off"
"""What is told as exceeded, besides the names of budgets."""


class AskingSwitch(Protocol):
    """Whether visitors may ask at all."""

    async def is_on(self) -> bool:
        """Whether they may, now."""
        ...

    async def turn(self, *, on: bool) -> None:
        """Let them, or not, from now on; remembered."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Whom a request of a visitor is charged to."""

    visitor: str
    address: str
    site: str

    def held(self, budgets: Iterable[Budget]) -> list[Held]:
        """The share of this sender in each of `budgets`."""
        ids = {"visitor": f"{self.site}/{self.visitor}", "address": self.address, "site": self.site}
        return [Held(budget, ids[budget.holder]) for budget in budgets]


@dataclass(kw_only=True)
class PublicAsking:
    """The door for visitors: a switch, budgets, and seats for answers under way.

    With `is_enforced` false, what goes beyond a budget is let in and logged; either way
    `on_exceeded` is told the budget's name and whether it was enforced.
    """

    counters: Counters
    switch: AskingSwitch
    is_enforced: bool
    now: Callable[[], datetime]
    seats: Seats = field(default_factory=Seats)
    on_exceeded: Callable[[str, bool], None] = lambda _budget, _is_enforced: None

    async def pass_request(self, sender: Sender) -> None:
        """Count a request, whatever it asks for.

        Raises:
            Problem: too-many-requests.
        """
        await self._charge(sender, sender.held(REQUESTS))

    async def pass_new_visitor(self, address: str, *, site: str) -> None:
        """Count a token for a reader who had none.

        Raises:
            Problem: too-many-requests.
        """
        sender = Sender(visitor="", address=address, site=site)
        await self._charge(sender, sender.held(TOKENS_OF_VISITORS))

    def admission(self, sender: Sender | None, plan: BudgetPlan) -> "Admission":
        """What the one question of a request will cost `sender`: nothing if that is None."""
        return Admission(door=self, sender=sender, plan=plan)

    async def charge_question(self, sender: Sender, plan: BudgetPlan) -> list[Balance]:
        """Charge a question, and tell what is left.

        Raises:
            Problem: asking-is-off or too-many-requests; then nothing was charged.
        """
        if not await self.switch.is_on():
            self.on_exceeded(SWITCHED_OFF, True)
            raise Problem(ASKING_IS_OFF, f"{ASKING_IS_OFF.title}. {ASKING_IS_OFF.remedy}")
        await self._require_left(sender, sender.held(plan.tokens))
        return await self._charge(sender, sender.held(plan.questions))

    def take_seats(self, sender: Sender, plan: BudgetPlan) -> dict[str, int]:
        """The seats that were taken for one more answer: by holder, with how many it may have.

        Raises:
            Problem: too-many-requests.
        """
        seats = {
            f"visitor {sender.site}/{sender.visitor}": plan.visitor_at_once,
            f"address {sender.address}": plan.address_at_once,
        }
        full = self.seats.take(seats)
        if full is None:
            return seats
        self._refuse(too_many_at_once(seats[full]), sender, reason=AT_ONCE)
        return {}

    async def _require_left(self, sender: Sender, held: Sequence[Held]) -> None:
        balances = [await self.counters.balance(one) for one in held]
        exhausted = [one for one in balances if one.remaining < 1]
        if exhausted:
            problem = used_up(exhausted, now=self.now())
            self._refuse(problem, sender, reason=exhausted[0].budget.name)

    async def _charge(self, sender: Sender, held: Sequence[Held]) -> list[Balance]:
        """What is left after one unit was charged to each of `held`; to all of them or to none."""
        await self._require_left(sender, held)
        charged: list[Held] = []
        for one in held:
            is_within = await self.counters.charge(one, 1)
            charged.append(one)
            if not is_within and self.is_enforced:
                # Another question took the last one since it was looked at.
                await self.give_back(charged)
                problem = used_up([await self.counters.balance(one)], now=self.now())
                self._refuse(problem, sender, reason=one.budget.name)
        return [await self.counters.balance(one) for one in held]

    async def give_back(self, held: Iterable[Held]) -> None:
        """Take one unit off each of `held` again."""
        for one in held:
            await self.counters.charge(one, -1)

    def _refuse(self, problem: Problem, sender: Sender, *, reason: str) -> None:
        logger.info(
            "budget exceeded budget=%s site=%s enforced=%s", reason, sender.site, self.is_enforced
        )
        self.on_exceeded(reason, self.is_enforced)
        if self.is_enforced:
            raise problem


@dataclass(kw_only=True)
class Admission:
    """The question of one request: let in by `take`, settled by `close` once it was answered.

    Attributes:
        door: Where it is charged.
        sender: To whom; None for programs and owners, who are not charged.
        plan: The budgets of the sender's site.
        headers: For the response: what is left.
        has_failed: Whether it was not answered, and is free of charge.
    """

    door: PublicAsking
    sender: Sender | None
    plan: BudgetPlan
    headers: dict[str, str] = field(default_factory=dict)
    has_failed: bool = False
    _seats: dict[str, int] = field(default_factory=dict)
    _spending: Spending | None = None

    async def take(self) -> None:
        """Let the question in.

        Raises:
            Problem: asking-is-off or too-many-requests; then nothing was charged.
        """
        if self.sender is None:
            return
        self._seats = self.door.take_seats(self.sender, self.plan)
        balances = await self.door.charge_question(self.sender, self.plan)
        self._spending = count_spending()
        shown = [one for one in balances if one.budget.holder == "visitor"]
        self.headers = rate_limit_headers(shown)

    async def watched(self, events: AsyncGenerator[Event]) -> AsyncGenerator[Event]:
        """`events`; a fault among them makes the question free of charge."""
        try:
            async with aclosing(events):
                async for event in events:
                    yield event
        # Raised again. A reader who left, which is a cancellation, pays for what was done.
        except Exception:
            self.has_failed = True
            raise

    async def close(self) -> None:
        """Charge what was spent, or give the question back if it failed."""
        self.door.seats.leave(self._seats)
        if self.sender is None or self._spending is None:
            return
        if self.has_failed:
            await self.door.give_back(self.sender.held(self.plan.questions))
        elif self._spending.tokens:
            for one in self.sender.held(self.plan.tokens):
                await self.door.counters.charge(one, self._spending.tokens)


def sender_of(caller: Caller, address: str) -> Sender:
    """Whom a request of the visitor `caller` from `address` is charged to."""
    return Sender(visitor=caller.id, address=address, site=caller.site or "")
