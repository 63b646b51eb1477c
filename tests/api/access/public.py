"""A public server in tests: two sites, keys, a clock, and readers with tokens."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from starlette.testclient import TestClient

from api.access.access import Access
from api.access.budgets import BudgetPlan
from api.access.sites import Site, Sites
from api.access.tokens import VisitorTokens
from core.passage_filter import PassageFilter
from tests.api.access.keyrings import KeyRingOf
from tests.api.archive import Archive, served

SECRET = "7hX0vQ2m9Zr4Kc8Lw1Tn6Bs3Yp5Dg0Jf"
LIFETIME = timedelta(minutes=15)
ORIGIN = "https://almadar.example"
HERALD_ORIGIN = "https://herald.example"
QUESTION = {"question": "معاهدة شراكة harbour strike"}


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@dataclass
class PublicServer:
    """What decides who may ask the server of a test."""

    archive: Archive = field(default_factory=Archive.empty)
    clock: Clock = field(default_factory=Clock)
    ring: KeyRingOf = field(default_factory=lambda: KeyRingOf({}))
    plan: BudgetPlan = BudgetPlan()

    def tokens(self, secret: str = SECRET) -> VisitorTokens:
        return VisitorTokens(secret=secret, lifetime=LIFETIME, now=self.clock)

    def sites(self) -> Sites:
        almadar = Site(
            id="almadar",
            name="المدار",
            origins=frozenset({ORIGIN, "https://www.almadar.example"}),
            allowed=PassageFilter(sources=("المدار",)),
            plan=self.plan,
        )
        herald = Site(
            id="herald",
            name="Herald",
            origins=frozenset({HERALD_ORIGIN}),
            allowed=PassageFilter(sources=("Herald",)),
        )
        return Sites([almadar, herald])

    def access(self) -> Access:
        return replace(
            self.archive.open_access(),
            keys=self.ring,
            sites=self.sites(),
            tokens=self.tokens(),
            is_for_owner=False,
            now=self.clock,
        )

    @contextmanager
    def running(self) -> Iterator[TestClient]:
        self.archive.access = self.archive.access or self.access()
        with served(self.archive) as client:
            yield client


def token_for(
    client: TestClient, site: str = "almadar", *, origin: str | None = None, before: str = ""
) -> str:
    headers = {"Origin": origin or f"https://{site}.example"}
    if before:
        headers["Authorization"] = f"Bearer {before}"
    response = client.post("/v1/visitors", json={"site": site}, headers=headers)
    assert response.status_code == 200, response.text
    token: str = response.json()["token"]
    return token


def as_reader(token: str, origin: str = ORIGIN) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Origin": origin}
