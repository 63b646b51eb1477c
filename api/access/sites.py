"""Sites whose pages may ask, and what their visitors may be shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from api.access.budgets import BudgetPlan
from api.access.origins import is_own_page
from core.passage_filter import PassageFilter


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One site.

    Attributes:
        id: Public; pages name it.
        name: For the operator.
        origins: Of its pages, as browsers send them.
        allowed: Which passages its visitors may be shown.
        plan: How much they may ask.
    """

    id: str
    name: str
    origins: frozenset[str]
    allowed: PassageFilter = field(default_factory=PassageFilter)
    plan: BudgetPlan = BudgetPlan()


class Sites:
    """The sites there are; none but those of its own pages on a developer's machine."""

    def __init__(
        self,
        sites: Iterable[Site] = (),
        *,
        with_own_pages: bool = False,
        plan: BudgetPlan | None = None,
    ) -> None:
        """The ids of `sites` differ.

        `with_own_pages` tells whether pages of this very server, called by a loopback name, may
        ask under any id: for a machine on which no site is set up. `plan` holds for them.
        """
        self._plan = plan or BudgetPlan()
        self._by_id: Mapping[str, Site] = {site.id: site for site in sites}
        self._with_own_pages = with_own_pages
        self.origins = frozenset(origin for site in self._by_id.values() for origin in site.origins)

    def find(self, site_id: str, *, origin: str | None, host: str | None) -> Site | None:
        """The site `site_id` if a page of `origin` is its; `host` is the header of the request."""
        if origin is None:
            return None
        site = self._by_id.get(site_id)
        if site is not None:
            return site if origin in site.origins else None
        if self._with_own_pages and host is not None and is_own_page(origin, host=host):
            return Site(id=site_id, name=site_id, origins=frozenset({origin}))
        return None

    def plan_of(self, site_id: str | None) -> BudgetPlan:
        """How much the visitors of a site may ask."""
        site = self._by_id.get(site_id or "")
        return self._plan if site is None else site.plan
